//! One batch of possibly-Bedrock lines, from columns to [`Line`]s.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch};
use arrow_cast::cast;
use arrow_schema::ArrowError;
use arrow_schema::{DataType, TimeUnit};

use super::super::attributes::{Attributes, JsonMaps};
use super::super::time::Instants;
use super::column::{Text, amounts, integers, is_same};
use super::map_column::{Dictionaries, MapColumn};
use super::{Columns, index_of};
use crate::columns::Field;
use crate::fold::Fold;
use crate::line::Line;
use crate::number_map::NumberMap;
use crate::predicate::{self, Arms, Verdict};
use crate::strings::{EMPTY, Strings};

/// Numbers of the values of the dictionary seen last.
#[derive(Default)]
struct Numbered {
    dictionary: Option<ArrayRef>,
    numbers: Vec<u32>,
}

pub(super) struct BatchReader {
    strings: Arc<Strings>,
    columns: Columns,
    /// Indices of the projected columns in the file, ascending.
    projected: Vec<usize>,
    /// Whether the bill itself names Bedrock, by what the predicate looks at.
    by_bill: NumberMap<[u32; 6], bool>,
    numbered: [Numbered; Field::ALL.len()],
    instants: Instants,
    maps: JsonMaps,
    product: Dictionaries,
    tags: Dictionaries,
}

/// The columns of one batch, decoded. Text columns hold one number per row; absent columns are empty.
struct Decoded {
    texts: Vec<Vec<u32>>,
    times: Vec<Vec<Option<i64>>>,
    amounts: Vec<Option<Float64Array>>,
    product: MapColumn,
    tags: MapColumn,
}

/// Offset of the row within the batch, and what is wrong with it.
type BadRow = (usize, String);

impl BatchReader {
    pub(super) fn new(strings: Arc<Strings>, columns: Columns) -> Self {
        let instants = Instants::new(Arc::clone(&strings));
        let mut projected: Vec<usize> = columns.iter().copied().flatten().collect();
        projected.sort_unstable();
        projected.dedup();
        let numbered = std::array::from_fn(|_| Numbered::default());
        Self {
            strings,
            columns,
            projected,
            by_bill: NumberMap::default(),
            numbered,
            instants,
            maps: JsonMaps::default(),
            product: Dictionaries::default(),
            tags: Dictionaries::default(),
        }
    }

    pub(super) fn fold(&mut self, batch: &RecordBatch, fold: &mut Fold) -> Result<(), BadRow> {
        let decoded = self.decode(batch)?;
        let mut attributes = Attributes::default();
        for row in 0..batch.num_rows() {
            attributes.clear();
            self.maps(&decoded, row, &mut attributes).map_err(|reason| (row, reason))?;
            let Some(line) = self.line(&decoded, row, &attributes).map_err(|reason| (row, reason))? else { continue };
            fold.add(&line).map_err(|unreadable| (row, unreadable.0))?;
        }
        Ok(())
    }

    fn decode(&mut self, batch: &RecordBatch) -> Result<Decoded, BadRow> {
        let mut decoded = Decoded {
            texts: vec![Vec::new(); Field::ALL.len()],
            times: vec![Vec::new(); Field::ALL.len()],
            amounts: vec![None; Field::ALL.len()],
            product: MapColumn::Absent,
            tags: MapColumn::Absent,
        };
        for (slot, field) in Field::ALL.into_iter().enumerate() {
            let Some(column) = self.column(batch, field) else { continue };
            let unreadable =
                |error: ArrowError| (0, format!("`{}` cannot be read: {error}", field.names().first().copied().unwrap_or_default()));
            if field.is_text() {
                let numbers = self.numbers(slot, field, &column).map_err(unreadable)?;
                set(&mut decoded.texts, slot, numbers);
            } else if field.is_time() {
                let times = self.times(slot, field, &column)?;
                set(&mut decoded.times, slot, times);
            } else if field.is_number() {
                set(&mut decoded.amounts, slot, Some(amounts(field, &column)?));
            } else {
                let map = self.map_column(slot, field, &column).map_err(unreadable)?;
                *(if field == Field::ProductMap { &mut decoded.product } else { &mut decoded.tags }) = map;
            }
        }
        Ok(decoded)
    }

