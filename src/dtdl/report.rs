//! Errors for people and for tools: text with the source line marked, JSON, and SARIF.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::error::{ModelError, ModelErrors, Place};
use super::json::line_starts;

/// Lines of source that are longer than this are shown in part, in characters.
const SHOWN_MAX: usize = 160;

/// A text in which errors may lie, by the name that its document was given.
#[derive(Clone, Copy, Debug)]
pub struct SourceText<'a> {
    /// The name of the document.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// The errors as text: what is wrong, where, the line with a mark, and the mend.
///
/// Errors of documents that are not among the sources are shown without their line.
pub fn render(errors: &ModelErrors, sources: &[SourceText<'_>]) -> String {
    render_all("error", &errors.0, sources)
}

/// Warnings as text, in the same way.
pub fn render_warnings(warnings: &[ModelError], sources: &[SourceText<'_>]) -> String {
    render_all("warning", warnings, sources)
}

fn render_all(level: &str, errors: &[ModelError], sources: &[SourceText<'_>]) -> String {
    let mut out = String::new();
    let mut lines = Lines { sources, found: HashMap::new(), marked: None };
    for error in errors {
        render_one(&mut out, level, error, &mut lines);
    }
    let count = errors.len();
    let _ = writeln!(out, "{count} {level}{}", if count == 1 { "" } else { "s" });
    out
}

fn render_one(out: &mut String, level: &str, error: &ModelError, lines: &mut Lines<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{level}[{}]: {}", error.short_id(), error.message);
    if error.place.line > 0 {
        render_place(out, "-->", &error.place, lines);
    }
    if let Some(element) = &error.element {
        let _ = writeln!(out, "   = element: {element}");
    }
    if let Some(related) = error.related.as_ref().filter(|place| place.line > 0) {
        render_place(out, "see", related, lines);
    }
    let _ = writeln!(out, "   = mend: {}\n", error.mend);
}

fn render_place(out: &mut String, arrow: &str, place: &Place, lines: &mut Lines<'_>) {
    let Place { file, line, column, end_line, end_column, .. } = place;
    let _ = writeln!(out, "  {arrow} {file}:{line}:{column}");
    let Some(marked) = lines.line(file, *line) else {
        return;
    };
    let length = marked.length;
    let column = *column as usize;
    // A long line is cut around the mark.
    let from = column.saturating_sub(SHOWN_MAX / 2 + 1).min(length.saturating_sub(SHOWN_MAX));
    let shown: String = marked
        .after(from)
        .chars()
        .take(SHOWN_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let end = if end_line == line { *end_column as usize } else { length + 1 };
    let marks =
        end.saturating_sub(column).clamp(1, SHOWN_MAX - (column - 1 - from).min(SHOWN_MAX - 1));
    let _ = writeln!(out, "{line:>5} | {shown}");
    let _ = writeln!(out, "      | {}{}", " ".repeat(column - 1 - from), "^".repeat(marks));
}

/// The lines of the sources. A thousand errors may stand on one line of a mebibyte, so where its
/// characters are is worked out once.
struct Lines<'a> {
    sources: &'a [SourceText<'a>],
    /// The bytes at which the lines of a source begin, by its name.
    found: HashMap<&'a str, (&'a str, Vec<u32>)>,
    marked: Option<Line<'a>>,
}

/// One line.
struct Line<'a> {
    text: &'a str,
    /// Characters.
    length: usize,
    /// The bytes of every so many characters.
    steps: Vec<usize>,
}

/// Characters between two steps.
const STEP: usize = 4096;

impl<'a> Lines<'a> {
    fn line(&mut self, file: &str, line: u32) -> Option<&Line<'a>> {
        let source = self.sources.iter().find(|source| source.name == file)?;
        let (text, starts) = self
            .found
            .entry(source.name)
            .or_insert_with(|| (source.text, line_starts(source.text)));
        let at = line as usize - 1;
        let from = *starts.get(at)? as usize;
        let to = starts.get(at + 1).map_or(text.len(), |next| *next as usize);
        let text = text[from..to].trim_end_matches(['\n', '\r']);
        if self.marked.as_ref().is_none_or(|marked| !std::ptr::eq(marked.text, text)) {
            self.marked = Some(Line::of(text));
        }
        self.marked.as_ref()
    }
}

impl<'a> Line<'a> {
    fn of(text: &'a str) -> Self {
        let mut steps = Vec::new();
        let mut length = 0;
        for (at, _) in text.char_indices() {
            if length % STEP == 0 {
                steps.push(at);
            }
            length += 1;
        }
        Self { text, length, steps }
    }

    /// The text after so many characters.
    fn after(&self, characters: usize) -> &'a str {
        let Some(step) = self.steps.get(characters / STEP) else {
            return "";
        };
        let text = &self.text[*step..];
        let cut = text.char_indices().nth(characters % STEP).map_or(text.len(), |(at, _)| at);
        &text[cut..]
    }
}

