//! Values as validation sees them: the same for parsed JSON of ours and of serde_json.

use std::borrow::Cow;

use super::super::json;

/// A JSON value to validate.
pub(super) enum Instance<'v> {
    Null,
    Bool,
    /// The digits as written.
    Number(Cow<'v, str>),
    Text(&'v str),
    Array,
    Object,
}

/// Something that can be seen as an instance.
pub(super) trait Source<'v>: Copy {
    /// What it is.
    fn instance(self) -> Instance<'v>;
    /// Its elements, if it is an array.
    fn items(self) -> impl Iterator<Item = Self>;
    /// Its members, if it is an object.
    fn members(self) -> impl Iterator<Item = (&'v str, Self)>;
}

impl<'v> Source<'v> for &'v serde_json::Value {
    fn instance(self) -> Instance<'v> {
        match self {
            serde_json::Value::Null => Instance::Null,
            serde_json::Value::Bool(_) => Instance::Bool,
            serde_json::Value::Number(number) => Instance::Number(Cow::Owned(number.to_string())),
            serde_json::Value::String(text) => Instance::Text(text),
            serde_json::Value::Array(_) => Instance::Array,
            serde_json::Value::Object(_) => Instance::Object,
        }
    }

    fn items(self) -> impl Iterator<Item = Self> {
        self.as_array().into_iter().flatten()
    }

    fn members(self) -> impl Iterator<Item = (&'v str, Self)> {
        let object = self.as_object().into_iter().flatten();
        object.map(|(name, value)| (name.as_str(), value))
    }
}

impl<'v> Source<'v> for json::Value<'v> {
    fn instance(self) -> Instance<'v> {
        match self.kind() {
            json::Kind::Null => Instance::Null,
            json::Kind::True | json::Kind::False => Instance::Bool,
            json::Kind::Number => Instance::Number(Cow::Borrowed(self.raw())),
            json::Kind::Text | json::Kind::Escaped => {
                Instance::Text(self.as_str().unwrap_or_default())
            }
            json::Kind::Array => Instance::Array,
            json::Kind::Object => Instance::Object,
        }
    }

    fn items(self) -> impl Iterator<Item = Self> {
        json::Value::items(self)
    }

    fn members(self) -> impl Iterator<Item = (&'v str, Self)> {
        json::Value::members(self).map(|(name, value)| (name.as_str().unwrap_or_default(), value))
    }
}

impl Instance<'_> {
    /// What it is, in words, for errors.
    pub(super) fn words(&self) -> String {
        let quoted = |text: &str| {
            let short: String = text.chars().take(60).collect();
            if short.len() < text.len() { format!("{short}…") } else { short }
        };
        match self {
            Instance::Null => "null".to_owned(),
            Instance::Bool => "a boolean".to_owned(),
            Instance::Number(digits) => format!("the number {}", quoted(digits)),
            Instance::Text(text) => format!("the string \"{}\"", quoted(text)),
            Instance::Array => "an array".to_owned(),
            Instance::Object => "an object".to_owned(),
        }
    }
}