    /// Projected batches keep the file's order of columns, so a column stands after those projected before it.
    fn column(&self, batch: &RecordBatch, field: Field) -> Option<ArrayRef> {
        let index = index_of(&self.columns, field)?;
        let position = self.projected.binary_search(&index).ok()?;
        batch.columns().get(position).map(Arc::clone)
    }

    fn numbers(&mut self, slot: usize, field: Field, column: &ArrayRef) -> Result<Vec<u32>, ArrowError> {
        let text = Text::of(column)?;
        let dictionary = text.values();
        let Some(numbered) = self.numbered.get_mut(slot) else { return Ok(Vec::new()) };
        if !is_same(numbered.dictionary.as_ref(), &dictionary) {
            // An account that went through a number has lost its leading zeros.
            let is_lossy_account = field.is_account() && !matches!(column.data_type(), DataType::Dictionary(..) | DataType::Utf8);
            numbered.numbers = if is_lossy_account {
                (0..dictionary.len())
                    .map(|index| text.value(index).map_or(EMPTY, |value| self.strings.number(&format!("{value:0>12}"))))
                    .collect()
            } else {
                self.strings.numbers((0..dictionary.len()).map(|index| text.value(index)))
            };
            numbered.dictionary = Some(dictionary);
        }
        let numbers = &numbered.numbers;
        Ok((0..column.len()).map(|row| text.value_index(row).and_then(|index| numbers.get(index)).copied().unwrap_or(EMPTY)).collect())
    }

