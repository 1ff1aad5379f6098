//! The body of a POST, read inside limits of size and time.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, header};
use http_body_util::BodyExt;

use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::GraphqlLimits;

/// How long a body that is refused is still read, so that its sender hears why.
const DRAIN: Duration = Duration::from_secs(2);
/// How much of it is read: a sender who is hung up on before it has sent all may never look.
const DRAIN_BYTES_MAX: usize = 64 << 20;

/// Reads a body, if its headers say that it is JSON as it is taken here.
pub(super) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limits: &GraphqlLimits,
) -> Result<Vec<u8>, GraphqlError> {
    let read = match check(headers, limits) {
        Ok(()) => collect(&mut body, limits).await,
        Err(error) => Err(error),
    };
    if read.is_err() {
        drain(&mut body).await;
    }
    read
}

fn check(headers: &HeaderMap, limits: &GraphqlLimits) -> Result<(), GraphqlError> {
    check_content_type(headers)?;
    check_content_encoding(headers)?;
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limits.body_bytes_max) {
        return Err(too_large(limits));
    }
    Ok(())
}

/// Only `application/json`: a browser sends the other types across origins without asking first.
fn check_content_type(headers: &HeaderMap) -> Result<(), GraphqlError> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let is_json =
        parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| {
            let charset = charset.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        });
    if is_json && is_utf8 {
        return Ok(());
    }
    Err(GraphqlError::new(
        ErrorCode::UnsupportedMediaType,
        "send the operation as JSON in UTF-8, with Content-Type: application/json",
    ))
}

/// Only what is not packed: an operation is small.
fn check_content_encoding(headers: &HeaderMap) -> Result<(), GraphqlError> {
    match headers.get(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(encoding) if encoding.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(_) => Err(GraphqlError::new(
            ErrorCode::UnsupportedMediaType,
            "operations are not unpacked here; send the body without Content-Encoding",
        )),
    }
}

async fn collect(body: &mut Body, limits: &GraphqlLimits) -> Result<Vec<u8>, GraphqlError> {
    let whole = async {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                let message = format!("the body could not be read: {error}");
                GraphqlError::new(ErrorCode::BadRequest, message)
            })?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if bytes.len() + data.len() > limits.body_bytes_max {
                return Err(too_large(limits));
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes)
    };
    match tokio::time::timeout(limits.body_timeout(), whole).await {
        Ok(read) => read,
        Err(_) => Err(GraphqlError::new(
            ErrorCode::RequestTimeout,
            format!("the body took more than {} ms", limits.body_timeout_ms),
        )),
    }
}

/// Reads on without keeping.
async fn drain(body: &mut Body) {
    let reading_on = async {
        let mut left = DRAIN_BYTES_MAX;
        while left > 0
            && let Some(Ok(frame)) = body.frame().await
        {
            let bytes = frame.data_ref().map_or(1, |data| data.len().max(1));
            left = left.saturating_sub(bytes);
        }
    };
    // When the time is over, it is over.
    drop(tokio::time::timeout(DRAIN, reading_on).await);
}

fn too_large(limits: &GraphqlLimits) -> GraphqlError {
    GraphqlError::new(
        ErrorCode::PayloadTooLarge,
        format!(
            "the body is larger than {} bytes; send the data in several requests",
            limits.body_bytes_max
        ),
    )
}
