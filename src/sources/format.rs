//! Which format a file has, and its items.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::limits::MODELS_BYTES_MAX;
use super::mapping::Mapping;
use super::moment::Moments;
use super::problem::{Item, Origin, Problem};
use super::text::{Elements, Input, Text, parse};
use super::{brick, csv, native};
use crate::dtdl::Catalogue;

/// The items of a file, with the problems among them.
pub type Items<'a> = Box<dyn Iterator<Item = Result<Item, Problem>> + Send + 'a>;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// DTDL models.
    Models,
    /// Our own format, a statement a line.
    Lines,
    /// Our own format, as a JSON array.
    Elements,
    /// A table, by the mapping.
    Csv,
    /// A Brick building in Turtle.
    Brick,
}

/// The format of a file: by its extension, and where that leaves it open, by how it begins.
///
/// # Errors
/// When the file cannot be read, or begins like none of the formats.
pub fn format_of(input: &Input) -> Result<Format, Problem> {
    let name = input.name().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("ttl") => Ok(Format::Brick),
        Some("csv" | "tsv") => Ok(Format::Csv),
        Some("ndjson" | "jsonl") => Ok(Format::Lines),
        _ => begins_like(input),
    }
}

fn begins_like(input: &Input) -> Result<Format, Problem> {
    let mut text = open(input)?;
    let failed = |e| unreadable(input.name(), &e);
    let start = start_of(&mut text).map_err(failed)?;
    if start.starts_with(['{', '[']) {
        let first = Elements::new(input.name(), open(input)?).next();
        let is_model = first.and_then(Result::ok).is_some_and(|element| is_model(&element.text));
        return Ok(if is_model { Format::Models } else { Format::Elements });
    }
    let turtle = ["@prefix", "@base", "PREFIX", "BASE", "<", "#"];
    if turtle.iter().any(|word| start.starts_with(word)) {
        return Ok(Format::Brick);
    }
    let message = "the format cannot be told; name the file .ndjson, .json, .csv or .ttl (and .gz if it is compressed)";
    Err(Problem::error(Origin::file(input.name()), "UNKNOWN_FORMAT", message))
}

/// The text from its first character on, as far as it is buffered.
fn start_of(text: &mut Text) -> io::Result<String> {
    loop {
        let chunk = text.fill_buf()?;
        let blank = chunk.iter().take_while(|b| b.is_ascii_whitespace()).count();
        if blank < chunk.len() || chunk.is_empty() {
            let start = &chunk[blank..chunk.len().min(blank + 16)];
            return Ok(String::from_utf8_lossy(start).into_owned());
        }
        text.consume(blank);
    }
}

/// Whether a JSON object is a DTDL element: only those have keys that begin with `@`.
fn is_model(text: &str) -> bool {
    match parse(text) {
        Ok(value) => {
            value.as_object().is_some_and(|object| object.keys().any(|key| key.starts_with('@')))
        }
        // The parser of models says better what is wrong.
        Err(_) => ["\"@context\"", "\"@id\"", "\"@type\""].iter().any(|key| text.contains(key)),
    }
}

/// The items of a file that holds no models.
///
/// # Errors
/// When nothing of the file can be read.
pub fn read<'a>(
    input: &Input,
    format: Format,
    mapping: &'a Mapping,
    catalogue: &'a Catalogue,
    moments: Moments,
) -> Result<Items<'a>, Problem> {
    let (file, text) = (input.name(), open(input)?);
    Ok(match format {
        Format::Models => Box::new(std::iter::empty()),
        Format::Lines => Box::new(native::lines(file, text, moments)),
        Format::Elements => Box::new(native::elements(file, text, moments)),
        Format::Brick => Box::new(brick::read(file, text, &mapping.brick, catalogue)?),
        Format::Csv => {
            let columns = mapping.csv_for(file).ok_or_else(|| {
                let message = "no [[csv]] of the mapping fits this file; give a mapping that tells which column is what";
                Problem::error(Origin::file(file), "MAPPING_MISSING", message)
            })?;
            Box::new(csv::read(file, text, columns, catalogue, moments)?)
        }
    })
}

/// The whole text of a file of models.
///
/// # Errors
/// When it cannot be read, is no UTF-8, or is too long.
pub fn model_text(input: &Input) -> Result<String, Problem> {
    let mut text = String::new();
    let length = open(input)?
        .take(MODELS_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|e| unreadable(input.name(), &e))?;
    if length as u64 > MODELS_BYTES_MAX {
        let message = format!("more than {MODELS_BYTES_MAX} bytes of models; split the file");
        return Err(Problem::error(Origin::file(input.name()), "LIMIT_REACHED", message));
    }
    Ok(text)
}

fn open(input: &Input) -> Result<Text, Problem> {
    input.open().map_err(|e| unreadable(input.name(), &e))
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Problem {
    let message = format!("the file cannot be read: {error}");
    Problem::error(Origin::file(file), "NOT_READABLE", message)
}
