//! Readings from a real broker.

use std::time::Duration;

use counterpart::domain::value::Value;
use counterpart::engine::EngineOptions;
use counterpart::ingest::http::HttpOptions;
use counterpart::ingest::mapping::TopicMapping;
use counterpart::ingest::mqtt::{ConnectionState, MqttOptions, MqttService, MqttStatus};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::{AsyncClient, Event, Incoming, MqttOptions as ClientOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::broker::Broker;
use crate::harness::{Plant, counted, until};

/// A running service, and how to kill it.
struct Running {
    task: JoinHandle<()>,
    status: MqttStatus,
}

impl Running {
    /// Starts a session of the name; topics begin with the name too, so that tests do not meet.
    async fn start(plant: &Plant, broker: &Broker, name: &str) -> Self {
        let mapping = |rest: &str| TopicMapping::new(&format!("{name}/{rest}"), "mqtt").unwrap();
        let options = MqttOptions {
            url: broker.url.clone(),
            client_id: name.to_owned(),
            source: name.to_owned(),
            subscriptions: vec![
                mapping("readings"),
                mapping("{device}/{channel}"),
                mapping("{device}"),
            ],
            retry_wait_min: Duration::from_millis(50),
            retry_wait_max: Duration::from_millis(400),
            ..MqttOptions::default()
        };
        let service = MqttService::new(options, plant.intake.clone()).unwrap();
        let status = service.status();
        let task = tokio::spawn(service.run(CancellationToken::new()));
        until("the service is subscribed", || status.is_connected()).await;
        Self { task, status }
    }

    /// Ends it as kill -9 would: the connection breaks with no word to the broker.
    async fn kill(self) {
        self.task.abort();
        drop(self.task.await);
    }
}

/// Publishes messages with QoS 1, and waits until the broker has them all.
async fn publish(broker: &Broker, name: &str, messages: Vec<(String, String)>) {
    let id = format!("{name}-publisher-{:?}", std::time::Instant::now());
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut options = ClientOptions::new(id, "127.0.0.1", broker.port());
    options.set_outgoing_inflight_upper_limit(100);
    let (client, mut eventloop) = AsyncClient::new(options, 100);
    let count = messages.len();
    let name = name.to_owned();
    let publishing = async move {
        for (topic, payload) in messages {
            let topic = format!("{name}/{topic}");
            client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
        }
        client
    };
    let acknowledged = async move {
        let mut acknowledged = 0;
        while acknowledged < count {
            match eventloop.poll().await {
                Ok(Event::Incoming(Incoming::PubAck(_))) => acknowledged += 1,
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    };
    let (_client, ()) = tokio::join!(publishing, acknowledged);
}

fn reading(n: usize) -> (String, String) {
    let time = format!("2026-03-01T08:{:02}:{:02}Z", n / 60 % 60, n % 60);
    let payload = format!(r#"{{"value":{n}.5,"time":"{time}","seq":{n}}}"#);
    (format!("D{}/ch{}", n % 7, n % 3), payload)
}

#[tokio::test]
async fn topics_and_payloads_become_readings() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let plant = Plant::start().await;
    let running = Running::start(&plant, &broker, "shapes").await;
    let time = r#""time":"2026-03-01T08:00:00Z""#;
    let message = |topic: &str, payload: String| (topic.to_owned(), payload);
    publish(
        &broker,
        "shapes",
        vec![
            message("D1/ch1", "81.4".into()),
            message("D1/ch2", format!(r#"{{"value":true,{time}}}"#)),
            message("D2", format!(r#"{{{time},"values":{{"a":1,"b":"ON"}}}}"#)),
            message("readings", format!(r#"[{{"device":"D3","channel":"c",{time},"value":7}}]"#)),
        ],
    )
    .await;
    plant.until_held(5).await;
    let value = |device, channel| plant.latest(device, channel).unwrap().value;
    assert_eq!(value("D1", "ch1"), Value::Double(81.4));
    assert_eq!(value("D1", "ch2"), Value::Boolean(true));
    assert_eq!(value("D2", "b"), Value::Text("ON".into()));
    assert_eq!(value("D3", "c"), Value::Integer(7));
    running.kill().await;
}

#[tokio::test]
async fn a_message_is_acknowledged_only_after_its_commit() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let plant = Plant::start().await;
    let running = Running::start(&plant, &broker, "commit").await;
    plant.gate.close();
    publish(&broker, "commit", vec![reading(1)]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(plant.held(), 0);
    running.kill().await;

    // Had it been acknowledged, the broker would not send it again to another engine.
    let other = Plant::start().await;
    let running = Running::start(&other, &broker, "commit").await;
    other.until_held(1).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.kill().await;

    // Now it is acknowledged: a third engine sees nothing of it.
    let third = Plant::start().await;
    let running = Running::start(&third, &broker, "commit").await;
    publish(&broker, "commit", vec![reading(2)]).await;
    third.until_held(1).await;
    running.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_killed_again_and_again_loses_and_doubles_nothing() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let plant = Plant::start().await;
    let messages: Vec<_> = (0..5_000).map(reading).collect();
    let mut running = Running::start(&plant, &broker, "kill").await;
    let publishing = publish(&broker, "kill", messages);
    let killing = async {
        for round in 1..=5 {
            until("some more readings are held", || plant.held() >= round * 600).await;
            running.kill().await;
            running = Running::start(&plant, &broker, "kill").await;
        }
        running
    };
    let ((), running) = tokio::join!(publishing, killing);
    plant.until_held(5_000).await;
    running.kill().await;
    let source = r#"source="kill""#;
    let received = counted("counterpart_readings_received_total", &[source]);
    assert_eq!(counted("counterpart_readings_total", &[source]), received);
    assert!(received >= 5_000);
}

#[tokio::test]
async fn a_broker_that_restarts_is_found_again() {
    let Some(mut broker) = Broker::start().await else {
        return;
    };
    if !broker.is_own() {
        eprintln!("SKIPPED: the broker is not ours to restart");
        return;
    }
    let plant = Plant::start().await;
    let running = Running::start(&plant, &broker, "restart").await;
    publish(&broker, "restart", (0..10).map(reading).collect()).await;
    plant.until_held(10).await;
    broker.stop();
    until("the loss is noticed", || {
        matches!(running.status.connection(), ConnectionState::Lost(_))
    })
    .await;
    broker.run().await;
    until("the service is back", || running.status.is_connected()).await;
    publish(&broker, "restart", (10..20).map(reading).collect()).await;
    plant.until_held(20).await;
    running.kill().await;
}

#[tokio::test]
async fn poison_is_counted_and_passed_by_once() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let plant = Plant::start().await;
    let running = Running::start(&plant, &broker, "poison").await;
    let poison = |topic: &str, payload: &str| (topic.to_owned(), payload.to_owned());
    let mut messages = vec![
        poison("D1/ch1", "{\"value\":"),
        poison("D1/ch1", "NaN"),
        poison("D1/ch1", "1e999"),
        poison("readings", "[1]"),
    ];
    messages.extend((0..100).map(reading));
    publish(&broker, "poison", messages).await;
    plant.until_held(100).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.kill().await;

    let running = Running::start(&plant, &broker, "poison").await;
    publish(&broker, "poison", vec![reading(100)]).await;
    plant.until_held(101).await;
    running.kill().await;
    let source = r#"source="poison""#;
    let rejected = |code: &str| {
        let code = format!("code=\"{code}\"");
        counted("counterpart_readings_rejected_total", &[source, &code])
    };
    assert_eq!(rejected("INVALID_JSON"), 2);
    assert_eq!(rejected("NUMBER_OUT_OF_RANGE"), 1);
    assert_eq!(rejected("NOT_AN_OBJECT"), 1);
    assert_eq!(counted("counterpart_readings_received_total", &[source]), 105);
}

#[tokio::test]
async fn a_store_that_is_slow_holds_messages_back_and_loses_none() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let options =
        EngineOptions { queue_wait: Duration::from_millis(50), ..EngineOptions::default() };
    let plant = Plant::with(HttpOptions::default(), options, 1000).await;
    let running = Running::start(&plant, &broker, "slow").await;
    plant.gate.close();
    publish(&broker, "slow", (0..500).map(reading).collect()).await;
    assert_eq!(plant.held(), 0);
    plant.gate.open();
    plant.until_held(500).await;
    running.kill().await;
}

/// Run with `cargo test --release --test ingest -- --ignored --nocapture mqtt_rate`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn mqtt_rate() {
    let Some(broker) = Broker::start().await else {
        return;
    };
    let plant = Plant::start().await;
    let running = Running::start(&plant, &broker, "rate").await;
    let started = std::time::Instant::now();
    publish(&broker, "rate", (0..50_000).map(reading).collect()).await;
    let published = started.elapsed();
    plant.until_held(50_000).await;
    println!("50,000 messages published in {published:?}, kept in {:?}", started.elapsed());
    running.kill().await;
}
