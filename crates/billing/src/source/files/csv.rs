//! Gzipped CSV: maps as JSON text, times as text, everything by the name in the header.

use std::path::Path;
use std::sync::Arc;

use ::csv::StringRecord;

use super::attributes::{Attributes, JsonMaps};
use super::format::{Format, OpenFile, Part};
use super::read::{damaged, note_principal_column};
use super::time::Instants;
use crate::BillingError;
use crate::columns::{Field, locate};
use crate::fold::Fold;
use crate::line::Line;
use crate::place::unpacked;
use crate::predicate::{self, Arms, Verdict};
use crate::strings::{EMPTY, Strings};

/// Comma-separated values with a header, packed or not.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "gzipped CSV"
    }

    fn takes(&self, start: &[u8], name: &str) -> bool {
        let is_csv = || Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        matches!(start, [0x1f, 0x8b, ..]) || is_csv()
    }

    /// One: packed text can be read from its start only.
    fn parts(&self, file: &OpenFile) -> Result<Vec<Box<dyn Part>>, BillingError> {
        Ok(vec![Box::new(Whole(file.clone()))])
    }
}

struct Whole(OpenFile);

impl Part for Whole {
    fn fold(&self, fold: &mut Fold) -> Result<(), BillingError> {
        let file = &self.0;
        let bytes = file.open()?.stream().and_then(unpacked).map_err(|error| file.unreadable(error))?;
        let damaged = |error: ::csv::Error| damaged(file.name(), error);
        let mut reader = ::csv::ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(bytes);
        let header = reader.headers().map_err(damaged)?.clone();
        let columns = Columns::of(file.name(), &header)?;
        note_principal_column(fold, columns.has(Field::Principal));
        let mut rows = Rows {
            columns,
            instants: Instants::new(Arc::clone(fold.strings())),
            maps: JsonMaps::default(),
            attributes: Attributes::default(),
            strings: Arc::clone(fold.strings()),
        };
        let mut record = StringRecord::new();
        let mut row: u64 = 0;
        while reader.read_record(&mut record).map_err(damaged)? {
            row += 1;
            fold.seen.lines_read += 1;
            rows.fold(&record, fold).map_err(|reason| BillingError::Line { file: file.name().to_owned(), row, reason })?;
        }
        Ok(())
    }
}

struct Columns([Option<usize>; Field::ALL.len()]);

impl Columns {
    fn of(file: &str, header: &StringRecord) -> Result<Self, BillingError> {
        let columns = Self(locate(header.iter()));
        for field in Field::REQUIRED {
            if !columns.has(field) {
                let column = field.names().first().copied().unwrap_or_default();
                return Err(BillingError::MissingColumn { file: file.to_owned(), column });
            }
        }
        Ok(columns)
    }

    fn at(&self, field: Field) -> Option<usize> {
        self.0.get(field.index()).copied().flatten()
    }

    fn has(&self, field: Field) -> bool {
        self.at(field).is_some()
    }
}

struct Rows {
    columns: Columns,
    instants: Instants,
    maps: JsonMaps,
    attributes: Attributes,
    strings: Arc<Strings>,
}

impl Rows {
    fn fold(&mut self, record: &StringRecord, fold: &mut Fold) -> Result<(), String> {
        let mut arms = self.arms(record);
        if !arms.is_possible() {
            return Ok(());
        }
        self.attributes.clear();
        let product = self.number(record, Field::ProductMap);
        self.maps.product(&self.strings, product, &mut self.attributes)?;
        let product_name = self.or_column(record, self.attributes.product_name, Field::ProductName);
        arms.edition = arms.marketplace && predicate::is_bedrock_edition(&self.strings.text(product_name));
        let verdict = arms.verdict();
        if verdict == Verdict::Other {
            return Ok(());
        }
        let tags = self.number(record, Field::TagMap);
        self.maps.tags(&self.strings, tags, &mut self.attributes)?;
        let line = self.line(record, product_name, verdict)?;
        fold.add(&line).map_err(|unreadable| unreadable.0)
    }

    fn arms(&self, record: &StringRecord) -> Arms {
        Arms {
            code: predicate::is_bedrock_code(self.text(record, Field::ProductCode))
                || predicate::is_bedrock_code(self.text(record, Field::ServiceCode)),
            family: predicate::is_bedrock_family(self.text(record, Field::Family)),
            marketplace: predicate::is_marketplace(self.text(record, Field::Entity)),
            edition: false,
            resource: predicate::is_bedrock_resource(self.text(record, Field::ResourceId)),
            principal: !self.text(record, Field::Principal).is_empty(),
        }
    }

    fn line<'a>(&'a mut self, record: &StringRecord, product_name: u32, verdict: Verdict) -> Result<Line<'a>, String> {
        let period_start = self.time(record, Field::PeriodStart)?;
        let start = self.time(record, Field::Start)?.ok_or("`line_item_usage_start_date` is empty")?;
        let end = self.time(record, Field::End)?;
        let attribute = &self.attributes;
        Ok(Line {
            product_code: self.number(record, Field::ProductCode),
            service_code: self.number(record, Field::ServiceCode),
            entity: self.number(record, Field::Entity),
            resource_id: self.number(record, Field::ResourceId),
            principal: self.number(record, Field::Principal),
            line_type: self.number(record, Field::LineType),
            usage_type: self.number(record, Field::UsageType),
            operation: self.number(record, Field::Operation),
            pricing_unit: self.number(record, Field::PricingUnit),
            payer: self.number(record, Field::Payer),
            account: self.number(record, Field::Account),
            region: self.or_map(record, Field::Region, attribute.region),
            currency: self.number(record, Field::Currency),
            provider: self.or_column(record, attribute.provider, Field::Provider),
            model: self.or_column(record, attribute.model, Field::Model),
            product_name,
            invoiced: !self.text(record, Field::InvoiceId).is_empty(),
            by_principal_only: verdict == Verdict::BedrockByPrincipalOnly,
            has_principal_column: self.columns.has(Field::Principal),
            period_start,
            start,
            end,
            amount: self.amount(record, Field::Amount)?.unwrap_or_default(),
            unblended: self.amount(record, Field::Unblended)?.unwrap_or_default(),
            net: self.amount(record, Field::Net)?,
            public: self.amount(record, Field::Public)?.unwrap_or_default(),
            tags: &attribute.tags,
        })
    }

    fn text<'r>(&self, record: &'r StringRecord, field: Field) -> &'r str {
        self.columns.at(field).and_then(|index| record.get(index)).unwrap_or_default()
    }

    fn number(&self, record: &StringRecord, field: Field) -> u32 {
        self.strings.number(self.text(record, field))
    }

    fn or_column(&self, record: &StringRecord, from_map: u32, field: Field) -> u32 {
        if from_map == EMPTY { self.number(record, field) } else { from_map }
    }

    fn or_map(&self, record: &StringRecord, field: Field, from_map: u32) -> u32 {
        let number = self.number(record, field);
        if number == EMPTY { from_map } else { number }
    }

    fn time(&mut self, record: &StringRecord, field: Field) -> Result<Option<i64>, String> {
        let number = self.number(record, field);
        self.instants.get(number, field.names().first().copied().unwrap_or_default())
    }

    fn amount(&self, record: &StringRecord, field: Field) -> Result<Option<f64>, String> {
        let text = self.text(record, field).trim();
        if text.is_empty() {
            return Ok(None);
        }
        let column = field.names().first().copied().unwrap_or_default();
        text.parse().map(Some).map_err(|_| format!("`{column}` is `{}`, not a number", text.chars().take(40).collect::<String>()))
    }
}
