//! Which reader a source's file needs: its format says so, or, where systems export in several
//! ways, the end of its name.

use std::io;
use std::sync::Arc;

use super::csv::Table as CsvTable;
use super::row::Rows;
use super::sheet::Sheet;
use super::xlsx::{Sheets, rows as workbook};
use super::{b2mml, csv, debezium, json, shapes};
use crate::sources::declaration::{Declaration, EncodingName, Format, base_name};
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::{Input, Text, tokens};

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Csv,
    Workbook,
    Documents,
    Lines,
    Xml,
}

/// The ends of the names of files that a format can have.
pub fn extensions(format: Format) -> &'static [&'static str] {
    match format {
        Format::Csv => &["csv", "tsv", "txt"],
        Format::Xlsx => &["xlsx", "xlsm"],
        Format::Json => &["json"],
        Format::Ndjson => &["ndjson", "jsonl"],
        Format::Debezium => &["json", "ndjson", "jsonl"],
        Format::Cobie => &["csv", "xlsx", "xlsm"],
        Format::B2mml => &["xml"],
        Format::Adt => &["json", "ndjson", "jsonl", "xlsx"],
        Format::Brick => &["ttl"],
        Format::SapEquipment
        | Format::SapFunctionalLocation
        | Format::MaximoAsset
        | Format::MaximoLocation
        | Format::ServicenowCmdbCi => &["json", "ndjson", "jsonl", "csv", "xlsx"],
    }
}

/// The end of a file's name, in small letters.
pub fn extension(name: &str) -> String {
    let end = base_name(name).rsplit_once('.').map(|(_, end)| end);
    end.unwrap_or_default().to_ascii_lowercase()
}

fn container(format: Format, name: &str) -> Container {
    match (format, extension(name).as_str()) {
        (Format::Csv, _) => Container::Csv,
        (Format::Xlsx, _) => Container::Workbook,
        (Format::Json, _) => Container::Documents,
        (Format::Ndjson, _) => Container::Lines,
        (Format::B2mml, _) => Container::Xml,
        (_, "csv" | "tsv" | "txt") => Container::Csv,
        (_, "xlsx" | "xlsm") => Container::Workbook,
        (_, "ndjson" | "jsonl") => Container::Lines,
        (Format::Cobie, _) => Container::Csv,
        _ => Container::Documents,
    }
}

/// The rows of a source's file.
///
/// # Errors
/// When nothing of the file can be read.
pub fn open(source: &Arc<Declaration>, input: &Input) -> Result<Rows, Problem> {
    let (file, format) = (input.name(), source.format);
    match container(format, file) {
        Container::Csv => table(source, input),
        Container::Workbook => {
            let bytes = input.bytes_of().map_err(|e| unreadable(file, &e))?;
            Ok(workbook(file, bytes, sheets(source)))
        }
        Container::Documents => {
            let places = places(source, file)?;
            Ok(json_rows(source, json::elements(file, text(source, input)?, places)))
        }
        Container::Lines => Ok(json_rows(source, json::lines(file, text(source, input)?))),
        Container::Xml => Ok(b2mml::rows(file, text(source, input)?)),
    }
}

fn json_rows(
    source: &Arc<Declaration>,
    values: impl Iterator<Item = Result<(Origin, serde_json::Value), Problem>> + Send + 'static,
) -> Rows {
    if source.format == Format::Debezium {
        let source = source.clone();
        return debezium::rows(values, move |row| crate::sources::reading::key_text(&source, row));
    }
    json::rows(values, shapes::shape(source.format))
}

fn table(source: &Arc<Declaration>, input: &Input) -> Result<Rows, Problem> {
    let file = input.name();
    let base = base_name(file);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let Some((name, table)) = source.table(stem) else {
        let known: Vec<&str> = source.tables.keys().map(String::as_str).collect();
        let message =
            format!("the name of the file must be that of its table: {}", known.join(", "));
        return Err(Problem::error(Origin::file(file), "TABLE_MISSING", message));
    };
    let table = CsvTable {
        own: &table.own,
        declared: &table.declared,
        is_loose: source.format == Format::Cobie,
        name: (!name.is_empty()).then(|| name.into()),
    };
    csv::rows(file, text(source, input)?, &table)
}

fn sheets(source: &Arc<Declaration>) -> Sheets {
    let is_loose = source.format == Format::Cobie;
    if let Some(table) = source.tables.get("") {
        let (own, declared) = (table.own.clone(), table.declared.clone());
        let wanted = declared.read.sheet.clone();
        return Sheets::One(wanted, Box::new(Sheet { own, declared, is_loose, table: None }));
    }
    let source = source.clone();
    Sheets::Several(Box::new(move |name| {
        let (name, table) = source.table(name)?;
        let (own, declared) = (table.own.clone(), table.declared.clone());
        Some(Sheet { own, declared, is_loose, table: Some(name.into()) })
    }))
}

/// Where the records stand; everywhere the top may also be an array of them.
fn places(source: &Declaration, file: &Arc<str>) -> Result<Vec<Vec<String>>, Problem> {
    let declared = source.declared.read.records.as_ref();
    let names: Vec<&str> = declared.map(|field| field.names().collect()).unwrap_or_default();
    let wrong = |e| Problem::error(Origin::file(file), "INVALID_DECLARATION", e);
    let mut places = names.into_iter().map(tokens).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    let is_own = source.own.read.records.is_some();
    if places.is_empty() || !is_own {
        places.push(Vec::new());
    }
    Ok(places)
}

fn text(source: &Declaration, input: &Input) -> Result<Text, Problem> {
    let encoding = source.declared.read.encoding.as_ref().and_then(EncodingName::encoding);
    input.open_as(encoding).map_err(|e| unreadable(input.name(), &e))
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Problem {
    let message = format!("the file cannot be read: {error}");
    Problem::error(Origin::file(file), "NOT_READABLE", message)
}
