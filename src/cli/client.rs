//! A small HTTP client on hyper, for commands that talk to a server: plain HTTP/1.1, one connection.

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::graphql::transport::actor::of_cli;

/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The content type of most requests.
pub const JSON: &str = "application/json";

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The URL is of another kind.
    #[error("`{0}` is not of the form http://host:port")]
    Url(String),
    /// Nobody listens there, or the connection broke.
    #[error("no answer from {base}: {reason}")]
    Connection {
        /// The server.
        base: String,
        /// Why.
        reason: String,
    },
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// When to try again, in seconds, if the server says so.
    pub retry_after_s: Option<u64>,
    /// Its body.
    pub body: Bytes,
}

/// One connection to a server, kept alive between requests.
pub struct Client {
    base: String,
    host: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    /// Connects to `http://host:port`; a path after that is not looked at.
    ///
    /// # Errors
    /// When the URL is of another kind, or nobody listens there.
    pub async fn connect(base: &str) -> Result<Self, ClientError> {
        let invalid = || ClientError::Url(base.to_owned());
        let uri: Uri = base.parse().map_err(|_| invalid())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
        let authority = authority.ok_or_else(invalid)?;
        let address = (authority.host(), authority.port_u16().unwrap_or(80));
        let failed = |e: &dyn std::fmt::Display| broken(base, e);
        let stream = TcpStream::connect(address).await.map_err(|e| failed(&e))?;
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        let io = TokioIo::new(stream);
        let (sender, connection) = http1::handshake(io).await.map_err(|e| failed(&e))?;
        tokio::spawn(connection);
        Ok(Self { base: base.to_owned(), host: authority.to_string(), sender })
    }

    /// `http://host:port`, as it was given.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn get(&mut self, path: &str) -> Result<Answer, ClientError> {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// Posts a body.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post(
        &mut self,
        path: &str,
        content_type: &str,
        accept: &str,
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT, accept);
        self.send(request, body).await
    }

    async fn send(
        &mut self,
        request: http::request::Builder,
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let failed = |e: &dyn std::fmt::Display| broken(&self.base, e);
        let request = request.header(header::HOST, &self.host).body(Full::new(body));
        let mut request = request.map_err(|e| failed(&e))?;
        request.headers_mut().extend(of_cli());
        self.sender.ready().await.map_err(|e| failed(&e))?;
        let response = self.sender.send_request(request).await.map_err(|e| failed(&e))?;
        let status = response.status();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after_s = retry_after.and_then(|v| v.to_str().ok()?.parse().ok());
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|e| failed(&e))?.to_bytes();
        Ok(Answer { status, retry_after_s, body })
    }
}

fn broken(base: &str, reason: &dyn std::fmt::Display) -> ClientError {
    ClientError::Connection { base: base.to_owned(), reason: reason.to_string() }
}
