//! How files would be read, without importing them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::Catalogue;
use crate::sources::declaration::Declaration;
use crate::sources::format::{Format, format_of};
use crate::sources::limits::PROBLEMS_LISTED_MAX;
use crate::sources::moment::Moments;
use crate::sources::problem::{Kind, Origin, Problem, Severity};
use crate::sources::reading::{Known, Source, Statement, statements};
use crate::sources::text::{Input, printable};

/// How files would be read.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// Each file.
    pub files: Vec<CheckedFile>,
    /// The first problems; `errors` and `notes` count all.
    pub problems: Vec<Problem>,
    /// What would not be imported.
    pub errors: u64,
    /// What would be imported in a way that should be known.
    pub notes: u64,
}

/// How a file would be read.
#[derive(Debug, Serialize)]
pub struct CheckedFile {
    /// Its name.
    pub file: Arc<str>,
    /// The name of its source.
    pub source: String,
    /// How many commands it is, by kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// What the first rows tell, as it would be.
    pub first: Vec<Sample>,
}

/// A record, as it would be.
#[derive(Debug, Serialize)]
pub struct Sample {
    /// Where it stands.
    pub origin: Origin,
    /// Whether it is a further thing that the row tells of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub also: bool,
    /// Its key.
    pub key: String,
    /// The kind of thing.
    pub kind: Arc<str>,
    /// The model of the twin.
    pub model: Option<String>,
    /// When it holds.
    pub holds: String,
    /// When the source last touched it.
    pub stated: Option<String>,
    /// Since when it is gone.
    pub gone: Option<String>,
    /// Properties of the twin.
    pub claims: BTreeMap<String, Value>,
    /// What it is matched by.
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
    /// Further ids.
    pub ids: Vec<String>,
    /// Other things that it refers to, by the name of the relationship.
    pub references: Vec<(Arc<str>, String)>,
}

/// Reads files as an import at `now` would; `first` records of each are shown.
pub fn check(
    inputs: &[Input],
    declarations: &[Arc<Declaration>],
    catalogue: &Catalogue,
    now: Timestamp,
    first: usize,
) -> Checked {
    let moments = Moments::new(now);
    let source = |declaration: &Arc<Declaration>| Source {
        declaration: declaration.clone(),
        known: Arc::new(Known::new()),
        catalogue,
        moments,
    };
    let sources: Vec<Source<'_>> = declarations.iter().map(source).collect();
    let mut checked = Checked::default();
    let mut files: Vec<(&Input, usize, u32)> = Vec::new();
    for input in inputs {
        match format_of(input, declarations, declarations.len()) {
            Ok(Format::Source(at)) => {
                let number = files.iter().filter(|(_, of, _)| *of == at).count();
                files.push((input, at, u32::try_from(number).unwrap_or(u32::MAX)));
            }
            Ok(_) => checked.problem(unlike(input)),
            Err(problem) => checked.problem(problem),
        }
    }
    for (input, at, number) in &files {
        match statements(&sources[*at], input, *number) {
            Ok(found) => found.filter_map(Result::err).for_each(|p| checked.problem(p)),
            Err(problem) => checked.problem(problem),
        }
    }
    for problem in sources.iter().flat_map(|source| source.known.settle()) {
        checked.problem(problem);
    }
    for (input, at, number) in files {
        checked.files.push(file(&sources[at], input, number, first));
    }
    checked
}

fn unlike(input: &Input) -> Problem {
    let message = "the file says by itself what it means; import it without a declaration";
    Problem::note(Origin::file(input.name()), "NOT_DECLARED", message)
}

fn file(source: &Source<'_>, input: &Input, number: u32, first: usize) -> CheckedFile {
    let mut checked = CheckedFile {
        file: input.name().clone(),
        source: source.declaration.name.clone(),
        kinds: BTreeMap::new(),
        first: Vec::new(),
    };
    let twins = source.declaration.twins();
    let (mut own, mut also) = (0, 0);
    for statement in statements(source, input, number).into_iter().flatten().flatten() {
        let shown = if statement.second.is_some() { &mut also } else { &mut own };
        *shown += 1;
        if *shown <= first {
            checked.first.push(Sample::of(&statement));
        }
        for command in statement.commands(twins) {
            *checked.kinds.entry(Kind::of(&command)).or_default() += 1;
        }
    }
    if also > 0 {
        // What a row tells of further things stands behind its own.
        let place =
            |sample: &Sample| (sample.origin.sheet.clone(), sample.origin.line, sample.also);
        checked.first.sort_by_key(place);
    }
    checked
}

impl Checked {
    /// Adds something that was found out otherwise.
    pub fn problem(&mut self, problem: Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Note => self.notes += 1,
        }
        if self.problems.len() < PROBLEMS_LISTED_MAX {
            self.problems.push(problem);
        }
    }
}

impl Sample {
    fn of(statement: &Statement) -> Self {
        let record = &statement.record;
        let claims = record.claims.iter();
        let references = statement.references.iter();
        Self {
            origin: statement.origin.clone(),
            also: statement.second.is_some(),
            key: record.key.to_string(),
            kind: record.kind.clone(),
            model: record.model.as_ref().map(ToString::to_string),
            holds: record.valid.to_string(),
            stated: record.stated.as_ref().map(ToString::to_string),
            gone: statement.gone.as_ref().map(Interval::to_string),
            claims: claims.map(|(path, value)| (path.to_string(), value.clone())).collect(),
            identity: record.identity.clone(),
            ids: statement.ids.iter().map(ToString::to_string).collect(),
            references: references.map(|r| (r.name.clone(), r.other.to_string())).collect(),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let also = if self.also { "also " } else { "" };
        let said = format!("{}: {also}{} ({}), {}", self.origin, self.key, self.kind, self.holds);
        write!(f, "  {}", printable(&said))?;
        let mut line =
            |name: &str, text: &str| write!(f, "\n    {} = {}", printable(name), printable(text));
        for (name, text) in [("model", &self.model), ("stated", &self.stated), ("gone", &self.gone)]
        {
            if let Some(text) = text {
                line(name, text)?;
            }
        }
        for (path, value) in &self.claims {
            line(path, &value.to_string())?;
        }
        for (field, text) in &self.identity {
            line(&format!("identity.{field}"), text)?;
        }
        for id in &self.ids {
            line("id", id)?;
        }
        for (name, other) in &self.references {
            line(&format!("{name} →"), other)?;
        }
        Ok(())
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            let kinds = file.kinds.iter().map(|(kind, n)| format!("{n} {}", kind.plural()));
            let kinds: Vec<String> = kinds.collect();
            let kinds = if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") };
            let (name, source) = (printable(&file.file), printable(&file.source));
            writeln!(f, "{name} (source {source}): {kinds}")?;
            for sample in &file.first {
                writeln!(f, "{sample}")?;
            }
        }
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        let hidden = (self.errors + self.notes).saturating_sub(self.problems.len() as u64);
        if hidden > 0 {
            writeln!(f, "… and {hidden} more")?;
        }
        match self.errors {
            0 => write!(f, "everything can be read"),
            1 => write!(f, "1 problem; all else can be read"),
            errors => write!(f, "{errors} problems; all else can be read"),
        }
    }
}
