//! JSON Schema (draft 2020-12) of interfaces, for clients that check values themselves.

use serde_json::{Map, Value, json};

use super::catalogue::Catalogue;
use super::dtmi::Dtmi;
use super::model::{
    CommandPayload, Content, ContentKind, EnumValueKind, Field, Geospatial, Interface, Schema,
};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const TIME: &str = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})";
/// Only the last part may have a fraction, and weeks go with days only.
const DURATION: &str = concat!(
    r"P(?!$)(?!.*\.\d+[A-Z].)",
    r"((\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?D)?|(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?)",
    r"(T(?!$)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?",
);

impl Catalogue {
    /// The JSON Schema of an interface: an object with its properties and its components, all
    /// of which may be absent. Under `$defs` stand the schemas of telemetry
    /// (`telemetry:name`), of links (`relationship:name`) and of commands
    /// (`command:name:request`), for use by reference.
    ///
    /// `None` if the interface is not known.
    pub fn json_schema(&self, id: &Dtmi) -> Option<Value> {
        let interface = self.get(id)?;
        let mut export = Export { catalogue: Some(self), definitions: Map::new() };
        let mut schema = export.interface(interface);
        schema["$id"] = json!(id.as_str());
        for content in interface.contents() {
            export.add_definitions(content);
        }
        Some(export.finish(schema))
    }
}

impl Schema {
    /// The JSON Schema of the values of this schema. It accepts all that [`Schema::validate`]
    /// does. It accepts more where JSON Schema cannot tell: days that a month does not have,
    /// and whole numbers written with a point.
    pub fn json_schema(&self) -> Value {
        let mut export = Export { catalogue: None, definitions: Map::new() };
        let schema = export.schema(self);
        export.finish(schema)
    }
}

struct Export<'c> {
    /// Where the interfaces of components are; a schema alone has none.
    catalogue: Option<&'c Catalogue>,
    definitions: Map<String, Value>,
}

impl Export<'_> {
    /// The object of properties and components.
    fn interface(&mut self, interface: &Interface) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for content in interface.contents() {
            let schema = match &content.kind {
                ContentKind::Property { schema, writable, .. } => {
                    let mut schema = self.described(content, schema);
                    if !writable {
                        schema["readOnly"] = json!(true);
                    }
                    schema
                }
                ContentKind::Component { schema } => self.component(schema),
                ContentKind::Telemetry { .. }
                | ContentKind::Relationship { .. }
                | ContentKind::Command { .. } => {
                    continue;
                }
            };
            if content.has_cotype("Required") {
                required.push(json!(&*content.name));
            }
            properties.insert(content.name.to_string(), schema);
        }
        let mut object = object(properties, required);
        annotate(&mut object, interface.display_name.any(), interface.description.any());
        object
    }

    fn component(&mut self, id: &Dtmi) -> Value {
        let key = format!("interface:{id}");
        if !self.definitions.contains_key(&key) {
            // A placeholder first: an interface may have itself as a component's component.
            self.definitions.insert(key.clone(), json!({}));
            let found = self.catalogue.and_then(|catalogue| catalogue.get(id));
            if let Some(interface) = found {
                let schema = self.interface(interface);
                self.definitions.insert(key.clone(), schema);
            }
        }
        reference(&key)
    }

    fn described(&mut self, content: &Content, schema: &Schema) -> Value {
        let mut value = self.schema(schema);
        annotate(&mut value, content.display_name.any(), content.description.any());
        if let Some(unit) = content.semantic().and_then(|semantic| semantic.unit) {
            value["x-unit"] = json!(unit);
        }
        value
    }

    fn add_definitions(&mut self, content: &Content) {
        let name = &content.name;
        match &content.kind {
            ContentKind::Telemetry { schema, .. } => {
                let schema = self.described(content, schema);
                self.definitions.insert(format!("telemetry:{name}"), schema);
            }
            ContentKind::Relationship { properties, .. } => {
                let of_link =
                    properties.iter().filter_map(|property| Some((property, property.schema()?)));
                let described = of_link.map(|(property, schema)| {
                    (property.name.to_string(), self.described(property, schema))
                });
                let schema = object(described.collect(), Vec::new());
                self.definitions.insert(format!("relationship:{name}"), schema);
            }
            ContentKind::Command { request, response } => {
                for (end, payload) in [("request", request), ("response", response)] {
                    if let Some(payload) = payload {
                        let schema = self.payload(payload);
                        self.definitions.insert(format!("command:{name}:{end}"), schema);
                    }
                }
            }
            ContentKind::Property { .. } | ContentKind::Component { .. } => {}
        }
    }

    /// Adds what stands at the root only.
    fn finish(self, mut schema: Value) -> Value {
        schema["$schema"] = json!(DRAFT);
        if !self.definitions.is_empty() {
            schema["$defs"] = Value::Object(self.definitions);
        }
        schema
    }

    fn payload(&mut self, payload: &CommandPayload) -> Value {
        let schema = self.schema(&payload.schema);
        if payload.nullable { json!({ "anyOf": [schema, { "type": "null" }] }) } else { schema }
    }

    fn schema(&mut self, schema: &Schema) -> Value {
        match schema {
            Schema::Enum(schema) => {
                let values = schema.values.iter().map(|value| match &value.value {
                    EnumValueKind::Integer(number) => json!(number),
                    EnumValueKind::String(text) => json!(&**text),
                });
                json!({ "enum": values.collect::<Vec<_>>() })
            }
            Schema::Object { fields, id } => {
                let value = self.fields(fields);
                self.named(id.as_ref(), value)
            }
            Schema::Array { element, id } => {
                let value = json!({ "type": "array", "items": self.schema(element) });
                self.named(id.as_ref(), value)
            }
            Schema::Map { value, id, .. } => {
                let value = json!({ "type": "object", "additionalProperties": self.schema(value) });
                self.named(id.as_ref(), value)
            }
            Schema::Geospatial(kind) => geometry(*kind),
            Schema::Recursive(schema) => reference(&format!("schema:{}", schema.id)),
            primitive => primitive_schema(primitive),
        }
    }

    /// Schemas with an identifier stand under `$defs`, where those inside them can refer to.
    fn named(&mut self, id: Option<&Dtmi>, value: Value) -> Value {
        let Some(id) = id else { return value };
        let key = format!("schema:{id}");
        self.definitions.insert(key.clone(), value);
        reference(&key)
    }

    fn fields(&mut self, fields: &[Field]) -> Value {
        let mut properties = Map::new();
        for field in fields {
            let mut schema = self.schema(&field.schema);
            annotate(&mut schema, field.display_name.any(), field.description.any());
            properties.insert(field.name.to_string(), schema);
        }
        let required =
            fields.iter().filter(|field| field.required).map(|field| json!(&*field.name));
        object(properties, required.collect())
    }
}

