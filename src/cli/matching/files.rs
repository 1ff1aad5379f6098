//! `counterpart match files`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::assets;
use super::records::Records;
use super::report::{Watch, summary, waterfall};
use super::truth::Truth;
use crate::cli::output::{Failure, say, tell};
use crate::domain::reconcile::preset::Assets;
use crate::domain::reconcile::{
    Found, Plan, Registry, Settings, Table, Weights, deduplicate, explain, preset,
};

/// Problems that are printed one by one.
const PROBLEMS_SHOWN_MAX: usize = 20;

/// Match the records of a CSV file (`record_id`, `source`, then fields; .gz is seen by itself).
///
/// Without labels. The summary goes to standard output; exit code 1 when rows could not be used.
#[derive(Debug, Args)]
pub struct Files {
    /// The records
    #[arg(value_name = "RECORDS.csv")]
    records: PathBuf,
    /// `generic` (settings from what the columns hold), `asset` (equipment, devices), or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "generic")]
    settings: String,
    /// Print the settings as TOML and stop
    #[arg(long)]
    show_settings: bool,
    /// Write pairs and their match probability here: `id_a,id_b,score`
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// Write the cluster of each record here: `record_id,cluster_id`
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// Write what survives of what the records of each cluster say, with `--settings asset`:
    /// `cluster_id,manufacturer,model,serial,mac`
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,
    /// Explain the weight of a pair
    #[arg(long, num_args = 2, value_names = ["ID_A", "ID_B"])]
    explain: Option<Vec<String>>,
    /// True pairs (`id_a,id_b`), to say how right the answer is
    #[arg(long, value_name = "PAIRS.csv")]
    truth: Option<PathBuf>,
}

impl Files {
    /// Matches and reports.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the settings cannot be used.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let mut watch = Watch::begin("read");
        let records = Records::read(&self.records)?;
        for problem in records.problems.iter().take(PROBLEMS_SHOWN_MAX) {
            tell(problem);
        }
        if self.settings == "asset" {
            return self.run_assets(&records, watch);
        }
        if self.golden.is_some() {
            let what = "`--golden` needs `--settings asset`: which columns are a serial or a model is known only there";
            return Err(Failure::Other(what.to_owned()));
        }
        watch.enter("settings");
        let settings = self.settings(&records)?;
        if self.show_settings {
            watch.end();
            let text = toml::to_string(&settings).map_err(|e| Failure::Other(e.to_string()))?;
            say(text)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut plan = Plan::new(settings, &Registry::generic())
            .map_err(|e| Failure::Other(format!("the settings cannot be used: {e}")))?;
        watch.enter("normalise");
        let table = records.table(&plan);
        let found = deduplicate(&mut plan, &table, None, &mut watch);
        let phases = watch.end();
        let truth = self.truth.as_deref().map(|path| Truth::read(path, &table)).transpose()?;
        say(summary(&plan, &table, &found, &phases, truth.as_ref()))?;
        self.write(&table, &found)?;
        if let Some([a, b]) = self.explain.as_deref() {
            say(explained(&plan, &table, &found, a, b)?)?;
        }
        if records.problems.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        tell(format_args!("{} rows could not be used", records.problems.len()));
        Ok(ExitCode::FAILURE)
    }

    /// Matches with the asset preset, which learns what it needs and has no settings to show.
    fn run_assets(&self, records: &Records, mut watch: Watch) -> Result<ExitCode, Failure> {
        if self.show_settings {
            watch.end();
            say(assets::about())?;
            return Ok(ExitCode::SUCCESS);
        }
        watch.enter("normalise");
        let sheet = records.sheet();
        watch.enter("match");
        let found = Assets::match_records(&sheet);
        let phases = watch.end();
        say(assets::summary(&sheet, &found, &phases))?;
        if let Some(path) = &self.truth {
            say(assets::rates(&sheet, &found, path)?)?;
        }
        if let Some(path) = &self.scores {
            write_csv(path, &["id_a", "id_b", "score"], assets::scores(&sheet, &found))?;
        }
        if let Some(path) = &self.clusters {
            write_csv(path, &["record_id", "cluster_id"], assets::clusters(&sheet, &found))?;
        }
        if let Some(path) = &self.golden {
            write_csv(path, &assets::golden_header(), assets::golden(&sheet, &found).into_iter())?;
        }
        if let Some([a, b]) = self.explain.as_deref() {
            say(assets::explained(&sheet, &found, a, b)?)?;
        }
        Ok(if records.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn settings(&self, records: &Records) -> Result<Settings, Failure> {
        if self.settings == "generic" {
            let columns: Vec<&str> = records.columns.iter().map(String::as_str).collect();
            return Ok(preset::generic(&columns, &records.sample(), records.count));
        }
        let path = Path::new(&self.settings);
        let text = std::fs::read_to_string(path).map_err(|e| Failure::file(path, e))?;
        toml::from_str(&text)
            .map_err(|e| Failure::Other(format!("`{}` cannot be used: {e}", self.settings)))
    }

    fn write(&self, table: &Table, found: &Found) -> Result<(), Failure> {
        if let Some(path) = &self.scores {
            let pairs = found.pairs.iter().map(|pair| {
                let score = format!("{:.9}", pair.probability());
                vec![table.id(pair.a).to_owned(), table.id(pair.b).to_owned(), score]
            });
            write_csv(path, &["id_a", "id_b", "score"], pairs)?;
        }
        if let Some(path) = &self.clusters {
            let rows = (0..table.len() as u32)
                .map(|row| [table.id(row), table.id(found.clusters.of(row))]);
            write_csv(path, &["record_id", "cluster_id"], rows)?;
        }
        Ok(())
    }
}

/// Writes a CSV file.
pub fn write_csv<Row>(
    path: &Path,
    header: &[&str],
    rows: impl Iterator<Item = Row>,
) -> Result<(), Failure>
where
    Row: IntoIterator,
    Row::Item: AsRef<[u8]>,
{
    let failed =
        |e: csv::Error| Failure::Other(format!("`{}` cannot be written: {e}", path.display()));
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.flush().map_err(|e| failed(e.into()))
}

fn explained(
    plan: &Plan,
    table: &Table,
    found: &Found,
    a: &str,
    b: &str,
) -> Result<String, Failure> {
    let row = |id: &str| {
        let row = (0..table.len() as u32).find(|row| table.id(*row) == id);
        row.ok_or_else(|| Failure::Other(format!("there is no record `{id}` to explain")))
    };
    let (x, y) = (row(a)?, row(b)?);
    let rows = (x.min(y), x.max(y));
    let scored = found.pairs.iter().find(|pair| (pair.a, pair.b) == rows);
    let weights = Weights::new(plan, &found.model);
    let explanation = explain(plan, table, &weights, rows, scored);
    Ok(waterfall((table.id(rows.0), table.id(rows.1)), &explanation))
}
