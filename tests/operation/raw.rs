//! A bare connection, for what no HTTP client would send.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::server::Server;

/// How long a test waits for the other side.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Raw(TcpStream);

impl Raw {
    /// Connects, and says this much.
    pub async fn open(server: &Server, text: &str) -> Self {
        let address = server.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(text.as_bytes()).await.expect("it can be sent");
        Self(stream)
    }

    /// The beginning of a POST whose body is still to come, `missing` bytes of it.
    pub async fn half_a_post(server: &Server, path: &str, begun: &str, missing: usize) -> Self {
        let length = begun.len() + missing;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{begun}"
        );
        Self::open(server, &head).await
    }

    /// Says more.
    pub async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("it can be sent");
    }

    /// What the other side says until it hangs up, and how long that took.
    pub async fn heard_to_the_end(mut self) -> (String, Duration) {
        let (begun, mut heard) = (Instant::now(), Vec::new());
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut heard)).await;
        // A reset is an end, too.
        drop(read.expect("the other side hangs up"));
        (String::from_utf8_lossy(&heard).into_owned(), begun.elapsed())
    }
}