fn object(properties: Map<String, Value>, required: Vec<Value>) -> Value {
    let mut object =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = Value::Array(required);
    }
    object
}

fn reference(key: &str) -> Value {
    let escaped = key.replace('~', "~0").replace('/', "~1");
    json!({ "$ref": format!("#/$defs/{escaped}") })
}

fn annotate(schema: &mut Value, title: Option<&str>, description: Option<&str>) {
    for (key, text) in [("title", title), ("description", description)] {
        if let Some(text) = text {
            schema[key] = json!(text);
        }
    }
}

fn geometry(kind: Geospatial) -> Value {
    let mut coordinates = json!({ "type": "array", "items": { "type": "number" } });
    for _ in 0..kind.array_depth() {
        coordinates = json!({ "type": "array", "items": coordinates });
    }
    json!({
        "type": "object",
        "properties": { "type": { "const": kind.type_name() }, "coordinates": coordinates },
        "additionalProperties": false,
    })
}

fn primitive_schema(schema: &Schema) -> Value {
    if let Some(range) = schema.integer_range() {
        // JSON Schema counts 2.0 as an integer; DTDL does not, which it cannot say.
        let bound = |number: i128| {
            i64::try_from(number)
                .map(Value::from)
                .or_else(|_| u64::try_from(number).map(Value::from))
                .unwrap_or_default()
        };
        return json!({ "type": "integer", "minimum": bound(range.min), "maximum": bound(range.max) });
    }
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": format!("^{pattern}$") });
    match schema {
        Schema::Boolean => json!({ "type": "boolean" }),
        Schema::Double => json!({ "type": "number" }),
        Schema::Float => {
            json!({ "type": "number", "minimum": f64::from(f32::MIN), "maximum": f64::from(f32::MAX) })
        }
        Schema::Date => pattern(DATE),
        Schema::DateTime => pattern(&format!("{DATE}T{TIME}")),
        Schema::Time => pattern(TIME),
        Schema::Decimal => pattern(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]*)?"),
        Schema::Duration => pattern(DURATION),
        Schema::Uuid => pattern("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
        Schema::Bytes => {
            let mut schema = pattern("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
            schema["contentEncoding"] = json!("base64");
            schema
        }
        _ => json!({ "type": "string" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtdl::Document;

    #[test]
    fn an_interface_becomes_an_object_of_its_properties_and_components() {
        let text = r#"[{"@context":"dtmi:dtdl:context;4","@id":"dtmi:t:part;1","@type":"Interface","contents":[
            {"@type":"Property","name":"state","schema":{"@type":"Enum","valueSchema":"string","enumValues":[
                {"name":"on","enumValue":"ON"},{"name":"off","enumValue":"OFF"}]}}]},
            {"@context":"dtmi:dtdl:context;4","@id":"dtmi:t:whole;1","@type":"Interface","schemas":[
                {"@id":"dtmi:t:tree;1","@type":"Object","fields":[{"name":"next","schema":"dtmi:t:tree;1"}]}],
             "contents":[
                {"@type":"Property","name":"level","schema":"unsignedByte","writable":true},
                {"@type":"Property","name":"tree","schema":"dtmi:t:tree;1"},
                {"@type":"Telemetry","name":"flow","schema":"double"},
                {"@type":"Component","name":"part","schema":"dtmi:t:part;1"}]}]"#;
        let catalogue = Catalogue::empty();
        let upload = catalogue.plan(&[Document { name: "t", text }]).expect("the models are valid");
        let catalogue = catalogue.with(&upload);
        let schema = catalogue.json_schema(&Dtmi::trusted("dtmi:t:whole;1")).expect("it is known");
        assert_eq!(
            schema["properties"]["level"],
            json!({ "type": "integer", "minimum": 0, "maximum": 255 })
        );
        assert_eq!(schema["properties"]["part"]["$ref"], "#/$defs/interface:dtmi:t:part;1");
        assert_eq!(
            schema["$defs"]["interface:dtmi:t:part;1"]["properties"]["state"]["enum"],
            json!(["ON", "OFF"])
        );
        assert_eq!(schema["$defs"]["telemetry:flow"], json!({ "type": "number" }));
        let tree = &schema["$defs"]["schema:dtmi:t:tree;1"];
        assert_eq!(tree["properties"]["next"]["$ref"], "#/$defs/schema:dtmi:t:tree;1");
    }
}
