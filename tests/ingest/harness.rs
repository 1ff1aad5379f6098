//! An engine on a gated store, and `POST /ingest` on a loopback port.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use counterpart::clock::{SystemClock, SystemIds};
use counterpart::domain::id::StreamKeyRef;
use counterpart::domain::reading::Reading;
use counterpart::domain::state::Rules;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::ingest::http::HttpOptions;
use counterpart::ingest::{Intake, IntakeOptions};
use counterpart::store::Store;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::Value;

use crate::gate::{Gate, GatedStore};

/// A running server.
pub struct Plant {
    pub engine: Engine,
    pub intake: Intake,
    pub gate: Gate,
    pub url: String,
    pub client: reqwest::Client,
}

/// A status and a JSON body.
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: Value,
}

impl Answer {
    /// The code of a problem, or of the first listed one.
    pub fn code(&self) -> &str {
        let listed = self.body["problems"][0]["code"].as_str();
        let code = self.body["code"].as_str();
        code.filter(|c| *c != "NOTHING_KEPT").or(listed).unwrap_or("-")
    }

    /// received, accepted, duplicate, quarantined, rejected; and they must add up.
    pub fn account(&self) -> [u64; 5] {
        let fields = ["received", "accepted", "duplicate", "quarantined", "rejected"];
        let account = fields.map(|field| self.body[field].as_u64().unwrap_or(u64::MAX));
        let [received, outcomes @ ..] = account;
        assert_eq!(received, outcomes.iter().sum::<u64>(), "{}", self.body);
        account
    }
}

impl Plant {
    pub async fn start() -> Self {
        Self::with(HttpOptions::default(), EngineOptions::default(), 100_000).await
    }

    pub async fn with(http: HttpOptions, options: EngineOptions, streams_max: usize) -> Self {
        let (store, gate) = GatedStore::new();
        Self::assemble(store, gate, http, options, streams_max).await
    }

    /// A server on another store.
    pub async fn on(store: Arc<dyn Store>) -> Self {
        let (_, gate) = GatedStore::new();
        let (http, options) = (HttpOptions::default(), EngineOptions::default());
        Self::assemble(store, gate, http, options, 100_000).await
    }

    async fn assemble(
        store: Arc<dyn Store>,
        gate: Gate,
        http: HttpOptions,
        options: EngineOptions,
        streams_max: usize,
    ) -> Self {
        metrics();
        let rules = Rules { streams_max, ..Rules::default() };
        let ids = Box::new(SystemIds);
        let engine = Engine::start(store, rules, Arc::new(SystemClock), ids, options)
            .await
            .expect("an empty store starts");
        let intake = Intake::new(engine.clone(), IntakeOptions::default());
        let router = counterpart::ingest::http::router(intake.clone(), http);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ingest", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = reqwest::Client::new();
        Self { engine, intake, gate, url, client }
    }

    /// Posts JSON with `?system=mqtt`.
    pub async fn post(&self, body: impl Into<reqwest::Body>) -> Answer {
        let headers = [("content-type", "application/json")];
        self.post_as("?system=mqtt", &headers, body).await
    }

    pub async fn post_as(
        &self,
        query: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.client.post(format!("{}{query}", self.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("the server answers");
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.map(|v| v.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap();
        Answer { status, retry_after, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    /// How many readings are held.
    pub fn held(&self) -> u64 {
        self.engine.read(|state| state.streams.iter().map(|s| s.register.count).sum())
    }

    /// The latest reading of a channel of an `mqtt` device.
    pub fn latest(&self, device: &str, channel: &str) -> Option<Reading> {
        self.engine.read(|state| {
            let key = StreamKeyRef { system: "mqtt", scope: "", device, channel };
            let stream = state.streams.get(state.streams.find(key)?)?;
            stream.register.latest().map(|r| r.reading.clone())
        })
    }

    /// Waits until so many readings are held; fails after some seconds.
    pub async fn until_held(&self, readings: u64) {
        until(&format!("{readings} readings are held"), || self.held() >= readings).await;
        assert_eq!(self.held(), readings);
    }
}

/// Waits until something is so; fails after some seconds.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited 30 s in vain until {what}");
}

/// The recorder of this process.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap())
}

/// The sum of a counter over the series that hold all of `labels`.
pub fn counted(name: &str, labels: &[&str]) -> u64 {
    let rendered = metrics().render();
    let series = rendered.lines().filter(|line| {
        line.starts_with(&format!("{name}{{")) && labels.iter().all(|label| line.contains(label))
    });
    series.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// Resident memory of this process, in bytes.
pub fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}
