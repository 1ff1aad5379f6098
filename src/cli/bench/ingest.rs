//! `counterpart bench ingest`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::server::{Launch, Server};
use super::stats::{cpu_seconds, grouped, rate};
use super::{BenchError, LoadFigures, LoadOptions, RawFigures, load, raw_insert};

/// Rows a commit of the two comparisons.
const RAW_COMMITS: [usize; 2] = [1_000, 10_000];

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct IngestArgs {
    /// Readings to send.
    #[arg(long, default_value_t = 1_000_000)]
    pub readings: usize,
    /// Readings in one request.
    #[arg(long, default_value_t = 1_000)]
    pub batch: usize,
    /// Connections at the same time.
    #[arg(long, default_value_t = 16)]
    pub connections: usize,
    /// Streams that the readings are spread over.
    #[arg(long, default_value_t = 1_000)]
    pub streams: usize,
    /// Folder for the data; a temporary one by default.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Measure a store in this database instead of the embedded one.
    #[arg(long)]
    pub database: Option<String>,
    /// Measure a server that runs already, for example http://127.0.0.1:8080.
    #[arg(long, conflicts_with = "database")]
    pub url: Option<String>,
}

/// The figures.
#[derive(Debug, Clone)]
pub struct IngestFigures {
    args: IngestArgs,
    load: LoadFigures,
    server_cpu: Option<Duration>,
    raw: Vec<RawFigures>,
}

/// Measures: the server first, then the same rows into SQLite alone.
///
/// # Errors
/// Why it could not be measured.
pub async fn bench_ingest(args: &IngestArgs, launch: Launch) -> Result<IngestFigures, BenchError> {
    let io = |e| BenchError::Io("the temporary folder", e);
    let temporary = match &args.data {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(io)?;
            tempfile::tempdir_in(folder)
        }
        None => tempfile::tempdir(),
    }
    .map_err(io)?;
    let server = match &args.url {
        Some(url) => Server::at(url),
        None => {
            let data = temporary.path().join("server");
            Server::start(launch, data, args.database.clone()).await?
        }
    };
    let options = LoadOptions {
        readings: args.readings,
        batch: args.batch,
        connections: args.connections,
        streams: args.streams,
        run: format!("bench{}", std::process::id()),
    };
    let progress = progress(args.readings);
    let cpu_before = server.cpu().unwrap_or_default();
    let url = server.base();
    let loaded = load(url, &options, &progress).await?;
    let server_cpu = server.cpu().map(|cpu| cpu.saturating_sub(cpu_before));
    progress.finish_and_clear();
    drop(server);
    let mut raw = Vec::new();
    for commit_rows in RAW_COMMITS {
        raw.push(raw_insert(temporary.path(), &options, commit_rows).await?);
    }
    Ok(IngestFigures { args: args.clone(), load: loaded, server_cpu, raw })
}

fn progress(readings: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} readings, {per_sec}");
    ProgressBar::new(readings as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl fmt::Display for IngestFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (args, load) = (&self.args, &self.load);
        let acknowledged = rate(load.readings, load.elapsed);
        writeln!(
            f,
            "{} readings of {} streams, {} a request, {} connections",
            grouped(args.readings as f64),
            grouped(args.streams as f64),
            grouped(args.batch as f64),
            args.connections,
        )?;
        writeln!(f, "acknowledged, on disk   {:>10} readings/s", grouped(acknowledged))?;
        writeln!(f, "latency of a request    {}", load.latencies)?;
        writeln!(f, "told to come back       {}", load.turned_away)?;
        writeln!(f, "CPU time of the server  {}", cpu_seconds(self.server_cpu))?;
        if let Some(cpu) = self.server_cpu.filter(|cpu| !cpu.is_zero()) {
            let per_core = grouped(rate(load.readings, cpu));
            writeln!(f, "per CPU-second          {per_core:>10} readings")?;
        }
        for raw in &self.raw {
            let alone = rate(raw.rows, raw.elapsed);
            writeln!(
                f,
                "SQLite alone, FULL      {:>10} rows/s at {} a commit; acknowledged is {:.2} of it",
                grouped(alone),
                grouped(raw.commit_rows as f64),
                acknowledged / alone,
            )?;
        }
        Ok(())
    }
}
