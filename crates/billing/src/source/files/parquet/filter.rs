//! Which lines may be Bedrock's, from the predicate's columns alone.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::ArrowError;
use arrow_schema::Schema;

use super::column::{Text, is_same};
use super::{Columns, index_of};
use crate::columns::Field;
use crate::predicate::{self, Arms};

/// Numbers of the rows of a row group that were let through.
#[derive(Clone, Default)]
pub(super) struct Selected(Arc<Mutex<Vec<u64>>>);

impl Selected {
    /// The row behind the `index`-th line that was let through.
    pub(super) fn row(&self, index: usize) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(index).copied().unwrap_or_default()
    }

    /// Answers batch after batch of a row group which lines to let through, and notes their rows.
    pub(super) fn filter(&self, mut tests: Tests) -> impl FnMut(RecordBatch) -> Result<BooleanArray, ArrowError> + Send + 'static {
        let selected = self.clone();
        let mut row: u64 = 0;
        move |batch| {
            let possible = tests.possible(&batch)?;
            let mut selected = selected.0.lock().unwrap_or_else(PoisonError::into_inner);
            for possible in &possible {
                if *possible {
                    selected.push(row);
                }
                row += 1;
            }
            Ok(BooleanArray::from(possible))
        }
    }
}

/// The predicate's arms over dictionaries: each distinct value is tested once per dictionary.
pub(super) struct Tests(Vec<(Arm, String, Cached)>);

#[derive(Clone, Copy)]
enum Arm {
    Code,
    Family,
    Marketplace,
    Resource,
    Principal,
}

/// Test results for the dictionary seen last.
#[derive(Default)]
struct Cached {
    dictionary: Option<ArrayRef>,
    results: Vec<bool>,
}

impl Tests {
    pub(super) fn new(schema: &Schema, columns: &Columns) -> Self {
        let arm = |field: Field| match field {
            Field::ProductCode | Field::ServiceCode => Arm::Code,
            Field::Family => Arm::Family,
            Field::Entity => Arm::Marketplace,
            Field::ResourceId => Arm::Resource,
            _ => Arm::Principal,
        };
        let name = |field: Field| index_of(columns, field).and_then(|index| schema.fields().get(index)).map(|column| column.name().clone());
        Self(Field::PREDICATE.into_iter().filter_map(|field| Some((arm(field), name(field)?, Cached::default()))).collect())
    }

    fn possible(&mut self, batch: &RecordBatch) -> Result<Vec<bool>, ArrowError> {
        let mut arms = vec![Arms::default(); batch.num_rows()];
        for (arm, name, cached) in &mut self.0 {
            let Some(column) = batch.column_by_name(name) else { continue };
            let text = Text::of(column)?;
            cached.update(&text, *arm);
            for (row, arms) in arms.iter_mut().enumerate() {
                let hit = text.value_index(row).and_then(|index| cached.results.get(index)).copied().unwrap_or(false);
                let slot = match arm {
                    Arm::Code => &mut arms.code,
                    Arm::Family => &mut arms.family,
                    Arm::Marketplace => &mut arms.marketplace,
                    Arm::Resource => &mut arms.resource,
                    Arm::Principal => &mut arms.principal,
                };
                *slot |= hit;
            }
        }
        Ok(arms.into_iter().map(Arms::is_possible).collect())
    }
}

impl Cached {
    fn update(&mut self, text: &Text, arm: Arm) {
        let dictionary = text.values();
        if is_same(self.dictionary.as_ref(), &dictionary) {
            return;
        }
        let test = |value: &str| match arm {
            Arm::Code => predicate::is_bedrock_code(value),
            Arm::Family => predicate::is_bedrock_family(value),
            Arm::Marketplace => predicate::is_marketplace(value),
            Arm::Resource => predicate::is_bedrock_resource(value),
            Arm::Principal => !value.is_empty(),
        };
        self.results = (0..dictionary.len()).map(|index| text.value(index).is_some_and(test)).collect();
        self.dictionary = Some(dictionary);
    }
}