    fn times(&mut self, slot: usize, field: Field, column: &ArrayRef) -> Result<Vec<Option<i64>>, BadRow> {
        let name = field.names().first().copied().unwrap_or_default();
        let unreadable = |error: ArrowError| (0, format!("`{name}` cannot be read: {error}"));
        let per_second = match column.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => 1,
            DataType::Timestamp(TimeUnit::Millisecond, _) => 1_000,
            DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000_000,
            DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000_000,
            DataType::Date32 | DataType::Date64 => {
                let column = cast(column, &DataType::Timestamp(TimeUnit::Second, None)).map_err(unreadable)?;
                return Ok(integers(&column, 1));
            }
            _ => {
                let numbers = self.numbers(slot, field, column).map_err(unreadable)?;
                let parse = |(row, number)| self.instants.get(number, name).map_err(|reason| (row, reason));
                return numbers.into_iter().enumerate().map(parse).collect();
            }
        };
        Ok(integers(column, per_second))
    }

    fn map_column(&mut self, slot: usize, field: Field, column: &ArrayRef) -> Result<MapColumn, ArrowError> {
        let known = if field == Field::ProductMap { &mut self.product } else { &mut self.tags };
        match MapColumn::of(column, field, &self.strings, known)? {
            Some(map) => Ok(map),
            None => Ok(MapColumn::Json(self.numbers(slot, field, column)?)),
        }
    }

    fn maps(&mut self, decoded: &Decoded, row: usize, attributes: &mut Attributes) -> Result<(), String> {
        let strings = &self.strings;
        match &decoded.product {
            MapColumn::Json(numbers) => self.maps.product(strings, numbers.get(row).copied().unwrap_or(EMPTY), attributes)?,
            map => map.read(row, strings, &mut self.product, attributes),
        }
        match &decoded.tags {
            MapColumn::Json(numbers) => self.maps.tags(strings, numbers.get(row).copied().unwrap_or(EMPTY), attributes),
            map => {
                map.read(row, strings, &mut self.tags, attributes);
                Ok(())
            }
        }
    }

    fn line<'a>(&mut self, decoded: &Decoded, row: usize, attributes: &'a Attributes) -> Result<Option<Line<'a>>, String> {
        let or = |first: u32, second: u32| if first == EMPTY { second } else { first };
        let text = |field| decoded.text(field, row);
        let product_name = or(attributes.product_name, text(Field::ProductName));
        let Some(verdict) = self.verdict(decoded, row, product_name) else { return Ok(None) };
        let start = decoded.time(Field::Start, row).ok_or("`line_item_usage_start_date` is empty")?;
        Ok(Some(Line {
            product_code: text(Field::ProductCode),
            service_code: text(Field::ServiceCode),
            entity: text(Field::Entity),
            resource_id: text(Field::ResourceId),
            principal: text(Field::Principal),
            line_type: text(Field::LineType),
            usage_type: text(Field::UsageType),
            operation: text(Field::Operation),
            pricing_unit: text(Field::PricingUnit),
            payer: text(Field::Payer),
            account: text(Field::Account),
            region: or(text(Field::Region), attributes.region),
            currency: text(Field::Currency),
            provider: or(attributes.provider, text(Field::Provider)),
            model: or(attributes.model, text(Field::Model)),
            product_name,
            invoiced: text(Field::InvoiceId) != EMPTY,
            by_principal_only: verdict == Verdict::BedrockByPrincipalOnly,
            has_principal_column: index_of(&self.columns, Field::Principal).is_some(),
            period_start: decoded.time(Field::PeriodStart, row),
            start,
            end: decoded.time(Field::End, row),
            amount: decoded.amount(Field::Amount, row).unwrap_or_default(),
            unblended: decoded.amount(Field::Unblended, row).unwrap_or_default(),
            net: decoded.amount(Field::Net, row),
            public: decoded.amount(Field::Public, row).unwrap_or_default(),
            tags: &attributes.tags,
        }))
    }

    fn verdict(&mut self, decoded: &Decoded, row: usize, product_name: u32) -> Option<Verdict> {
        let text = |field| decoded.text(field, row);
        let [code, service, family] = [Field::ProductCode, Field::ServiceCode, Field::Family].map(text);
        let [entity, resource] = [Field::Entity, Field::ResourceId].map(text);
        let strings = &self.strings;
        let by_bill = *self.by_bill.entry([code, service, family, entity, resource, product_name]).or_insert_with(|| {
            let arms = Arms {
                code: predicate::is_bedrock_code(&strings.text(code)) || predicate::is_bedrock_code(&strings.text(service)),
                family: predicate::is_bedrock_family(&strings.text(family)),
                marketplace: predicate::is_marketplace(&strings.text(entity)),
                edition: predicate::is_bedrock_edition(&strings.text(product_name)),
                resource: predicate::is_bedrock_resource(&strings.text(resource)),
                principal: false,
            };
            arms.verdict() == Verdict::Bedrock
        });
        // `code` stands for every arm of the bill here; what counts is whether one of them holds.
        let arms = Arms { code: by_bill, principal: text(Field::Principal) != EMPTY, ..Arms::default() };
        Some(arms.verdict()).filter(|verdict| *verdict != Verdict::Other)
    }
}

impl Decoded {
    fn text(&self, field: Field, row: usize) -> u32 {
        self.texts.get(field.index()).and_then(|numbers| numbers.get(row)).copied().unwrap_or(EMPTY)
    }

    fn time(&self, field: Field, row: usize) -> Option<i64> {
        self.times.get(field.index()).and_then(|times| times.get(row)).copied().flatten()
    }

    fn amount(&self, field: Field, row: usize) -> Option<f64> {
        let amounts = self.amounts.get(field.index())?.as_ref()?;
        (row < amounts.len() && amounts.is_valid(row)).then(|| amounts.value(row))
    }
}

fn set<T>(slots: &mut [T], slot: usize, value: T) {
    if let Some(known) = slots.get_mut(slot) {
        *known = value;
    }
}
