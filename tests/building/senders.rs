//! Two senders at once, each with its share: one posts batches, one publishes single messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::{AsyncClient, Event, EventLoop, Incoming, MqttOptions};
use serde_json::Value;
use tokio::sync::watch;

use crate::telemetry::Reading;

/// Readings in one request.
const BATCH: usize = 250;
/// Between two attempts.
const RETRY: Duration = Duration::from_millis(50);

/// How far the publishing is: the broker acknowledged so many of all messages.
pub struct Progress {
    done: AtomicUsize,
    all: usize,
}

impl Progress {
    /// Nothing of `all` messages is done.
    pub fn of(all: usize) -> Arc<Self> {
        let done = AtomicUsize::new(0);
        Arc::new(Self { done, all })
    }

    /// Waits until this part of the messages is done.
    pub async fn reaches(&self, part: f64) {
        while self.part() < part {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The part that is done.
    pub fn part(&self) -> f64 {
        self.done.load(Ordering::Relaxed) as f64 / self.all as f64
    }
}

/// What the server answered to all requests together.
#[derive(Debug, Default)]
pub struct Answered {
    pub accepted: u64,
    pub duplicate: u64,
}

/// Posts readings in step with the publishing, and each batch until it is acknowledged. The server's
/// URL changes when it is started again.
pub async fn post(
    url: watch::Receiver<String>,
    readings: Vec<Reading>,
    progress: Arc<Progress>,
) -> Answered {
    let http = reqwest::Client::new();
    let mut answered = Answered::default();
    let batches = readings.len().div_ceil(BATCH);
    for (n, batch) in readings.chunks(BATCH).enumerate() {
        progress.reaches(n as f64 / batches as f64).await;
        let body = Value::Array(batch.iter().map(Reading::to_json).collect());
        let answer = loop {
            let to = format!("{}/ingest", *url.borrow());
            let sent = http.post(to).json(&body).send().await;
            match sent {
                Ok(answer) if answer.status() == 200 => match answer.json::<Value>().await {
                    Ok(answer) => break answer,
                    Err(_) => tokio::time::sleep(RETRY).await,
                },
                Ok(answer) => panic!("{}: {:?}", answer.status(), answer.text().await),
                Err(_) => tokio::time::sleep(RETRY).await,
            }
        };
        let count = |name: &str| answer[name].as_u64().expect("a count");
        let (accepted, duplicate) = (count("accepted"), count("duplicate"));
        // Every point is bound and every reading good, so no other outcome is right.
        assert_eq!(accepted + duplicate, batch.len() as u64, "{answer}");
        answered.accepted += accepted;
        answered.duplicate += duplicate;
    }
    answered
}

/// Publishes readings one by one, and waits until the broker has them all.
pub async fn publish(broker: &str, topics: &str, readings: Vec<Reading>, progress: Arc<Progress>) {
    let (host, port) = broker.rsplit_once(':').expect("host:port");
    let id = format!("{topics}-sensors");
    let mut options = MqttOptions::new(id, host, port.parse().expect("a port"));
    options.set_outgoing_inflight_upper_limit(100);
    let (client, eventloop) = AsyncClient::new(options, 100);
    let sending = send(client, topics, readings);
    let (_client, ()) = tokio::join!(sending, acknowledged(eventloop, &progress));
}

async fn send(client: AsyncClient, topics: &str, readings: Vec<Reading>) -> AsyncClient {
    for reading in readings {
        let topic = format!("{topics}/{}/value", reading.point);
        let payload = reading.to_message().to_string();
        let sent = client.publish(topic, QoS::AtLeastOnce, false, payload).await;
        sent.expect("the client runs");
    }
    client
}

async fn acknowledged(mut eventloop: EventLoop, progress: &Progress) {
    while progress.part() < 1.0 {
        match eventloop.poll().await {
            Ok(Event::Incoming(Incoming::PubAck(_))) => {
                progress.done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(RETRY).await,
        }
    }
}
