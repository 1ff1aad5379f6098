//! A device models repository over plain HTTP.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::StatusCode;
use serde_json::value::RawValue;

use crate::cli::client::{Client, ClientError};
use crate::cli::output::Failure;
use crate::dtdl::{Document, FetchedDocument};

/// Requests under way at once, each on a connection of its own.
const CONNECTIONS_MAX: usize = 8;
/// Longest wait for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Longest time for all of a check's requests together.
const ALL_WITHIN: Duration = Duration::from_secs(120);
/// Most documents that one check reads.
const DOCUMENTS_MAX: usize = 20_000;
/// Most bytes that one check reads. One answer has at most 16 MiB, by the client.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// A repository at a URL, and what was read from it.
pub(super) struct Remote {
    /// `http://host:port/path`, without a slash at its end.
    base: String,
    /// The part of it after the host.
    path: String,
    /// Whether it has models with all that they need in one file (`metadata.json` says so).
    has_expanded: bool,
    started: Instant,
    bytes: usize,
    documents: usize,
    /// Interfaces that are there already: expanded files repeat them.
    known: HashSet<String>,
}

/// What one path of a repository holds.
type Found = Result<Option<String>, Failure>;

impl Remote {
    /// The repository at a URL.
    ///
    /// # Errors
    /// When the URL is of another kind, or nobody answers.
    pub(super) fn open(url: &str, own: &[Document<'_>]) -> Result<Self, Failure> {
        if !url.starts_with("http://") {
            return Err(Failure::Other(format!(
                "models cannot be resolved from `{url}`: only http:// is supported; mirror the \
                 repository (for a repository on GitHub: git clone; else: wget --mirror), and give \
                 --resolve its folder, or an http:// URL that a proxy of yours serves"
            )));
        }
        let base = url.trim_end_matches('/').to_owned();
        let after_host = base["http://".len()..].find('/').map(|at| at + "http://".len());
        let path = after_host.map_or_else(String::new, |at| base[at..].to_owned());
        let known = own.iter().flat_map(|document| identifiers(document.text)).collect();
        let mut remote = Self {
            base,
            path,
            has_expanded: false,
            started: Instant::now(),
            bytes: 0,
            documents: 0,
            known,
        };
        let metadata = remote.read(&["metadata.json".to_owned()])?.pop().flatten();
        let metadata = metadata.and_then(|text| serde_json::from_str(&text).ok());
        let metadata: serde_json::Value = metadata.unwrap_or_default();
        remote.has_expanded = metadata["features"]["expanded"] == true;
        Ok(remote)
    }

    /// Reads what it has of the paths, and leaves the others.
    ///
    /// # Errors
    /// When it does not answer, or more than is read.
    pub(super) fn fetch(
        &mut self,
        paths: &mut Vec<String>,
    ) -> Result<Vec<FetchedDocument>, Failure> {
        let mut documents = Vec::new();
        if self.has_expanded {
            let expanded =
                |path: &String| format!("{}.expanded.json", path.trim_end_matches(".json"));
            self.take(paths, expanded, &mut documents)?;
        }
        self.take(paths, String::clone, &mut documents)?;
        Ok(documents)
    }

    fn take(
        &mut self,
        paths: &mut Vec<String>,
        file: impl Fn(&String) -> String,
        documents: &mut Vec<FetchedDocument>,
    ) -> Result<(), Failure> {
        let files: Vec<String> = paths.iter().map(file).collect();
        let texts = self.read(&files)?;
        let mut left = Vec::new();
        for ((path, file), text) in paths.drain(..).zip(files).zip(texts) {
            let Some(text) = text else {
                left.push(path);
                continue;
            };
            self.bytes += text.len();
            self.documents += 1;
            if let Some(text) = only_new(text, &mut self.known) {
                let name = format!("{}/{file}", self.base);
                documents.push(FetchedDocument { name, text: text.into() });
            }
        }
        *paths = left;
        if self.bytes > BYTES_MAX || self.documents > DOCUMENTS_MAX {
            return Err(Failure::Other(format!(
                "the models need more of `{}` than is read: at most {DOCUMENTS_MAX} documents of \
                 together {BYTES_MAX} bytes; mirror it, and give --resolve its folder",
                self.base
            )));
        }
        Ok(())
    }

    /// The texts of files, each if it is there.
    fn read(&self, files: &[String]) -> Result<Vec<Option<String>>, Failure> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let lane_length = files.len().div_ceil(CONNECTIONS_MAX);
        let lanes = files.chunks(lane_length).map(|lane| self.lane(lane));
        let left = ALL_WITHIN.saturating_sub(self.started.elapsed());
        let all = async { tokio::time::timeout(left, join_all(lanes)).await };
        // The stages of a check are no futures, and ask in the middle of their work.
        let done = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(all));
        let lanes = done.map_err(|_| self.slow(ALL_WITHIN))?;
        Ok(lanes.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
    }