fn place_json(place: &Place) -> Value {
    json!({
        "file": &*place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "pointer": place.pointer,
    })
}

/// Errors or warnings as a JSON array, one object each, with all that is known of them.
pub fn to_json(errors: &[ModelError]) -> Value {
    let all = errors.iter().map(|error| {
        json!({
            "id": error.id,
            "place": place_json(&error.place),
            "related": error.related.as_ref().map(place_json),
            "element": error.element,
            "otherElement": error.other_element,
            "property": error.property,
            "value": error.value,
            "type": error.type_name,
            "restriction": error.restriction,
            "message": error.message,
            "mend": error.mend,
        })
    });
    Value::Array(all.collect())
}

/// Errors and warnings as a SARIF 2.1.0 log, for code scanning.
pub fn to_sarif(errors: &[ModelError], warnings: &[ModelError]) -> Value {
    let all = || {
        let errors = errors.iter().map(|error| ("error", error));
        errors.chain(warnings.iter().map(|warning| ("warning", warning)))
    };
    let mut rules: Vec<&str> = all().map(|(_, error)| error.short_id()).collect();
    rules.sort_unstable();
    rules.dedup();
    let index_of = |error: &ModelError| rules.binary_search(&error.short_id()).unwrap_or_default();
    let results = all().map(|(level, error)| {
        let locations: Vec<_> = sarif_location(&error.place, error).into_iter().collect();
        let related: Vec<_> =
            error.related.iter().filter_map(|place| sarif_location(place, error)).collect();
        json!({
            "ruleId": error.short_id(),
            "ruleIndex": index_of(error),
            "level": level,
            "message": { "text": format!("{} {}", error.message, error.mend) },
            "locations": locations,
            "relatedLocations": related,
        })
    });
    let results: Vec<_> = results.collect();
    let rules: Vec<_> = rules.iter().map(|id| json!({ "id": id })).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "counterpart", "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn sarif_location(place: &Place, error: &ModelError) -> Option<Value> {
    if place.line == 0 {
        return None;
    }
    Some(json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
        "logicalLocations": [{ "fullyQualifiedName": error.element.as_deref().unwrap_or(&place.pointer) }],
    }))
}

/// The name of a file as a URI reference (RFC 3986 section 4.2): relative where the name is, with
/// all that has another meaning in a URI percent-encoded. A URL stays as it is.
fn uri(name: &str) -> String {
    if name.starts_with("http://") {
        return name.to_owned();
    }
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            // A file of Windows: its separators are those of URIs, too.
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtdl::{Catalogue, Document};

    fn errors(text: &str) -> ModelErrors {
        Catalogue::empty()
            .plan(&[Document { name: "a.json", text }])
            .expect_err("the text is at fault")
    }

    #[test]
    fn the_line_at_fault_is_shown_with_a_mark_under_it() {
        let text = "{\n  \"@context\": \"dtmi:dtdl:context;3\",\n  \"@id\": \"dtmi:é:a;1\",\n  \"@type\": \"Interface\"\n}";
        let shown = render(&errors(text), &[SourceText { name: "a.json", text }]);
        assert!(shown.contains("--> a.json:3:10"), "{shown}");
        assert!(shown.contains("    3 |   \"@id\": \"dtmi:é:a;1\","), "{shown}");
        assert!(shown.contains("      |          ^^^^^^^^^^^^\n"), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let padding = " ".repeat(5_000);
        let text = format!(
            "{{\"@context\":\"dtmi:dtdl:context;3\",{padding}\"@id\":\"x\",\"@type\":\"Interface\"}}"
        );
        let shown = render(&errors(&text), &[SourceText { name: "a.json", text: &text }]);
        assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
        assert!(shown.contains('^'), "{shown}");
    }

    #[test]
    fn sarif_has_a_result_and_a_rule_for_each_kind_of_error() {
        let log = to_sarif(&errors("{\"@context\":\"dtmi:dtdl:context;9\"}").0, &[]);
        assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unrecognizedContextVersion");
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][0]["id"],
            "unrecognizedContextVersion"
        );
        let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"]), (&json!(1), &json!(13)));
    }

    #[test]
    fn file_names_become_uri_references() {
        for (name, expected) in [
            ("models/a.json", "models/a.json"),
            ("my models/ü#1%.json", "my%20models/%C3%BC%231%25.json"),
            ("a:b.json", "a%3Ab.json"),
            ("/tmp/a b.json", "file:///tmp/a%20b.json"),
            ("http://host/dtmi/a-1.json", "http://host/dtmi/a-1.json"),
        ] {
            assert_eq!(uri(name), expected);
        }
    }
}
