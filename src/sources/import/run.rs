//! Running an import.

use std::collections::HashSet;
use std::sync::Arc;

use super::report::Report;
use super::target::ImportTarget;
use crate::dtdl::Catalogue;
use crate::sources::adt;
use crate::sources::declaration::Declaration;
use crate::sources::format::{Format, Items, format_of, model_text, read, rows};
use crate::sources::limits::CHUNK_COMMANDS_MAX;
use crate::sources::moment::Moments;
use crate::sources::problem::{Item, Kind, Origin, Problem, Severity};
use crate::sources::reading::{Known, Source};
use crate::sources::text::Input;

/// Called after every chunk with what is done so far.
pub type Progress<'a> = &'a mut (dyn FnMut(&Report) + Send);

/// Imports files in any order.
///
/// Models go first. Then the files are read once to see what they hold and what is wrong with
/// them, and once more for each kind of thing that they hold: so a file may refer to what another
/// states. Of the rows only keys and parents are remembered, up to a limit.
pub async fn import(
    target: &dyn ImportTarget,
    inputs: &[Input],
    sources: &[Arc<Declaration>],
    progress: Progress<'_>,
) -> Report {
    let mut report = Report { files: inputs.len(), ..Report::default() };
    if let Some(reason) = same_name(sources) {
        return Report { stopped: Some(reason), ..report };
    }
    let kept = target.kept().into_iter().filter(|k| sources.iter().all(|s| s.name != k.name));
    let given = sources.len();
    let sources: Vec<Arc<Declaration>> = sources.iter().cloned().chain(kept).collect();
    let files = sorted(inputs, &sources, given, &mut report);
    if !upload(target, &files, &mut report).await {
        return report;
    }
    let catalogue = target.catalogue();
    let moments = Moments::new(target.now());
    let source = |declaration: &Arc<Declaration>| Source {
        declaration: declaration.clone(),
        known: Arc::new(Known::new()),
        catalogue: &catalogue,
        moments,
    };
    let sources: Vec<Source<'_>> = sources.iter().map(source).collect();
    let declared = if target.declares_kept() { sources.len() } else { given };
    let (declared, sources) = (&sources[..declared], &sources[..]);
    let run = Run { target, sources, declared, catalogue: &catalogue, moments };
    let surveyed = run.survey(files, &mut report);
    progress(&report);
    if let Err(reason) = run.declare(&surveyed, &mut report).await {
        report.stopped = Some(reason);
        return report;
    }
    for kind in Kind::ALL {
        for file in surveyed.iter().filter(|file| file.kinds.contains(&kind)) {
            if let Err(reason) = run.file(file, kind, &mut report, progress).await {
                report.stopped = Some(reason);
                return report;
            }
        }
        if kind == Kind::Record && surveyed.iter().any(|file| file.kinds.contains(&kind)) {
            match target.settle().await {
                Ok(settled) => report.matching = settled,
                Err(reason) => {
                    report.stopped = Some(reason);
                    return report;
                }
            }
        }
    }
    report.all_reached();
    report
}

/// That two declarations are of one name: the second would take the first one's place.
fn same_name(sources: &[Arc<Declaration>]) -> Option<String> {
    let mut names = HashSet::new();
    let twice = sources.iter().find(|source| !names.insert(&source.name))?;
    Some(format!(
        "two declarations are of the source `{}`; give each a `name` of its own, or leave one out",
        twice.name
    ))
}

/// The files with their formats.
fn sorted<'a>(
    inputs: &'a [Input],
    sources: &[Arc<Declaration>],
    given: usize,
    report: &mut Report,
) -> Vec<(&'a Input, Format)> {
    let mut files = Vec::new();
    for input in inputs {
        match format_of(input, sources, given) {
            Ok(format) => files.push((input, format)),
            Err(problem) => report.problem(problem),
        }
    }
    files
}

/// The name and the text of the models in a file.
fn models_of((input, format): &(&Input, Format)) -> Option<Result<(String, String), Problem>> {
    let text = match format {
        Format::Models => model_text(input).map(Some),
        Format::Adt(_) => adt::models(input),
        Format::Lines | Format::Elements | Format::Brick(_) | Format::Source(_) => Ok(None),
    };
    text.map(|text| Some((input.name().to_string(), text?))).transpose()
}

