//! What a file is: of a declared source, or of a format that says by itself what it means.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use serde_json::Value;

use super::declaration::{self, Declaration, Pattern, TextOrField};
use super::limits::MODELS_BYTES_MAX;
use super::moment::Moments;
use super::problem::{Item, Origin, Problem};
use super::reading::{Source, statements};
use super::rows::{extension, extensions};
use super::text::{Elements, Input, Text, parse};
use super::{adt, brick, native};
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
    /// A Brick building, by the declaration of that number.
    Brick(Option<usize>),
    /// A graph of Azure Digital Twins, by the declaration of that number.
    Adt(Option<usize>),
    /// Rows, by the declaration of that number.
    Source(usize),
}

/// What a file is. A declaration that names the file decides; then how the file begins; then the
/// declaration that names no files and whose format's names end as the file's does. Of the declarations, the first
/// `given` go before the others, which were kept of earlier imports.
///
/// # Errors
/// When the file cannot be read, is nothing of all that, or two declarations are for it.
pub fn format_of(
    input: &Input,
    sources: &[Arc<Declaration>],
    given: usize,
) -> Result<Format, Problem> {
    let name = input.name();
    let of = |from: usize, to: usize, fits: &dyn Fn(&Declaration) -> bool| {
        let mut found = (from..to).filter(|at| fits(&sources[*at]));
        match (found.next(), found.next()) {
            (Some(one), Some(other)) => Err(ambiguous(name, &sources[one], &sources[other])),
            (one, _) => Ok(one),
        }
    };
    let names = |source: &Declaration| source.names(name) == Some(true);
    let named = match of(0, given, &names)? {
        None => of(given, sources.len(), &names)?,
        some => some,
    };
    if let Some(at) = named {
        return Ok(declared(sources, at));
    }
    let end = extension(name);
    let ends_so = |source: &Declaration| {
        source.names(name).is_none() && extensions(source.format).contains(&end.as_str())
    };
    let fallback = || Ok(of(0, given, &ends_so)?.map(|at| declared(sources, at)));
    match end.as_str() {
        "ttl" => Ok(fallback()?.unwrap_or(Format::Brick(None))),
        "ndjson" | "jsonl" => match says_itself(input)? {
            Some(format) => Ok(format),
            None => Ok(fallback()?.unwrap_or(Format::Lines)),
        },
        "json" => match says_itself(input)? {
            Some(Format::Lines) => Ok(Format::Elements),
            Some(format) => Ok(format),
            None => Ok(fallback()?.unwrap_or(Format::Elements)),
        },
        "csv" | "tsv" | "xlsx" | "xlsm" | "xml" => {
            fallback()?.ok_or_else(|| undeclared(name, sources))
        }
        _ => match fallback()? {
            Some(format) => Ok(format),
            None => begins_like(input),
        },
    }
}

fn ambiguous(file: &Arc<str>, one: &Declaration, other: &Declaration) -> Problem {
    let (one, other) = (&one.name, &other.name);
    let message = format!(
        "the declarations of `{one}` and `{other}` are both for this file; say with `files` which is whose"
    );
    Problem::error(Origin::file(file), "SOURCE_AMBIGUOUS", message)
}

fn declared(sources: &[Arc<Declaration>], at: usize) -> Format {
    match sources[at].format {
        declaration::Format::Adt => Format::Adt(Some(at)),
        declaration::Format::Brick => Format::Brick(Some(at)),
        _ => Format::Source(at),
    }
}

fn undeclared(name: &Arc<str>, sources: &[Arc<Declaration>]) -> Problem {
    let known = sources.iter().filter_map(|source| {
        let files: Vec<&str> =
            source.declared.files.as_ref()?.iter().map(Pattern::as_str).collect();
        Some(format!("`{}` is for {}", source.name, files.join(", ")))
    });
    let known: Vec<String> = known.collect();
    let message = match known.is_empty() {
        true => "no declaration is for this file; declare its source in a TOML file that tells what is what".to_owned(),
        false => format!("no declaration is for this file; {}", known.join("; ")),
    };
    Problem::error(Origin::file(name), "SOURCE_MISSING", message)
}

