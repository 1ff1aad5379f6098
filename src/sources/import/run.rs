//! Running an import.

use super::report::Report;
use super::target::ImportTarget;
use crate::domain::rejection::Rejection;
use crate::dtdl::Catalogue;
use crate::sources::format::{Format, Items, format_of, model_text, read};
use crate::sources::limits::CHUNK_COMMANDS_MAX;
use crate::sources::mapping::Mapping;
use crate::sources::moment::Moments;
use crate::sources::problem::{Item, Kind, Problem};
use crate::sources::text::Input;

/// Called after every chunk with what is done so far.
pub type Progress<'a> = &'a mut (dyn FnMut(&Report) + Send);

/// Imports files in any order.
///
/// Models go first. Then the files are read once to see what they hold and what is wrong with
/// them, and once more for each kind of thing that they hold: so a file may refer to what another
/// states, and memory does not grow with the files.
pub async fn import(
    target: &dyn ImportTarget,
    inputs: &[Input],
    mapping: &Mapping,
    progress: Progress<'_>,
) -> Report {
    let mut report = Report { files: inputs.len(), ..Report::default() };
    let (models, tables) = sorted(inputs, &mut report);
    if !upload(target, &models, &mut report).await {
        return report;
    }
    let catalogue = target.catalogue();
    let run = Run { target, mapping, catalogue: &catalogue, moments: Moments::new(target.now()) };
    let surveyed = run.survey(tables, &mut report);
    progress(&report);
    for kind in Kind::ALL {
        for file in surveyed.iter().filter(|file| file.kinds.contains(&kind)) {
            if let Err(reason) = run.file(file, kind, &mut report, progress).await {
                report.stopped = Some(reason);
                return report;
            }
        }
    }
    report
}

/// The files of models, and the others with their formats.
fn sorted<'a>(
    inputs: &'a [Input],
    report: &mut Report,
) -> (Vec<&'a Input>, Vec<(&'a Input, Format)>) {
    let (mut models, mut tables) = (Vec::new(), Vec::new());
    for input in inputs {
        match format_of(input) {
            Ok(Format::Models) => models.push(input),
            Ok(format) => tables.push((input, format)),
            Err(problem) => report.problem(problem),
        }
    }
    (models, tables)
}

/// Uploads the models; without them nothing else would be understood. Answers whether to go on.
async fn upload(target: &dyn ImportTarget, models: &[&Input], report: &mut Report) -> bool {
    if models.is_empty() {
        return true;
    }
    let texts = models.iter().map(|input| Ok((input.name().to_string(), model_text(input)?)));
    let uploaded = match texts.collect::<Result<Vec<_>, Problem>>() {
        Ok(texts) => target.upload_models(texts).await,
        Err(problem) => Err(vec![problem]),
    };
    match uploaded {
        Ok(models) => report.models = models,
        Err(problems) => {
            problems.into_iter().for_each(|problem| report.problem(problem));
            let reason =
                "the models are not valid, so nothing was imported; correct them and import again";
            report.stopped = Some(reason.to_owned());
        }
    }
    report.stopped.is_none()
}

struct Run<'a> {
    target: &'a dyn ImportTarget,
    mapping: &'a Mapping,
    catalogue: &'a Catalogue,
    moments: Moments,
}

struct Surveyed<'a> {
    input: &'a Input,
    format: Format,
    kinds: Vec<Kind>,
}

impl Run<'_> {
    fn items(&self, input: &Input, format: Format) -> Result<Items<'_>, Problem> {
        read(input, format, self.mapping, self.catalogue, self.moments)
    }

    /// Reads all files, and takes up what they hold and what is wrong with them.
    fn survey<'f>(
        &self,
        files: Vec<(&'f Input, Format)>,
        report: &mut Report,
    ) -> Vec<Surveyed<'f>> {
        let mut surveyed = Vec::new();
        for (input, format) in files {
            let mut kinds = Vec::new();
            match self.items(input, format) {
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
            surveyed.push(Surveyed { input, format, kinds });
        }
        surveyed
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
            .items(file.input, file.format)
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
            let counts = report.kinds.entry(kind).or_default();
            match outcome {
                Ok(outcome) if outcome.changes > 0 => counts.changed += 1,
                Ok(_) => counts.unchanged += 1,
                // Most likely it is done already: a swap leaves nothing at the old device.
                Err(rejection @ Rejection::NothingToSwap(_)) => {
                    counts.unchanged += 1;
                    report.problem(Problem::note(origin, rejection.code(), rejection.to_string()));
                }
                Err(rejection) => {
                    let problem = Problem::error(origin, rejection.code(), rejection.to_string());
                    report.rejected(kind, problem);
                }
            }
        }
        Ok(())
    }
}