/// Uploads the models; without them nothing else would be understood. Answers whether to go on.
async fn upload(
    target: &dyn ImportTarget,
    files: &[(&Input, Format)],
    report: &mut Report,
) -> bool {
    let uploaded = match files.iter().filter_map(models_of).collect::<Result<Vec<_>, Problem>>() {
        Ok(texts) if texts.is_empty() => return true,
        Ok(texts) => target.upload_models(texts).await,
        Err(problem) => Err(vec![problem]),
    };
    match uploaded {
        Ok(models) => report.models = models,
        Err(problems) => {
            problems.into_iter().for_each(|problem| report.problem(problem));
            let reason = "the models were not taken, so nothing was imported; the problems say why";
            report.stopped = Some(reason.to_owned());
        }
    }
    report.stopped.is_none()
}

struct Run<'a> {
    target: &'a dyn ImportTarget,
    sources: &'a [Source<'a>],
    /// Those of them that are declared.
    declared: &'a [Source<'a>],
    catalogue: &'a Catalogue,
    moments: Moments,
}

struct Surveyed<'a> {
    input: &'a Input,
    format: Format,
    /// Its number among the files of its source.
    number: u32,
    kinds: Vec<Kind>,
}

impl Run<'_> {
    fn items(&self, input: &Input, format: Format, number: u32) -> Result<Items<'_>, Problem> {
        match format {
            Format::Source(at) => rows(input, &self.sources[at], number),
            _ => read(input, format, self.sources, self.catalogue, self.moments),
        }
    }

    /// Reads all files, and takes up what they hold and what is wrong with them.
    fn survey<'f>(
        &self,
        files: Vec<(&'f Input, Format)>,
        report: &mut Report,
    ) -> Vec<Surveyed<'f>> {
        let mut surveyed: Vec<Surveyed<'_>> = Vec::new();
        for (input, format) in files.into_iter().filter(|(_, f)| *f != Format::Models) {
            let mut kinds = Vec::new();
            let number = surveyed.iter().filter(|file| file.format == format).count();
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            match self.items(input, format, number) {
                Ok(items) => items.for_each(|item| match item {
                    Ok(item) => {
                        let kind = Kind::of(&item.command);
                        report.kinds.entry(kind).or_default().read += 1;
                        if !kinds.contains(&kind) {
                            kinds.push(kind);
                        }
                    }
                    Err(problem) => report.problem(problem),
                }),
                Err(problem) => report.problem(problem),
            }
            if let Format::Source(at) = format
                && kinds.contains(&Kind::Twin)
                && self.sources[at].declaration.has_ids()
            {
                // Where rows speak of several times, each has its ids for its own.
                kinds.push(Kind::Link);
            }
            surveyed.push(Surveyed { input, format, number, kinds });
        }
        for problem in self.sources.iter().flat_map(|source| source.known.settle()) {
            match problem.severity {
                Severity::Error => report.lost(Kind::Relationship, problem),
                Severity::Note => report.problem(problem),
            }
        }
        surveyed
    }

    /// Keeps the declarations by which files are read, and names their systems.
    async fn declare(&self, surveyed: &[Surveyed<'_>], report: &mut Report) -> Result<(), String> {
        for (at, source) in self.declared.iter().enumerate() {
            let is_its = |file: &&Surveyed<'_>| match file.format {
                Format::Source(of) | Format::Adt(Some(of)) | Format::Brick(Some(of)) => of == at,
                _ => false,
            };
            let Some(file) = surveyed.iter().find(is_its) else {
                continue;
            };
            let origin = Origin::file(file.input.name());
            for command in source.declaration.commands() {
                let kind = Kind::of(&command);
                report.kinds.entry(kind).or_default().read += 1;
                self.chunk(vec![Item { origin: origin.clone(), command }], kind, report).await?;
            }
        }
        Ok(())
    }

    /// Submits what a file holds of one kind.
    async fn file(
        &self,
        file: &Surveyed<'_>,
        kind: Kind,
        report: &mut Report,
        progress: Progress<'_>,
    ) -> Result<(), String> {
        let mut items = self
            .items(file.input, file.format, file.number)
            .map_err(|problem| problem.to_string())?
            .filter_map(Result::ok)
            .filter(|item| Kind::of(&item.command) == kind);
        loop {
            let chunk: Vec<Item> = items.by_ref().take(CHUNK_COMMANDS_MAX).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            self.chunk(chunk, kind, report).await?;
            progress(report);
        }
    }

    async fn chunk(&self, chunk: Vec<Item>, kind: Kind, report: &mut Report) -> Result<(), String> {
        let (origins, commands): (Vec<_>, Vec<_>) =
            chunk.into_iter().map(|item| (item.origin, item.command)).unzip();
        let outcomes = self.target.submit_all(commands).await?;
        if outcomes.len() != origins.len() {
            return Err("the engine did not answer every command".to_owned());
        }
        for (origin, outcome) in origins.into_iter().zip(outcomes) {
            report.outcome(kind, origin, outcome.map(|outcome| outcome.changes));
        }
        Ok(())
    }
}