    async fn lane(&self, files: &[String]) -> Result<Vec<Option<String>>, Failure> {
        let mut client = Client::connect(&self.base).await?;
        let mut texts = Vec::with_capacity(files.len());
        for file in files {
            let asked = tokio::time::timeout(ANSWER_WITHIN, self.ask(&mut client, file)).await;
            texts.push(asked.map_err(|_| self.slow(ANSWER_WITHIN))??);
        }
        Ok(texts)
    }

    async fn ask(&self, client: &mut Client, file: &str) -> Found {
        let path = format!("{}/{file}", self.path);
        let answer = match client.get(&path).await {
            // A server may close a connection after some answers.
            Err(ClientError::Connection { .. }) => {
                *client = Client::connect(&self.base).await?;
                client.get(&path).await?
            }
            answer => answer?,
        };
        let url = || format!("{}/{file}", self.base);
        match answer.status {
            StatusCode::OK => match String::from_utf8(answer.body.into()) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(Failure::Other(format!("`{}` is not UTF-8", url()))),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_redirection() => Err(Failure::Other(format!(
                "`{}` answers {status}: redirections are not followed; give --resolve the URL to \
                 which it leads",
                url()
            ))),
            status => Err(Failure::Other(format!("`{}` answers {status}", url()))),
        }
    }

    fn slow(&self, within: Duration) -> Failure {
        let (base, seconds) = (&self.base, within.as_secs());
        Failure::Other(format!(
            "`{base}` did not answer within {seconds} s; mirror it, and give --resolve its folder"
        ))
    }
}

/// The part of an interface that says which it is.
#[derive(serde::Deserialize)]
struct Named {
    #[serde(rename = "@id")]
    id: Option<String>,
}

fn name_of(text: &str) -> Option<String> {
    serde_json::from_str::<Named>(text).ok()?.id
}

/// The identifiers of the interfaces in a text; none when that cannot be told.
fn identifiers(text: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(items) => items.iter().filter_map(|item| name_of(item.get())).collect(),
        Err(_) => name_of(text).into_iter().collect(),
    }
}

/// The text without the interfaces that are known, everything else in its place, so that lines and
/// columns stay; nothing if all are known. A text that is something else stays as it is.
fn only_new(text: String, known: &mut HashSet<String>) -> Option<String> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(&text) else {
        known.extend(name_of(&text));
        return Some(text);
    };
    let start = text.as_ptr() as usize;
    let mut bytes = text.clone().into_bytes();
    let mut kept = 0;
    for item in &items {
        let item = item.get();
        if name_of(item).is_none_or(|id| known.insert(id)) {
            kept += 1;
            continue;
        }
        let from = item.as_ptr() as usize - start;
        let to = from + item.len();
        blank(&mut bytes[from..to]);
        // With the comma after it, or before it.
        let is_comma = |byte: &u8| *byte == b',';
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        let after = bytes[to..].iter().position(|byte| !is_space(byte)).map(|at| to + at);
        match after.filter(|at| is_comma(&bytes[*at])) {
            Some(at) => bytes[at] = b' ',
            None => {
                if let Some(at) = bytes[..from].iter().rposition(|byte| !is_space(byte))
                    && is_comma(&bytes[at])
                {
                    bytes[at] = b' ';
                }
            }
        }
    }
    (kept > 0).then(|| String::from_utf8(bytes).unwrap_or(text))
}

/// Spaces instead of everything but line breaks.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_that_are_known_are_taken_out_and_the_others_keep_their_places() {
        let text = "[{\"@id\": \"a\"},\n {\"@id\": \"b\",\n \"é\": 1},\n {\"@id\": \"c\"}]";
        let without = |known: &[&str]| {
            let mut known = known.iter().map(|id| (*id).to_owned()).collect();
            let left = only_new(text.to_owned(), &mut known)?;
            assert_eq!(left.lines().count(), text.lines().count());
            let items: Vec<serde_json::Value> = serde_json::from_str(&left).unwrap();
            Some(items.iter().map(|item| item["@id"].as_str().unwrap().to_owned()).collect())
        };
        let ids = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(without(&[]), ids(&["a", "b", "c"]));
        assert_eq!(without(&["a"]), ids(&["b", "c"]));
        assert_eq!(without(&["b"]), ids(&["a", "c"]));
        assert_eq!(without(&["c"]), ids(&["a", "b"]));
        assert_eq!(without(&["b", "c"]), ids(&["a"]));
        assert_eq!(without(&["a", "b", "c"]), None);
    }
}
