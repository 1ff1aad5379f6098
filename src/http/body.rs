//! A request's body, read whole inside limits of size and time.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use crate::problem::Problem;

/// How long a body may stand still.
const STALL: Duration = Duration::from_secs(15);
/// How long a body may take in all.
const DEADLINE: Duration = Duration::from_secs(120);
/// How long a body that is refused is still read, so that its sender hears why.
const DRAIN: Duration = Duration::from_secs(2);
/// How much of it is read: a sender who is hung up on before it has sent all may never look.
const DRAIN_BYTES_MAX: usize = 256 << 20;

/// How large a body may be, and what its sender can do about that.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// The most bytes.
    pub(super) bytes_max: usize,
    /// What to do with more.
    pub(super) advice: &'static str,
}

/// Reads a body of at most that size.
pub(super) async fn read(
    body: &mut Body,
    headers: &HeaderMap,
    size: Size,
) -> Result<Vec<u8>, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > size.bytes_max) {
        return Err(too_large(size));
    }
    let whole = collect(body, declared.unwrap_or_default(), size);
    match tokio::time::timeout(DEADLINE, whole).await {
        Ok(read) => read,
        Err(_) => Err(too_slow(&format!("was not here within {DEADLINE:?}"))),
    }
}

async fn collect(body: &mut Body, expected: usize, size: Size) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(expected);
    loop {
        let Ok(frame) = tokio::time::timeout(STALL, body.frame()).await else {
            return Err(too_slow(&format!("stood still for {STALL:?}")));
        };
        let Some(frame) = frame else { return Ok(bytes) };
        let frame = frame.map_err(|error| {
            let detail = format!("the body did not arrive whole: {error}");
            Problem::new(StatusCode::BAD_REQUEST, "BODY_BROKEN", detail)
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > size.bytes_max {
            return Err(too_large(size));
        }
        bytes.extend_from_slice(&data);
    }
}

/// Reads on without keeping.
pub(super) async fn drain(body: &mut Body) {
    let reading_on = async {
        let mut left = DRAIN_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(1, |data| data.len().max(1));
            left = left.saturating_sub(bytes);
            if left == 0 {
                return;
            }
        }
    };
    // When the time is over, it is over.
    drop(tokio::time::timeout(DRAIN, reading_on).await);
}

pub(super) fn too_large(size: Size) -> Problem {
    let Size { bytes_max, advice } = size;
    let detail = format!("a body may have {bytes_max} bytes, packed and unpacked; {advice}");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
        .with("bytesMax", bytes_max)
}

fn too_slow(how: &str) -> Problem {
    let detail = format!("the body {how}; send it again, in parts if it is large");
    Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", detail)
}
