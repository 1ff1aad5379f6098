//! The rounds: load, kill, start again, compare.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use counterpart::domain::id::{Position, StreamKeyRef};
use counterpart::domain::state::{Rules, State};
use counterpart::domain::time::Interval;
use counterpart::engine::{Recovered, recover, verify};
use counterpart::store::{Location, Store, Window};
use serde_json::Value;

use crate::databases::{Directory, postgres};
use crate::ledger::{Ledger, Sent};
use crate::support::server::Server;

/// Rounds of kill -9 for each store.
const ROUNDS: u64 = 20;
/// Writers at once.
const WRITERS: u64 = 4;
/// Channels of the device.
const CHANNELS: u8 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_what_it_acknowledged_through_20_kills() {
    let directory = Directory::new();
    survive(&directory.arguments()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_what_it_acknowledged_through_20_kills() {
    if let Some(arguments) = postgres("kills").await {
        survive(&arguments).await;
    }
}

async fn survive(arguments: &[String]) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let clock = Arc::new(AtomicI64::new(1_750_000_000_000));
    for round in 0..ROUNDS {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let server = Arc::new(Server::start(&arguments).await);
        let writers: Vec<_> = (0..WRITERS)
            .map(|n| {
                tokio::spawn(write(
                    server.clone(),
                    ledger.clone(),
                    clock.clone(),
                    round * WRITERS + n,
                ))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(100 + (round * 137) % 700)).await;
        kill(&server);
        for writer in writers {
            writer.await.expect("a writer ends when the server is gone");
        }
    }
    let ledger = Arc::try_unwrap(ledger).expect("all writers ended").into_inner().unwrap();
    assert!(ledger.acknowledged.len() > 1_000, "too little was acknowledged to prove anything");
    compare(arguments, &ledger).await;
}

/// kill -9.
pub fn kill(server: &Server) {
    let pid = server.pid().to_string();
    let killed = std::process::Command::new("kill").args(["-9", &pid]).status();
    assert!(killed.expect("kill runs").success());
}

/// Sends batches of different sizes, in and out of order, until the server is gone.
async fn write(server: Arc<Server>, ledger: Arc<Mutex<Ledger>>, clock: Arc<AtomicI64>, seed: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    loop {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let size = 1 + random % 100;
        let mut batch: Vec<Sent> = (0..size)
            .map(|n| {
                let time_ms = clock.fetch_add(1, Ordering::Relaxed);
                let channel = u8::try_from((random + n) % u64::from(CHANNELS)).unwrap();
                Sent { channel, time_ms, value: time_ms % 1_000_003 }
            })
            .collect();
        if random.is_multiple_of(3) {
            batch.reverse();
        }
        let body = Value::Array(batch.iter().map(|sent| sent.to_json()).collect());
        let answer = server.ingest(&body).await;
        let acknowledged = matches!(&answer, Ok((200, _)));
        ledger.lock().unwrap().note(&batch, acknowledged);
        if answer.is_err() {
            return;
        }
    }
}

/// Reads the store as it was left and compares it with the ledger.
async fn compare(arguments: &[String], ledger: &Ledger) {
    let store = open(arguments).await;
    let rules = Rules { streams_max: 1_000, ..Rules::default() };
    let proof = verify(store.as_ref(), &rules).await.expect("the store can be read");
    assert_eq!(proof.difference_count, 0, "{:#?}", proof.differences);
    let Recovered { state, .. } =
        recover(store.as_ref(), &rules).await.expect("the state can be read");

    let kept = kept(store.as_ref(), &state).await;
    let distinct: BTreeSet<Sent> = kept.iter().copied().collect();
    assert_eq!(distinct.len(), kept.len(), "a reading was counted twice");
    let lost: Vec<&Sent> = ledger.acknowledged.difference(&distinct).collect();
    assert!(lost.is_empty(), "{} acknowledged readings were lost, first {:?}", lost.len(), lost[0]);
    let known = |s: &&Sent| ledger.acknowledged.contains(s) || ledger.uncertain.contains(s);
    assert_eq!(distinct.iter().find(|s| !known(s)), None, "a reading was never sent");
    let (acknowledged, uncertain) = (ledger.acknowledged.len(), ledger.uncertain.len());
    eprintln!("{acknowledged} acknowledged, {uncertain} uncertain, {} kept", kept.len());
}

/// Opens the store that these arguments name.
pub async fn open(arguments: &[String]) -> Arc<dyn Store> {
    let location = match arguments {
        [flag, value] if flag == "--data" => Location::Directory(value.into()),
        [_, value] => Location::Url(value.clone()),
        _ => unreachable!("two arguments name the database"),
    };
    counterpart::store::open(&location).await.expect("the store opens without help")
}

/// All readings in the store, channel by channel; each register must hold the latest of its channel.
async fn kept(store: &dyn Store, state: &State) -> Vec<Sent> {
    let mut kept = Vec::new();
    for channel in 0..CHANNELS {
        let name = format!("ch{channel}");
        let key = StreamKeyRef { system: "http", scope: "", device: "GW-1", channel: &name };
        let Some(stream) = state.streams.find(key) else {
            continue;
        };
        let window = Window { stream, times: Interval::ALWAYS, known: Position::LATEST_KNOWN };
        let readings = store.readings(window, None, 10_000_000).await.unwrap();
        kept.extend(readings.iter().map(|r| Sent {
            channel,
            time_ms: r.reading.time.0 / 1_000_000,
            value: r.reading.value.as_f64().unwrap() as i64,
        }));
        let latest = state.streams.get(stream).unwrap().register.latest().unwrap();
        let newest = readings.iter().map(|r| r.reading.time).max();
        assert_eq!(Some(latest.reading.time), newest, "the register is the latest reading");
    }
    kept
}
