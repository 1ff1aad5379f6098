//! `POST /import`: master-data and model files over HTTP.

use std::io::Read;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::body;
use super::methods::only_post;
use super::progress::{self, Running};
use crate::curation::{Curated, Curator, StagedImport};
use crate::engine::Engine;
use crate::graphql::transport::actor::actor;
use crate::problem::Problem;
use crate::sources::declaration::Declaration;
use crate::sources::import::{Report, import};
use crate::sources::text::Input;

/// Imports at a time; each holds its files in memory.
const IMPORTS_MAX: usize = 2;
/// Who the log names for imports from no program that is known.
pub(super) const ACTOR: &str = "import";
/// When to try again while others are running, in seconds.
const RETRY_AFTER_S: u32 = 10;
/// What to do with files that are too large to be sent.
const TOO_LARGE_ADVICE: &str = "send it in parts, stop the server and import from the command \
    line, or raise `limits.import_bytes`";
/// The content type of [`Bundle`].
pub const BUNDLE_TYPE: &str = "application/vnd.counterpart.import+json";

/// Several files, and how to read them: the body of a request of type [`BUNDLE_TYPE`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The files.
    pub files: Vec<BundledFile>,
    /// Declarations of sources.
    #[serde(default)]
    pub sources: Vec<BundledSource>,
}

/// The declaration of a source in a [`Bundle`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledSource {
    /// Its name, for errors.
    pub name: String,
    /// Its TOML.
    pub content: String,
}

/// A file of a [`Bundle`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledFile {
    /// Its name; the extension tells the format.
    pub name: String,
    /// Its bytes in base64.
    pub content: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    name: Option<String>,
    stage: Option<bool>,
}

enum Imported {
    Done(Box<Report>),
    Staged(Box<StagedImport>),
}

#[derive(Clone)]
struct Importer {
    engine: Engine,
    curator: Curator,
    room: Arc<Semaphore>,
    bytes_max: usize,
    running: Running,
}

/// `POST /import?name=plant.ndjson` with one file as the body, or a [`Bundle`] of several.
///
/// Answers the report as JSON, or as text when that is accepted: 200 when everything was imported,
/// 207 when some of it was rejected, 422 when nothing was imported. With `stage=true` nothing is imported yet: the
/// answer tells what would be, and under which name it waits in `/imports`; who hangs up before leaves nothing there. `GET /progress` tells how far an import is, and the matching of a
/// staged one.
pub fn router(curator: Curator, bytes_max: usize) -> Router {
    let engine = curator.engine().clone();
    let room = Arc::new(Semaphore::new(IMPORTS_MAX));
    let running = Running::default();
    let progress = progress::router(curator.clone(), running.clone());
    let importer = Importer { engine, curator, room, bytes_max, running };
    let imports = Router::new().route("/import", post(post_import).fallback(only_post));
    imports.with_state(importer).merge(progress)
}

