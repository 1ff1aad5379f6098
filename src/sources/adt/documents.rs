//! The two JSON forms.

use std::io;
use std::sync::Arc;

use serde_json::Value;

use super::sheet;
use super::twin::{Reader, Stated};
use crate::dtdl::Catalogue;
use crate::sources::limits::MODELS_BYTES_MAX;
use crate::sources::problem::{Item, Origin, Problem};
use crate::sources::rows::{elements, extension, lines};
use crate::sources::text::{Elements, Input, Text};

/// The system and the scope of the twins' ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// The system.
    pub system: String,
    /// The scope; empty for none.
    pub scope: String,
}

impl Default for Ids {
    fn default() -> Self {
        Self { system: "adt".to_owned(), scope: String::new() }
    }
}

/// Where the parts of an export stand.
const PARTS: [&[&str]; 3] = [
    &["digitalTwinsModels"],
    &["digitalTwinsGraph", "digitalTwins"],
    &["digitalTwinsGraph", "relationships"],
];
const SECTIONS: [&str; 3] = ["Models", "Twins", "Relationships"];
const MODELS: usize = 0;
const TWINS: usize = 1;

/// Whether a text begins as one of the JSON forms does.
pub fn begins_like(start: &str) -> bool {
    let key = start.trim_start().strip_prefix('{').map(str::trim_start).unwrap_or_default();
    key.starts_with("\"digitalTwins") || key.starts_with("\"Section\"")
}

type Values = Box<dyn Iterator<Item = Result<(Origin, Value), Problem>> + Send>;

fn values(input: &Input, text: Text) -> Values {
    if is_lines(input) {
        return Box::new(lines(input.name(), text));
    }
    Box::new(elements(input.name(), text, parts()))
}

fn is_lines(input: &Input) -> bool {
    // Only the bulk form begins with a section, whatever the file's name.
    let start = input.open().and_then(|mut text| start_of(&mut text));
    start.is_ok_and(|start| start.contains("\"Section\"")) || extension(input.name()) == "ndjson"
}

fn start_of(text: &mut Text) -> io::Result<String> {
    let start = text.fill_buf()?;
    Ok(String::from_utf8_lossy(&start[..start.len().min(64)]).into_owned())
}

fn parts() -> Vec<Vec<String>> {
    PARTS.iter().map(|way| way.iter().map(|token| (*token).to_owned()).collect()).collect()
}

/// The text of the models in a file, each at the line at which it stands; none without models.
///
/// # Errors
/// When the file cannot be read, or holds too many.
pub fn models(input: &Input) -> Result<Option<String>, Problem> {
    if extension(input.name()) == "xlsx" {
        return Ok(None);
    }
    let file = input.name();
    let text = input.open().map_err(|e| unreadable(file, &e))?;
    let mut found = Padded::default();
    if is_lines(input) {
        let mut section = None;
        for value in lines(file, text).flatten() {
            match section_of(&value.1) {
                Some(next) => section = next,
                None if section == Some(MODELS) => {
                    found.add(file, value.0.line, &value.1.to_string())?
                }
                None => {}
            }
        }
    } else {
        for element in Elements::at(file, text, parts()).flatten() {
            if element.place == MODELS {
                found.add(file, element.line, &element.text)?;
            }
        }
    }
    Ok(found.finish())
}

/// An array whose elements stand at given lines.
#[derive(Default)]
struct Padded {
    text: String,
    line: u64,
}

impl Padded {
    fn add(&mut self, file: &Arc<str>, line: u64, element: &str) -> Result<(), Problem> {
        self.text.push(if self.line == 0 { '[' } else { ',' });
        self.line = self.line.max(1);
        while self.line < line {
            self.text.push('\n');
            self.line += 1;
        }
        self.text.push_str(element);
        self.line += element.bytes().filter(|b| *b == b'\n').count() as u64;
        if self.text.len() as u64 > MODELS_BYTES_MAX {
            let message = format!("more than {MODELS_BYTES_MAX} bytes of models; split the file");
            return Err(Problem::error(Origin::file(file), "LIMIT_REACHED", message));
        }
        Ok(())
    }

    fn finish(self) -> Option<String> {
        (self.line > 0).then(|| self.text + "]")
    }
}

/// The section that a line begins, of those that are read; `Some(None)` for another one.
fn section_of(value: &Value) -> Option<Option<usize>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let name = object.get("Section")?.as_str()?;
    Some(SECTIONS.iter().position(|section| *section == name))
}

/// The items of a file: twins and relationships.
///
/// # Errors
/// When nothing of the file can be read.
pub fn read<'a>(
    input: &Input,
    ids: &Ids,
    catalogue: &'a Catalogue,
) -> Result<Box<dyn Iterator<Item = Result<Item, Problem>> + Send + 'a>, Problem> {
    let file = input.name().clone();
    let reader = Reader { ids: ids.clone(), catalogue };
    if matches!(extension(&file).as_str(), "xlsx" | "xlsm") {
        let bytes = input.bytes_of().map_err(|e| unreadable(&file, &e))?;
        return Ok(Box::new(sheet::read(&file, bytes, reader)));
    }
    let text = input.open().map_err(|e| unreadable(&file, &e))?;
    let is_bulk = is_lines(input);
    let mut section = None;
    let items = values(input, text).flat_map(move |found| {
        let (origin, value) = match found {
            Ok(found) => found,
            Err(problem) => return vec![Err(problem)],
        };
        let part = if is_bulk {
            if let Some(next) = section_of(&value) {
                section = next;
                return Vec::new();
            }
            section
        } else {
            part_of(&origin)
        };
        match (part, value) {
            (None | Some(MODELS), _) => Vec::new(),
            (Some(part), Value::Object(object)) => {
                let stated = if part == TWINS {
                    reader.twin(&origin, object)
                } else {
                    reader.relationship(&origin, &object)
                };
                Stated::items(stated)
            }
            (Some(_), _) => {
                let message = "expected an object: a twin or a relationship";
                vec![Err(Problem::error(origin, "INVALID_ROW", message))]
            }
        }
    });
    Ok(Box::new(items))
}

fn part_of(origin: &Origin) -> Option<usize> {
    let pointer = origin.pointer.as_deref()?;
    PARTS.iter().position(|way| {
        let base: String = way.iter().map(|token| format!("/{token}/")).collect::<String>();
        pointer.starts_with(&base.replace("//", "/"))
    })
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Problem {
    let message = format!("the file cannot be read: {error}");
    Problem::error(Origin::file(file), "NOT_READABLE", message)
}