/// What JSON says of itself by its first element; models, our own statements, or a graph.
fn says_itself(input: &Input) -> Result<Option<Format>, Problem> {
    let mut text = open(input)?;
    let start = start_of(&mut text).map_err(|e| unreadable(input.name(), &e))?;
    if adt::begins_like(&start) {
        return Ok(Some(Format::Adt(None)));
    }
    if !start.starts_with(['{', '[']) {
        return Ok(None);
    }
    let Some(Ok(first)) = Elements::new(input.name(), open(input)?).next() else {
        return Ok(None);
    };
    if is_model(&first.text) {
        return Ok(Some(Format::Models));
    }
    let value = parse(&first.text).ok();
    Ok(value.filter(native::is_statement).map(|_| Format::Lines))
}

fn begins_like(input: &Input) -> Result<Format, Problem> {
    let mut text = open(input)?;
    let start = start_of(&mut text).map_err(|e| unreadable(input.name(), &e))?;
    if start.starts_with(['{', '[']) {
        return Ok(match says_itself(input)? {
            Some(Format::Lines) | None => Format::Elements,
            Some(format) => format,
        });
    }
    let turtle = ["@prefix", "@base", "PREFIX", "BASE", "<", "#"];
    if turtle.iter().any(|word| start.starts_with(word)) {
        return Ok(Format::Brick(None));
    }
    let message = "the format cannot be told; declare the file's source, or name the file .ndjson, .json or .ttl (and .gz if it is compressed)";
    Err(Problem::error(Origin::file(input.name()), "UNKNOWN_FORMAT", message))
}

/// The text from its first character on, as far as it is buffered.
fn start_of(text: &mut Text) -> io::Result<String> {
    const SHOWN: usize = 64;
    loop {
        let chunk = text.fill_buf()?;
        let blank = chunk.iter().take_while(|b| b.is_ascii_whitespace()).count();
        if blank < chunk.len() || chunk.is_empty() {
            let start = &chunk[blank..chunk.len().min(blank + SHOWN)];
            return Ok(String::from_utf8_lossy(start).into_owned());
        }
        text.consume(blank);
    }
}

/// Whether a JSON object is a DTDL element: those have a context, an id or a type.
fn is_model(text: &str) -> bool {
    const KEYS: [&str; 3] = ["@context", "@id", "@type"];
    match parse(text) {
        Ok(Value::Object(object)) => KEYS.iter().any(|key| object.contains_key(*key)),
        Ok(_) => false,
        // The parser of models says better what is wrong.
        Err(_) => KEYS.iter().any(|key| text.contains(&format!("\"{key}\""))),
    }
}

/// The items of a file that says by itself what it means, and is no file of models.
///
/// # Errors
/// When nothing of the file can be read.
pub fn read<'a>(
    input: &Input,
    format: Format,
    sources: &[Source<'a>],
    catalogue: &'a Catalogue,
    moments: Moments,
) -> Result<Items<'a>, Problem> {
    let file = input.name();
    let declared = |at: Option<usize>| at.map(|at| &*sources[at].declaration);
    Ok(match format {
        Format::Models => Box::new(std::iter::empty()),
        Format::Lines => Box::new(native::lines(file, open(input)?, moments)),
        Format::Elements => Box::new(native::elements(file, open(input)?, moments)),
        Format::Brick(at) => {
            let options = declared(at).map(brick::Options::from).unwrap_or_default();
            Box::new(brick::read(file, open(input)?, &options, catalogue))
        }
        Format::Adt(at) => {
            let ids = declared(at).map(ids).unwrap_or_default();
            adt::read(input, &ids, catalogue)?
        }
        Format::Source(at) => rows(input, &sources[at], 0)?,
    })
}

/// The items of a source's file; `number` is its own among the source's files.
///
/// # Errors
/// When nothing of the file can be read.
pub fn rows<'a>(input: &Input, source: &Source<'a>, number: u32) -> Result<Items<'a>, Problem> {
    let twins = source.declaration.twins();
    let items = statements(source, input, number)?.flat_map(move |found| match found {
        Ok(statement) => {
            let origin = statement.origin.clone();
            let item = |command| Ok(Item { origin: origin.clone(), command });
            statement.commands(twins).into_iter().map(item).collect::<Vec<_>>()
        }
        Err(problem) => vec![Err(problem)],
    });
    Ok(Box::new(items))
}

fn ids(declaration: &Declaration) -> adt::Ids {
    let scope = match &declaration.declared.scope {
        Some(TextOrField::Fixed(scope)) => scope.clone(),
        Some(TextOrField::Told(_)) | None => String::new(),
    };
    adt::Ids { system: declaration.system.clone(), scope }
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
