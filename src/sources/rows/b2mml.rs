//! ISA-95 equipment in XML (B2MML): equipment in equipment is a hierarchy. Namespaces and the
//! message around are not looked at.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use quick_xml::events::{BytesRef, BytesStart};
use serde_json::Value;

use super::row::{Row, Rows};
use crate::domain::fact::JsonMap;
use crate::sources::limits::{LINE_BYTES_MAX, XML_DEPTH_MAX};
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::Text;

/// The rows of a document: the fields `ID`, `Description` and so on, `Parent`, the ID of the
/// equipment around it, and `Properties` by their names.
pub fn rows(file: &Arc<str>, text: Text) -> Rows {
    let (lines, taken) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let counted = Counted { inner: text, lines: lines.clone(), taken: taken.clone() };
    let reader = Reader::from_reader(counted);
    Box::new(Documents {
        reader,
        lines,
        taken,
        file: file.clone(),
        open: Vec::new(),
        path: Vec::new(),
        text: String::new(),
        ready: VecDeque::new(),
        ended: false,
    })
}

struct Documents {
    reader: Reader<Counted>,
    /// Lines that were read, and bytes since the last event.
    lines: Arc<AtomicU64>,
    taken: Arc<AtomicU64>,
    file: Arc<str>,
    /// The equipment that is open, from the outside in.
    open: Vec<Equipment>,
    /// The elements that are open.
    path: Vec<String>,
    /// The text of the innermost one.
    text: String,
    ready: VecDeque<Row>,
    ended: bool,
}

struct Equipment {
    line: u64,
    /// How many elements are open at its own.
    depth: usize,
    fields: JsonMap,
    size: usize,
    /// The property that is open, with its value and unit.
    property: [String; 3],
}

impl Documents {
    fn step(&mut self) -> Result<bool, Problem> {
        self.taken.store(0, Ordering::Relaxed);
        let mut buffer = Vec::new();
        let event = self.reader.read_event_into(&mut buffer);
        let line = self.lines.load(Ordering::Relaxed) + 1;
        let origin = Origin::line(&self.file, line);
        let wrong = |message: String| Problem::error(origin, "NOT_READABLE", message);
        match event {
            Ok(Xml::Start(start)) => {
                if self.path.len() >= XML_DEPTH_MAX {
                    return Err(wrong(format!("nested deeper than {XML_DEPTH_MAX} elements")));
                }
                self.start(&start, line);
            }
            Ok(Xml::End(_)) => self.end().map_err(wrong)?,
            Ok(Xml::Text(text)) => self.text.push_str(&text),
            Ok(Xml::CData(text)) => self.text.push_str(&text),
            Ok(Xml::GeneralRef(name)) => match character(&name) {
                Some(found) => self.text.push(found),
                None => return Err(wrong(format!("the entity &{}; is not known", &*name))),
            },
            Ok(Xml::Eof) if self.path.is_empty() => return Ok(false),
            Ok(Xml::Eof) => {
                return Err(wrong("the file ends inside an element; is it complete?".to_owned()));
            }
            Ok(Xml::Empty(_) | Xml::Comment(_) | Xml::Decl(_) | Xml::PI(_) | Xml::DocType(_)) => {}
            Err(error) => {
                return Err(wrong(format!("the rest of the file cannot be read: {error}")));
            }
        }
        Ok(true)
    }

    fn start(&mut self, start: &BytesStart<'_>, line: u64) {
        let name = start.local_name().as_ref().to_owned();
        self.text.clear();
        let is_equipment = matches!(name.as_str(), "Equipment" | "EquipmentChild");
        self.path.push(name);
        if is_equipment {
            let parent = self.open.last().and_then(|around| around.fields.get("ID")).cloned();
            let fields = parent.map(|id| ("Parent".to_owned(), id)).into_iter().collect();
            let depth = self.path.len();
            self.open.push(Equipment {
                line,
                depth,
                fields,
                size: 0,
                property: Default::default(),
            });
        }
    }

    fn end(&mut self) -> Result<(), String> {
        let name = self.path.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        let Some(equipment) = self.open.last_mut() else {
            return Ok(());
        };
        if self.path.len() + 1 == equipment.depth {
            let row = self.open.pop();
            self.ready.extend(row.map(|row| row.row(&self.file)));
            return Ok(());
        }
        equipment.size += text.len() + name.len();
        if equipment.size > LINE_BYTES_MAX {
            return Err(format!("an equipment is longer than {LINE_BYTES_MAX} bytes"));
        }
        let within: Vec<&str> = self.path[equipment.depth..].iter().map(String::as_str).collect();
        equipment.take(&within, &name, text.trim());
        Ok(())
    }
}

impl Equipment {
    /// Takes up an element inside the equipment: `within` are those around it.
    fn take(&mut self, within: &[&str], name: &str, text: &str) {
        match (within, name) {
            ([], "EquipmentProperty") => {
                let [id, value, unit] = std::mem::take(&mut self.property);
                if !id.is_empty() && !value.is_empty() {
                    self.nested("Properties", &id, value);
                    if !unit.is_empty() {
                        self.nested("Units", &id, unit);
                    }
                }
            }
            (["EquipmentProperty"], "ID") => self.property[0] = text.to_owned(),
            (["EquipmentProperty", "Value"], "ValueString") => self.property[1] = text.to_owned(),
            (["EquipmentProperty", "Value"], "UnitOfMeasure") => self.property[2] = text.to_owned(),
            (["HierarchyScope"], "EquipmentID") if !text.is_empty() => {
                self.fields.entry("Parent").or_insert_with(|| text.into());
            }
            // The equipment's own fields; of several of one name the first.
            ([], name) if !text.is_empty() => {
                self.fields.entry(name).or_insert_with(|| text.into());
            }
            _ => {}
        }
    }

    fn nested(&mut self, field: &str, id: &str, value: String) {
        let object = self.fields.entry(field).or_insert_with(|| Value::Object(JsonMap::new()));
        if let Value::Object(object) = object {
            object.insert(id.to_owned(), value.into());
        }
    }

    fn row(self, file: &Arc<str>) -> Row {
        Row::new(Origin::line(file, self.line), self.fields)
    }
}

impl Iterator for Documents {
    type Item = Result<Row, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Some(Ok(row));
            }
            if self.ended {
                return None;
            }
            match self.step() {
                Ok(more) => self.ended = !more,
                Err(problem) => {
                    self.ended = true;
                    return Some(Err(problem));
                }
            }
        }
    }
}

/// The character that a reference stands for: one of XML's own, or a number.
fn character(name: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(found)) = name.resolve_char_ref() {
        return Some(found);
    }
    match &**name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Counts lines, and fails where one event takes more than is accepted.
struct Counted {
    inner: Text,
    lines: Arc<AtomicU64>,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken.load(Ordering::Relaxed) > LINE_BYTES_MAX as u64 {
            let message = format!("a text or tag is longer than {LINE_BYTES_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(chunk) = self.inner.fill_buf() {
            let lines = chunk.iter().take(count).filter(|b| **b == b'\n').count();
            self.lines.fetch_add(lines as u64, Ordering::Relaxed);
        }
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        self.inner.consume(count);
    }
}
