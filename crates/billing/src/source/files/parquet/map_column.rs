//! The two map columns of a batch, in each form that files give them.
//!
//! Keys and values come as dictionaries: what a key means is worked out once per distinct key, and a value gets its number when a line first needs it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, MapArray, StringArray};
use arrow_cast::cast;
use arrow_schema::ArrowError;
use arrow_schema::{DataType, Field as ArrowField, Fields};

use super::super::attributes::{Attributes, Key};
use super::column::{Text, is_same};
use crate::columns::Field;
use crate::strings::Strings;

pub(super) enum MapColumn {
    Absent,
    Map(Box<Entries>),
    /// One text column per key, as some tools rewrite a map.
    Struct(Vec<(Key, StringArray)>),
    /// Numbers of the texts.
    Json(Vec<u32>),
}

pub(super) struct Entries {
    map: MapArray,
    keys: Text,
    values: Text,
}

/// What the dictionaries seen last mean.
#[derive(Default)]
pub(super) struct Dictionaries {
    keys: Option<ArrayRef>,
    meanings: Vec<Key>,
    values: Option<ArrayRef>,
    numbers: Vec<Option<u32>>,
}

impl MapColumn {
    /// `None` when the column is neither map nor struct.
    pub(super) fn of(column: &ArrayRef, field: Field, strings: &Strings, known: &mut Dictionaries) -> Result<Option<Self>, ArrowError> {
        if let Some(fields) = column.as_struct_opt() {
            let text = |column: &ArrayRef| Some(cast(column, &DataType::Utf8).ok()?.as_string_opt::<i32>()?.clone());
            let columns = fields.column_names().into_iter().zip(fields.columns());
            let columns = columns.filter_map(|(name, column)| Some((Key::of(field, strings, name), text(column)?)));
            return Ok(Some(Self::Struct(columns.collect())));
        }
        let Some(map) = column.as_map_opt() else { return Ok(None) };
        let entries = Entries { map: map.clone(), keys: Text::of(map.keys())?, values: Text::of(map.values())? };
        known.update(&entries, field, strings);
        Ok(Some(Self::Map(Box::new(entries))))
    }

    /// Takes a row's entries. Not for JSON.
    pub(super) fn read(&self, row: usize, strings: &Strings, known: &mut Dictionaries, into: &mut Attributes) {
        match self {
            Self::Absent | Self::Json(_) => {}
            Self::Struct(columns) => {
                for (key, values) in columns.iter().filter(|(key, values)| *key != Key::Other && values.is_valid(row)) {
                    into.set(*key, strings.number(values.value(row)));
                }
            }
            Self::Map(entries) => entries.read(row, strings, known, into),
        }
    }
}

impl Entries {
    fn read(&self, row: usize, strings: &Strings, known: &mut Dictionaries, into: &mut Attributes) {
        if self.map.is_null(row) {
            return;
        }
        let offsets = self.map.value_offsets();
        let at = |row: usize| usize::try_from(*offsets.get(row)?).ok();
        let Some((from, to)) = at(row).zip(at(row + 1)) else { return };
        for entry in from..to {
            let key = self.keys.value_index(entry).and_then(|index| known.meanings.get(index)).copied().unwrap_or(Key::Other);
            if key == Key::Other {
                continue;
            }
            let Some(index) = self.values.value_index(entry) else { continue };
            let Some(slot) = known.numbers.get_mut(index) else { continue };
            let number = *slot.get_or_insert_with(|| self.values.value(index).map_or(0, |value| strings.number(value)));
            into.set(key, number);
        }
    }
}

impl Dictionaries {
    fn update(&mut self, entries: &Entries, field: Field, strings: &Strings) {
        let (keys, values) = (entries.keys.values(), entries.values.values());
        if !is_same(self.keys.as_ref(), &keys) {
            let meaning = |index| entries.keys.value(index).map_or(Key::Other, |key| Key::of(field, strings, key));
            self.meanings = (0..keys.len()).map(meaning).collect();
            self.keys = Some(keys);
        }
        if !is_same(self.values.as_ref(), &values) {
            self.numbers = vec![None; values.len()];
            self.values = Some(values);
        }
    }
}

/// The same map with dictionaries for keys and values; `None` when it is no map of text.
pub(super) fn with_dictionaries(map: &DataType, dictionary: &DataType) -> Option<DataType> {
    let DataType::Map(entries, sorted) = map else { return None };
    let DataType::Struct(fields) = entries.data_type() else { return None };
    let is_text = |field: &Arc<ArrowField>| matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    if !fields.iter().all(is_text) {
        return None;
    }
    let fields: Fields = fields.iter().map(|field| field.as_ref().clone().with_data_type(dictionary.clone())).collect();
    Some(DataType::Map(Arc::new(entries.as_ref().clone().with_data_type(DataType::Struct(fields))), *sorted))
}
