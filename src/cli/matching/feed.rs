//! `counterpart match feed`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use csv::StringRecord;
use serde_json::{Map, Value};

use super::assets::{golden_header, golden_row};
use super::files::write_csv;
use super::records::{column, text_of};
use super::report::Watch;
use crate::cli::output::{Failure, say, tell};
use crate::domain::reconcile::asset::history::{Event, Meaning};
use crate::domain::reconcile::asset::sheet::FIELD_NAMES;
use crate::domain::reconcile::preset::Assets;

/// Problems that are printed one by one.
const PROBLEMS_SHOWN_MAX: usize = 20;

/// Follow a feed of changes of assets (CSV: `ts`, `system`, `op`, `native_id`, `payload`; .gz is seen by itself).
///
/// Rows stand in the order of time; `op` is `upsert`, with the record's fields as a JSON object in `payload`, or
/// `delete`. When an update in place means that another machine bears the id, the id's meaning ends and another begins.
/// Exit code 1 when rows could not be used.
#[derive(Debug, Args)]
pub struct Feed {
    /// The changes
    #[arg(value_name = "EVENTS.csv")]
    events: PathBuf,
    /// Write what each id meant, when: `record_id,cluster_id,valid_from,valid_to`
    #[arg(long, value_name = "FILE")]
    xref: Option<PathBuf>,
    /// Write what survives of what the records of each unit say: `cluster_id,manufacturer,model,serial,mac`
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,
}

impl Feed {
    /// Follows the feed and reports.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let mut watch = Watch::begin("read");
        let (events, problems) = read(&self.events)?;
        problems.iter().take(PROBLEMS_SHOWN_MAX).for_each(tell);
        watch.enter("match");
        let (found, sheet, meanings) = Assets::match_feed(&events);
        for (name, took) in watch.end() {
            tell(format_args!("{name} {:.2} s", took.as_secs_f64()));
        }
        let units = found.resolution.units.iter().max().map_or(0, |last| last + 1);
        let ids = meanings.iter().filter(|meaning| meaning.first).count();
        say(format_args!(
            "{} changes of {ids} ids, {} meanings, {units} units",
            events.len(),
            meanings.len()
        ))?;
        if let Some(path) = &self.xref {
            let header = ["record_id", "cluster_id", "valid_from", "valid_to"];
            write_csv(path, &header, meanings.iter().map(|meaning| row(meaning, &events)))?;
        }
        if let Some(path) = &self.golden {
            let units = found.golden(&sheet).into_iter().enumerate();
            let units = units.map(|(unit, values)| golden_row(unit.to_string(), values));
            write_csv(path, &golden_header(), units)?;
        }
        if problems.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        tell(format_args!("{} rows could not be used", problems.len()));
        Ok(ExitCode::FAILURE)
    }
}

fn row(meaning: &Meaning, events: &[Event]) -> Vec<String> {
    let event = &events[meaning.from];
    let end = meaning.to.map_or("", |end| &events[end].at);
    vec![
        format!("{}:{}", event.system, event.id),
        meaning.unit.to_string(),
        event.at.clone(),
        end.to_owned(),
    ]
}

/// The changes of a file, and a sentence for each row that is none.
fn read(path: &Path) -> Result<(Vec<Event>, Vec<String>), Failure> {
    let text = text_of(path)?;
    let broken = |e: csv::Error| Failure::Other(format!("`{}`: {e}", path.display()));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(broken)?.clone();
    let places = Places::of(&header, path)?;
    let (mut events, mut problems) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let event = row.map_err(|e| e.to_string()).and_then(|row| {
            let line = row.position().map_or(0, csv::Position::line);
            places.event(&row).map_err(|problem| format!("{}:{line}: {problem}", path.display()))
        });
        match event {
            Ok(event) => events.push(event),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((events, problems))
}

/// Where the columns stand.
struct Places {
    at: usize,
    system: usize,
    op: usize,
    id: usize,
    payload: usize,
}

impl Places {
    fn of(header: &StringRecord, path: &Path) -> Result<Self, Failure> {
        let place = |name: &str| column(header, name, path);
        Ok(Self {
            at: place("ts")?,
            system: place("system")?,
            op: place("op")?,
            id: place("native_id")?,
            payload: place("payload")?,
        })
    }

    fn event(&self, row: &StringRecord) -> Result<Event, String> {
        let texts = match &row[self.op] {
            "delete" => None,
            "upsert" => {
                let fields: Map<String, Value> = serde_json::from_str(&row[self.payload])
                    .map_err(|e| format!("`payload` is no JSON object: {e}"))?;
                Some(FIELD_NAMES.iter().map(|name| text(fields.get(*name))).collect())
            }
            other => return Err(format!("`op` is `{other}`; it should be `upsert` or `delete`")),
        };
        let (system, id) = (&row[self.system], &row[self.id]);
        if system.is_empty() || id.is_empty() {
            return Err("`system` or `native_id` is empty".to_owned());
        }
        Ok(Event {
            system: system.to_owned(),
            id: id.to_owned(),
            at: row[self.at].to_owned(),
            texts,
        })
    }
}

/// A field's text; numbers as they are written, anything else that is no text says nothing.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
