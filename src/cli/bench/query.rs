//! `counterpart bench query`.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use super::server::{Launch, Server};
use super::stats::{cpu_seconds, grouped, rate};
use super::{BenchError, Latencies};
use crate::cli::client::{Client, JSON};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct QueryArgs {
    /// The GraphQL document, or `@FILE` that holds it.
    #[arg(long, default_value = "{ __typename }")]
    pub query: String,
    /// Its variables, as a JSON object.
    #[arg(long)]
    pub variables: Option<String>,
    /// Connections at the same time.
    #[arg(long, default_value_t = 16)]
    pub connections: usize,
    /// How long to measure, in seconds.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// The folder of the data to query.
    #[arg(long, required_unless_present_any = ["database", "url"])]
    pub data: Option<PathBuf>,
    /// The database to query instead.
    #[arg(long)]
    pub database: Option<String>,
    /// Measure a server that runs already, for example http://127.0.0.1:8080.
    #[arg(long, conflicts_with = "database")]
    pub url: Option<String>,
}

/// The figures.
#[derive(Debug, Clone)]
pub struct QueryFigures {
    connections: usize,
    elapsed: Duration,
    latencies: Latencies,
    server_cpu: Option<Duration>,
}

/// Measures requests to `/graphql`.
///
/// # Errors
/// Why it could not be measured, for example because the answer holds errors.
pub async fn bench_query(args: &QueryArgs, launch: Launch) -> Result<QueryFigures, BenchError> {
    let body = body(args)?;
    let server = match &args.url {
        Some(url) => Server::at(url),
        None => {
            let data = args.data.clone().unwrap_or_default();
            Server::start(launch, data, args.database.clone()).await?
        }
    };
    let duration = Duration::from_secs(args.seconds);
    // The first requests warm the server up, and show whether the query works at all.
    ask(server.base(), &body, args.connections, duration / 10).await?;
    let cpu_before = server.cpu().unwrap_or_default();
    let started = Instant::now();
    let latencies = ask(server.base(), &body, args.connections, duration).await?;
    Ok(QueryFigures {
        connections: args.connections,
        elapsed: started.elapsed(),
        latencies: Latencies::new(latencies),
        server_cpu: server.cpu().map(|cpu| cpu.saturating_sub(cpu_before)),
    })
}

fn body(args: &QueryArgs) -> Result<Bytes, BenchError> {
    let query = match args.query.strip_prefix('@') {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|e| BenchError::Io("the query's file", e))?
        }
        None => args.query.clone(),
    };
    let variables = args.variables.as_deref().unwrap_or("{}");
    let variables: serde_json::Value = serde_json::from_str(variables)
        .map_err(|e| BenchError::Io("the variables are not JSON", e.into()))?;
    let body = serde_json::json!({ "query": query, "variables": variables });
    Ok(Bytes::from(body.to_string()))
}

async fn ask(
    base: &str,
    body: &Bytes,
    connections: usize,
    duration: Duration,
) -> Result<Vec<Duration>, BenchError> {
    let until = Instant::now() + duration;
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..connections.max(1) {
        let mut client = Client::connect(base).await?;
        let body = body.clone();
        askers.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let started = Instant::now();
                let answer = client.post("/graphql", JSON, JSON, body.clone()).await?;
                latencies.push(started.elapsed());
                let has_errors = answer.body.windows(8).any(|w| w == b"\"errors\"");
                if answer.status != StatusCode::OK || has_errors {
                    return Err(BenchError::refused(&answer));
                }
            }
            Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(asked) = askers.join_next().await {
        let asked = asked.map_err(|e| BenchError::Account(format!("a connection failed: {e}")))?;
        latencies.extend(asked?);
    }
    Ok(latencies)
}

impl fmt::Display for QueryFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = self.latencies.count();
        let per_second = grouped(rate(requests, self.elapsed));
        writeln!(f, "{} requests, {} connections", grouped(requests as f64), self.connections)?;
        writeln!(f, "requests/s              {per_second:>10}")?;
        writeln!(f, "latency                 {}", self.latencies)?;
        writeln!(f, "CPU time of the server  {}", cpu_seconds(self.server_cpu))?;
        if let Some(cpu) = self.server_cpu.filter(|cpu| !cpu.is_zero()) {
            let per_core = grouped(rate(requests, cpu));
            writeln!(f, "requests per CPU-second {per_core:>10}")?;
        }
        Ok(())
    }
}
