//! The two loops of one broker: one talks to it, one keeps what it says.

use std::sync::Arc;

use rumqttc::v5::AsyncClient;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::commit::Committer;
use super::link::{Acks, Link};
use super::options::{InvalidMqtt, MqttOptions};
use super::status::{ConnectionState, MqttStatus};
use crate::ingest::Intake;

/// Room for subscriptions and pings beside the acknowledgements.
const SPARE_REQUESTS: usize = 64;

/// Readings from one broker.
pub struct MqttService {
    link: Link,
    committer: Committer,
    status: MqttStatus,
}

impl MqttService {
    /// A service; it connects when it runs.
    ///
    /// # Errors
    /// When the options cannot work.
    pub fn new(options: MqttOptions, intake: Intake) -> Result<Self, InvalidMqtt> {
        let client_options = options.to_client()?;
        let source = intake.source(&options.source)?;
        let status = MqttStatus::new(&options.source);
        let options = Arc::new(options);
        // Every unacknowledged message has room for its acknowledgement, so none is ever in the way.
        let requests_max = usize::from(options.receive_max) + SPARE_REQUESTS;
        let (client, eventloop) = AsyncClient::new(client_options, requests_max);
        let acks = Arc::new(Acks::new(client));
        let (messages, waiting) = mpsc::channel(options.batch_messages_max);
        Ok(Self {
            link: Link {
                eventloop,
                acks: acks.clone(),
                messages,
                room: Arc::new(Semaphore::new(options.waiting_bytes_max)),
                status: status.clone(),
                options: options.clone(),
                intake: intake.clone(),
            },
            committer: Committer::new(options, intake, source, acks, waiting, status.clone()),
            status,
        })
    }

    /// What the service tells about itself.
    pub fn status(&self) -> MqttStatus {
        self.status.clone()
    }

    /// Reads and keeps until told to stop. What is not kept by then stays with the broker.
    pub async fn run(self, stop: CancellationToken) {
        let Self { link, committer, status } = self;
        tokio::join!(link.run(stop.clone()), committer.run(stop));
        status.set(ConnectionState::Stopped);
    }
}
