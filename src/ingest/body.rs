//! A request's body: unpacked as it arrives, inside limits of size, time and shared memory.

use std::io::{self, Write};

use axum::body::Body;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::StatusCode;
use http_body_util::BodyExt;

use super::budget::{Full, Lease};
use crate::problem::Problem;

/// First size of a body whose length is not known, in bytes.
const FIRST_BYTES: usize = 16 * 1024;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

/// Why a body could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Longer than this many bytes, unpacked.
    TooLarge(usize),
    /// Not whole gzip.
    NotGzip(String),
    /// The connection broke.
    Broken(String),
    /// The memory for bodies is taken.
    Busy,
}

impl From<Full> for BodyError {
    fn from(_: Full) -> Self {
        Self::Busy
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(max) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "BODY_TOO_LARGE",
                format!("the body is longer than {max} bytes when unpacked; send it in parts"),
            )
            .with("bytesMax", max),
            BodyError::NotGzip(problem) => Self::new(
                StatusCode::BAD_REQUEST,
                "INVALID_GZIP",
                format!("the body is not whole gzip: {problem}; check Content-Encoding"),
            ),
            BodyError::Broken(problem) => Self::new(
                StatusCode::BAD_REQUEST,
                "BODY_BROKEN",
                format!("the body did not arrive whole: {problem}"),
            ),
            BodyError::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "BUSY",
                "the memory for request bodies is taken; send the request again later",
            )
            .retry_after(1),
        }
    }
}

/// Reads a body whole; `expected` is its Content-Length.
///
/// What was read stays on the lease, so that memory is paid for until the answer is given.
pub(super) async fn read(
    body: &mut Body,
    encoding: Encoding,
    expected: Option<usize>,
    bytes_max: usize,
    lease: &mut Lease,
) -> Result<Vec<u8>, BodyError> {
    if expected.is_some_and(|bytes| bytes > bytes_max) {
        return Err(BodyError::TooLarge(bytes_max));
    }
    let mut buffer = Buffer { bytes: Vec::new(), bytes_max, lease };
    match encoding {
        Encoding::Identity => {
            buffer.reserve(expected.unwrap_or(0)).await?;
            while let Some(data) = next_data(body).await? {
                buffer.push(&data).await?;
            }
        }
        Encoding::Gzip => unpack(body, &mut buffer).await?,
    }
    Ok(buffer.bytes)
}

/// Reads on without keeping, so that a sender that only listens when it has sent all sees the answer.
pub(super) async fn drain(body: &mut Body, bytes_max: usize) {
    let mut left = bytes_max;
    while let Ok(Some(data)) = next_data(body).await {
        left = left.saturating_sub(data.len().max(1));
        if left == 0 {
            return;
        }
    }
}

async fn next_data(body: &mut Body) -> Result<Option<Bytes>, BodyError> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| BodyError::Broken(e.to_string()))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

async fn unpack(body: &mut Body, buffer: &mut Buffer<'_>) -> Result<(), BodyError> {
    let not_gzip = |error: io::Error| BodyError::NotGzip(error.to_string());
    let mut decoder = MultiGzDecoder::new(Vec::new());
    let mut is_empty = true;
    while let Some(data) = next_data(body).await? {
        let mut packed = data.as_ref();
        while !packed.is_empty() {
            is_empty = false;
            // One write unpacks at most a few tens of KiB, however small the packed bytes are.
            let taken = decoder.write(packed).map_err(not_gzip)?;
            packed = &packed[taken..];
            buffer.push(decoder.get_ref()).await?;
            decoder.get_mut().clear();
        }
    }
    if is_empty {
        return Ok(());
    }
    decoder.try_finish().map_err(not_gzip)?;
    buffer.push(decoder.get_ref()).await
}

/// The unpacked body so far, on a lease.
struct Buffer<'a> {
    bytes: Vec<u8>,
    bytes_max: usize,
    lease: &'a mut Lease,
}

impl Buffer<'_> {
    async fn push(&mut self, data: &[u8]) -> Result<(), BodyError> {
        let needed = self.bytes.len() + data.len();
        if needed > self.bytes_max {
            return Err(BodyError::TooLarge(self.bytes_max));
        }
        if needed > self.bytes.capacity() {
            let doubled = self.bytes.capacity().saturating_mul(2).max(FIRST_BYTES);
            self.reserve(doubled.min(self.bytes_max).max(needed)).await?;
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    async fn reserve(&mut self, capacity: usize) -> Result<(), BodyError> {
        self.lease.grow_to(capacity).await?;
        self.bytes.reserve_exact(capacity - self.bytes.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::super::budget::Budget;
    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn unpacked(body: Vec<u8>) -> Result<Vec<u8>, BodyError> {
        let budget = Budget::new(1 << 20, Duration::from_millis(10));
        let mut body = Body::from(body);
        read(&mut body, Encoding::Gzip, None, 1 << 20, &mut budget.lease()).await
    }

    #[tokio::test]
    async fn gzip_is_unpacked_one_member_or_several() {
        let mut twice = packed(b"[1,");
        twice.extend(packed(b"2]"));
        assert_eq!(unpacked(twice).await.unwrap(), b"[1,2]");
        let long = vec![b'a'; 300_000];
        assert_eq!(unpacked(packed(&long)).await.unwrap(), long);
    }

    #[tokio::test]
    async fn gzip_that_is_cut_or_followed_by_junk_is_refused() {
        let whole = packed(&b"{\"a\":1}".repeat(1000));
        let mut junk = whole.clone();
        junk.extend(b"junk");
        for bad in [whole[..whole.len() - 9].to_vec(), junk, b"{}".to_vec()] {
            let error = unpacked(bad).await.unwrap_err();
            assert!(matches!(error, BodyError::NotGzip(_)), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_bomb_stops_at_the_limit() {
        let bomb = packed(&vec![0; 20 << 20]);
        assert_eq!(unpacked(bomb).await, Err(BodyError::TooLarge(1 << 20)));
    }

    #[tokio::test]
    async fn a_body_beyond_the_shared_memory_is_sent_away() {
        let budget = Budget::new(1024, Duration::from_millis(10));
        let mut body = Body::from(vec![b' '; 4096]);
        let mut lease = budget.lease();
        let length = Some(4096);
        let read = read(&mut body, Encoding::Identity, length, 1 << 20, &mut lease);
        assert_eq!(read.await, Err(BodyError::Busy));
    }
}
