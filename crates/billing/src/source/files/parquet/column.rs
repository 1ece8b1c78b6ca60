//! One column of a batch, whatever type the file gave it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, StringArray};
use arrow_cast::cast;
use arrow_schema::ArrowError;
use arrow_schema::DataType;

use crate::columns::Field;

/// A text column: keys into distinct values.
pub(super) struct Text {
    keys: DictionaryArray<Int32Type>,
    values: StringArray,
}

impl Text {
    /// Any column as text; numbers are written out.
    pub(super) fn of(column: &ArrayRef) -> Result<Self, ArrowError> {
        let wanted = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let cast = if *column.data_type() == wanted {
            Arc::clone(column)
        } else if matches!(column.data_type(), DataType::Utf8) {
            cast(column, &wanted)?
        } else {
            cast(&cast(column, &DataType::Utf8)?, &wanted)?
        };
        let keys = cast.as_dictionary_opt::<Int32Type>().ok_or_else(|| ArrowError::CastError("not a text column".to_owned()))?.clone();
        let values = keys.values().as_string_opt::<i32>().ok_or_else(|| ArrowError::CastError("not a text column".to_owned()))?.clone();
        Ok(Self { keys, values })
    }

    pub(super) fn values(&self) -> ArrayRef {
        Arc::clone(self.keys.values())
    }

    /// The distinct value a row holds; `None` for NULL.
    pub(super) fn value_index(&self, row: usize) -> Option<usize> {
        self.keys.key(row).filter(|index| self.values.is_valid(*index))
    }

    pub(super) fn value(&self, index: usize) -> Option<&str> {
        self.values.is_valid(index).then(|| self.values.value(index))
    }
}

/// Whether two dictionaries are one in memory: the batches of a row group share it.
pub(super) fn is_same(known: Option<&ArrayRef>, dictionary: &ArrayRef) -> bool {
    known.is_some_and(|known| known.to_data().ptr_eq(&dictionary.to_data()))
}

/// A time or date column as whole seconds.
pub(super) fn integers(column: &ArrayRef, per_second: i64) -> Vec<Option<i64>> {
    let Ok(integers) = cast(column, &DataType::Int64) else { return vec![None; column.len()] };
    let integers: &Int64Array = integers.as_primitive();
    integers.iter().map(|instant| instant.map(|instant| instant.div_euclid(per_second))).collect()
}

/// A number column, also when it is written as text or decimal. A text that is no number is an error, not a NULL.
pub(super) fn amounts(field: Field, column: &ArrayRef) -> Result<Float64Array, (usize, String)> {
    let name = field.names().first().copied().unwrap_or_default();
    let numbers = cast(column, &DataType::Float64).map_err(|error| (0, format!("`{name}` cannot be read: {error}")))?;
    let numbers: Float64Array = numbers.as_primitive().clone();
    if numbers.null_count() > column.null_count() {
        let text = cast(column, &DataType::Utf8).ok();
        let is_empty =
            |row: usize| text.as_ref().and_then(|text| text.as_string_opt::<i32>()).is_some_and(|text| text.value(row).trim().is_empty());
        if let Some(row) = (0..column.len()).find(|row| numbers.is_null(*row) && column.is_valid(*row) && !is_empty(*row)) {
            return Err((row, format!("`{name}` is not a number")));
        }
    }
    Ok(numbers)
}
