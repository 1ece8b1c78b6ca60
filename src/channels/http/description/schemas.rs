//! The JSON schemas of bodies, each once and by name.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// What is received and what is sent are two readings of a type: a member with a default may be left out by the caller and never is by us.
pub struct Schemas {
    received: SchemaGenerator,
    sent: SchemaGenerator,
}

impl Schemas {
    pub fn new() -> Self {
        let settings = || SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
        Self {
            received: settings().for_deserialize().into_generator(),
            sent: settings().for_serialize().with_transform(RecursiveTransform(close)).into_generator(),
        }
    }

    pub fn received<T: JsonSchema>(&mut self) -> Schema {
        self.received.subschema_for::<T>()
    }

    pub fn sent<T: JsonSchema>(&mut self) -> Schema {
        self.sent.subschema_for::<T>()
    }

    /// Everything that was referred to.
    pub fn into_definitions(mut self) -> Map<String, Value> {
        let mut definitions = self.received.take_definitions(true);
        definitions.extend(self.sent.take_definitions(true));
        definitions
    }
}

/// We send the members we name and no others, and leave none to its default.
fn close(schema: &mut Schema) {
    schema.remove("default");
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

#[cfg(test)]
impl Schemas {
    /// The names of what is received, and of what is sent.
    pub fn names(&self) -> (Vec<String>, Vec<String>) {
        let names = |generator: &SchemaGenerator| generator.definitions().keys().cloned().collect();
        (names(&self.received), names(&self.sent))
    }
}
