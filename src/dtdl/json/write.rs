//! Writing JSON text.

use super::tree::{Kind, Value};

/// Appends a string in double quotes, with the escapes that JSON requires and no others.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        plain = at + 1;
        if escape.is_empty() {
            out.push_str(&format!("\\u{byte:04x}"));
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

impl Value<'_> {
    /// Appends the value in canonical form: no white space, keys in order, strings re-escaped,
    /// numbers as they were written. Equal meaning gives equal text, up to how numbers are spelt.
    /// `replace` may write a value in its own way and return true.
    pub(crate) fn write_canonical(
        self,
        out: &mut String,
        replace: &mut dyn FnMut(Value<'_>, &mut String) -> bool,
    ) {
        if replace(self, out) {
            return;
        }
        match self.kind() {
            Kind::Array => {
                out.push('[');
                for (position, item) in self.items().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    item.write_canonical(out, replace);
                }
                out.push(']');
            }
            Kind::Object => self.write_object(out, replace),
            _ => match self.as_str() {
                Some(text) => quote(out, text),
                None => out.push_str(self.raw()),
            },
        }
    }

    fn write_object(
        self,
        out: &mut String,
        replace: &mut dyn FnMut(Value<'_>, &mut String) -> bool,
    ) {
        let mut members: Vec<_> = self.members().collect();
        members.sort_by_key(|(key, _)| key.as_str());
        out.push('{');
        for (position, (key, value)) in members.into_iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            quote(out, key.as_str().unwrap_or_default());
            out.push(':');
            value.write_canonical(out, replace);
        }
        out.push('}');
    }
}
