//! The loop that talks to the broker, and acknowledgements that never outlive their connection.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    Filter, Packet, Publish, RetainForwardRule, SubAck, SubscribeReasonCode,
};
use rumqttc::v5::{AsyncClient, Event, EventLoop};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::options::MqttOptions;
use super::status::{ConnectionState, MqttStatus};
use crate::domain::time::Timestamp;
use crate::ingest::Intake;
use crate::ingest::mapping::filters;

/// A connection that held this long was a good one: the next attempt may come soon.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);

/// A message on its way to the disk.
pub(super) struct Message {
    pub(super) publish: Publish,
    pub(super) received_at: Timestamp,
    /// The connection that it came by.
    pub(super) connection: u64,
    /// Its share of the memory for messages.
    pub(super) _room: OwnedSemaphorePermit,
}

/// The way back to the broker.
///
/// A packet id means something only on the connection that it came by: acknowledging an old one on a new
/// connection could acknowledge another message that is not kept yet.
pub(super) struct Acks {
    client: AsyncClient,
    connection: Mutex<u64>,
}

/// What became of an acknowledgement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Acked {
    /// Sent, or not needed.
    Done,
    /// There is no room for it now.
    Later,
}

impl Acks {
    pub(super) fn new(client: AsyncClient) -> Self {
        Self { client, connection: Mutex::new(0) }
    }

    /// Acknowledges a message, unless its connection is gone: then the broker sends it again.
    pub(super) fn send(&self, message: &Message) -> Acked {
        let connection = self.connection.lock();
        if message.publish.qos == QoS::AtMostOnce || *connection != message.connection {
            return Acked::Done;
        }
        match self.client.try_ack(&message.publish) {
            Ok(()) => Acked::Done,
            Err(_) => Acked::Later,
        }
    }

    fn connection(&self) -> u64 {
        *self.connection.lock()
    }

    /// From here on, acknowledgements of earlier messages are dropped.
    fn next_connection(&self) {
        *self.connection.lock() += 1;
    }
}

/// The loop that talks to the broker.
pub(super) struct Link {
    pub(super) eventloop: EventLoop,
    pub(super) acks: Arc<Acks>,
    pub(super) messages: mpsc::Sender<Message>,
    pub(super) room: Arc<Semaphore>,
    pub(super) status: MqttStatus,
    pub(super) options: Arc<MqttOptions>,
    pub(super) intake: Intake,
}

impl Link {
    pub(super) async fn run(mut self, stop: CancellationToken) {
        // Polls are never dropped half way but at the end: a dropped poll can lose an acknowledgement.
        stop.run_until_cancelled(self.talk()).await;
    }

    async fn talk(&mut self) {
        let (min, max) = (self.options.retry_wait_min, self.options.retry_wait_max);
        let mut backoff = Backoff::new(min, max);
        let mut connected_at = None;
        loop {
            match self.eventloop.poll().await {
                Ok(Event::Incoming(packet)) => {
                    if matches!(packet, Packet::ConnAck(_)) {
                        connected_at = Some(Instant::now());
                    }
                    if self.take(packet).await.is_break() {
                        return;
                    }
                }
                Ok(Event::Outgoing(_)) => {}
                Err(error) => {
                    self.forget_connection();
                    if connected_at.take().is_some_and(|at| at.elapsed() > GOOD_CONNECTION) {
                        backoff.reset();
                    }
                    let wait = backoff.next();
                    tracing::warn!(%error, url = %self.options.url, ?wait, "no connection to the MQTT broker; trying again");
                    self.status.set(ConnectionState::Lost(error.to_string()));
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Drops all that belongs to a broken connection: the broker sends it again.
    fn forget_connection(&mut self) {
        self.acks.next_connection();
        // Acknowledgements that came in since the connection broke are dropped here too.
        self.eventloop.clean();
        self.eventloop.state.events.clear();
    }

    async fn take(&mut self, packet: Packet) -> std::ops::ControlFlow<()> {
        match packet {
            Packet::ConnAck(ack) => {
                tracing::info!(url = %self.options.url, session_present = ack.session_present, "connected to the MQTT broker");
                self.subscribe();
            }
            Packet::SubAck(ack) => self.subscribed(&ack),
            Packet::Publish(publish) => return self.pass_on(publish).await,
            _ => {}
        }
        std::ops::ControlFlow::Continue(())
    }

    /// Subscribes, also when the broker kept the session: the mappings may have changed.
    fn subscribe(&self) {
        let filters = filters(&self.options.subscriptions).into_iter();
        let filters = filters.map(|path| Filter {
            path,
            qos: QoS::AtLeastOnce,
            preserve_retain: true,
            retain_forward_rule: RetainForwardRule::OnNewSubscribe,
            ..Filter::default()
        });
        if let Err(error) = self.acks.client.try_subscribe_many(filters) {
            tracing::error!(%error, "the MQTT subscription could not be asked for");
            self.status.set(ConnectionState::Lost(error.to_string()));
        }
    }

    fn subscribed(&self, ack: &SubAck) {
        let filters = filters(&self.options.subscriptions);
        let refused = ack
            .return_codes
            .iter()
            .zip(&filters)
            .find(|(code, _)| !matches!(code, SubscribeReasonCode::Success(_)));
        match refused {
            None => self.status.set(ConnectionState::Connected),
            Some((code, filter)) => {
                let reason = format!("the broker refused the subscription to `{filter}`: {code:?}");
                tracing::error!(reason, "check the rights of the MQTT user");
                self.status.set(ConnectionState::Lost(reason));
            }
        }
    }

    /// Hands a message to the committer. While there is no room, the connection is not read.
    async fn pass_on(&mut self, publish: Publish) -> std::ops::ControlFlow<()> {
        let bytes = publish.payload.len() + publish.topic.len();
        let bytes = bytes.clamp(1, self.options.waiting_bytes_max);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(room) = self.room.clone().acquire_many_owned(bytes).await else {
            return std::ops::ControlFlow::Break(());
        };
        let message = Message {
            publish,
            received_at: self.intake.now(),
            connection: self.acks.connection(),
            _room: room,
        };
        match self.messages.send(message).await {
            Ok(()) => std::ops::ControlFlow::Continue(()),
            Err(_) => std::ops::ControlFlow::Break(()),
        }
    }
}