async fn post_import(
    State(importer): State<Importer>,
    params: Result<Query<Params>, QueryRejection>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Problem> {
    let answer = importer.answer(params, &headers, &mut body).await;
    if answer.is_err() {
        body::drain(&mut body).await;
    }
    answer
}

impl Importer {
    async fn answer(
        &self,
        params: Result<Query<Params>, QueryRejection>,
        headers: &HeaderMap,
        body: &mut Body,
    ) -> Result<Response, Problem> {
        let Query(params) = params.map_err(|e| bad_request("INVALID_QUERY", e.body_text()))?;
        let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
        if content_type.starts_with("multipart/") {
            let detail = "a form cannot be imported; send one file as the body, with ?name=";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "UNSUPPORTED_CONTENT_TYPE", detail));
        }
        let is_bundle = content_type == BUNDLE_TYPE;
        // Cancelled when this is dropped, as it is when the client hangs up.
        let abandoned = CancellationToken::new();
        let _awaited = abandoned.clone().drop_guard();
        let stages = params.stage.unwrap_or_default().then_some(abandoned);
        let name = match params.name {
            None if !is_bundle => {
                let detail = "add ?name= with the file's name; its extension tells the format";
                return Err(bad_request("NAME_MISSING", detail));
            }
            name => name.unwrap_or_default(),
        };
        // Only who has a permit may fill memory.
        let permit = self.room.clone().try_acquire_owned().map_err(|_| busy())?;
        let bytes = body::read(body, headers, size(self.bytes_max)).await?;
        let importer = self.clone();
        // Reading the files is work without end to other requests, so it has a thread of its own.
        let actor = actor(headers).unwrap_or(ACTOR);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            importer.import(is_bundle, stages, &name, bytes, actor)
        });
        let imported = work.await.map_err(|error| {
            tracing::error!(%error, "an import panicked");
            let detail = "the import failed; the server's log says why";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", detail)
        })??;
        let as_text = super::staged::wants_text(headers);
        let report = match imported {
            Imported::Done(report) => report,
            Imported::Staged(import) => return super::staged::answer(&import, as_text),
        };
        let status = self.status(&report)?;
        if as_text {
            return Ok((status, format!("{report}\n")).into_response());
        }
        Ok((status, Json(report)).into_response())
    }

    fn import(
        &self,
        is_bundle: bool,
        stages: Option<CancellationToken>,
        name: &str,
        bytes: Vec<u8>,
        actor: &str,
    ) -> Result<Imported, Problem> {
        let (inputs, sources) = if is_bundle {
            unpack(&bytes, self.bytes_max)?
        } else {
            check_size(&bytes, &mut self.bytes_max.clone(), self.bytes_max)?;
            (vec![Input::bytes(name, bytes)], Vec::new())
        };
        let runtime = tokio::runtime::Handle::current();
        if let Some(abandoned) = stages {
            let staged = runtime.block_on(self.curator.stage(&inputs, &sources, &abandoned));
            let staged = staged.map_err(super::staged::problem)?;
            return Ok(Imported::Staged(Box::new(staged)));
        }
        let target = Curated::new(&self.curator, actor);
        let running = self.running.begin();
        let report =
            runtime.block_on(import(&target, &inputs, &sources, &mut |so_far| running.at(so_far)));
        report.count();
        let (total, errors) = (report.total(), report.errors);
        tracing::info!(files = report.files, changed = total.changed, errors, "imported");
        Ok(Imported::Done(Box::new(report)))
    }

    fn status(&self, report: &Report) -> Result<StatusCode, Problem> {
        if let Some(reason) = &report.stopped
            && !self.engine.is_ready()
        {
            let detail = format!("{reason}; what is imported already will be found unchanged");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let problem = Problem::new(status, "UNAVAILABLE", detail);
            return Err(problem.retry_after(RETRY_AFTER_S));
        }
        let (models, total) = (&report.models, report.total());
        let done = models.added + models.unchanged > 0 || total.changed + total.unchanged > 0;
        Ok(if report.is_complete() {
            StatusCode::OK
        } else if report.stopped.is_some() || !done {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::MULTI_STATUS
        })
    }
}

fn size(bytes_max: usize) -> body::Size {
    body::Size { bytes_max, advice: TOO_LARGE_ADVICE }
}

fn busy() -> Problem {
    let detail = format!("{IMPORTS_MAX} imports are running; try again when one is done");
    let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "IMPORT_BUSY", detail);
    busy.retry_after(RETRY_AFTER_S)
}

/// Takes what a file unpacks to from what may still come, without keeping it.
fn check_size(bytes: &[u8], left: &mut usize, bytes_max: usize) -> Result<(), Problem> {
    let mut unpacked = bytes.len();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        let mut reader = MultiGzDecoder::new(bytes).take(*left as u64 + 1);
        // Whether it is whole gzip is for the import to say.
        drop(std::io::copy(&mut reader, &mut std::io::sink()));
        unpacked = *left + 1 - usize::try_from(reader.limit()).unwrap_or(0);
    }
    *left = left.checked_sub(unpacked).ok_or_else(|| body::too_large(size(bytes_max)))?;
    Ok(())
}

type Unpacked = (Vec<Input>, Vec<Arc<Declaration>>);

fn unpack(body: &[u8], bytes_max: usize) -> Result<Unpacked, Problem> {
    let bundle: Bundle = serde_json::from_slice(body)
        .map_err(|e| bad_request("INVALID_JSON", format!("the bundle cannot be read: {e}")))?;
    let parsed = bundle.sources.iter().map(|source| {
        let declaration = Declaration::parse(&source.content).map_err(|e| {
            let detail = format!("the declaration `{}` cannot be used: {e}", source.name);
            bad_request("INVALID_DECLARATION", detail)
        });
        declaration.map(Arc::new)
    });
    let sources = parsed.collect::<Result<Vec<_>, Problem>>()?;
    let mut inputs = Vec::with_capacity(bundle.files.len());
    let mut left = bytes_max;
    for file in bundle.files {
        let bytes = BASE64.decode(&file.content).map_err(|e| {
            bad_request(
                "INVALID_BASE64",
                format!("the content of `{}` is not base64: {e}", file.name),
            )
        })?;
        check_size(&bytes, &mut left, bytes_max)?;
        inputs.push(Input::bytes(&file.name, bytes));
    }
    Ok((inputs, sources))
}

fn bad_request(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}
