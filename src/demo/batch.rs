//! Lines as an Arrow batch, and as fields of CSV.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, MapBuilder, MapFieldNames, StringBuilder, TimestampMillisecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::ArrowError;
use arrow_schema::{Field, Schema};

use super::columns::{Column, Delivery, Fill, instant};
use super::line::Line;

fn map_names() -> Option<MapFieldNames> {
    Some(MapFieldNames { entry: "key_value".to_owned(), key: "key".to_owned(), value: "value".to_owned() })
}

pub fn record_batch(columns: &[Column], lines: &[Line], delivery: &Delivery) -> Result<RecordBatch, ArrowError> {
    let arrays = columns.iter().map(|column| array(column, lines, delivery)).collect::<Result<Vec<ArrayRef>, _>>()?;
    let fields: Vec<Field> =
        columns.iter().zip(&arrays).map(|(column, array)| Field::new(column.name, array.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn array(column: &Column, lines: &[Line], delivery: &Delivery) -> Result<ArrayRef, ArrowError> {
    Ok(match column.fill {
        Fill::Text(value) => {
            let mut builder = StringBuilder::new();
            for line in lines {
                builder.append_option(value(line, delivery));
            }
            Arc::new(builder.finish())
        }
        Fill::Number(value) => {
            let mut builder = Float64Builder::with_capacity(lines.len());
            for line in lines {
                builder.append_option(value(line));
            }
            Arc::new(builder.finish())
        }
        Fill::Time(value) => {
            let mut builder = TimestampMillisecondBuilder::with_capacity(lines.len()).with_timezone("UTC");
            for line in lines {
                builder.append_value(value(line, delivery) * 3_600_000);
            }
            Arc::new(builder.finish())
        }
        Fill::Map(value) => {
            let mut builder = MapBuilder::new(map_names(), StringBuilder::new(), StringBuilder::new());
            for line in lines {
                for (key, value) in value(line) {
                    builder.keys().append_value(key);
                    builder.values().append_value(value);
                }
                builder.append(true)?;
            }
            Arc::new(builder.finish())
        }
        Fill::NumberMap => {
            let mut builder = MapBuilder::new(map_names(), StringBuilder::new(), Float64Builder::new());
            for _ in lines {
                builder.append(true)?;
            }
            Arc::new(builder.finish())
        }
    })
}

pub fn csv_field(column: &Column, line: &Line, delivery: &Delivery) -> String {
    match column.fill {
        Fill::Text(value) => value(line, delivery).unwrap_or_default().into_owned(),
        Fill::Number(value) => value(line).map_or_else(String::new, |number| number.to_string()),
        Fill::Time(value) => instant(value(line, delivery)).replace('Z', ".000Z"),
        Fill::Map(value) => {
            let map: std::collections::BTreeMap<&str, &str> = value(line).into_iter().collect();
            serde_json::to_string(&map).unwrap_or_default()
        }
        Fill::NumberMap => "{}".to_owned(),
    }
}
