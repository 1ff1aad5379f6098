//! Opening an input: gzip and byte order marks are seen by their first bytes, sizes are bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;
use flate2::bufread::MultiGzDecoder;

use super::encoding::{decoded, is_utf8};
use crate::sources::limits::FILE_BYTES_MAX;

/// Decompressed text in UTF-8, read in pieces.
pub type Text = Box<dyn BufRead + Send>;

/// The bytes of a file, for formats that are not read from the beginning to the end.
pub type Bytes = Box<dyn ReadSeek + Send>;

/// What can be read at any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

type Opener = dyn Fn() -> io::Result<Bytes> + Send + Sync;

/// A file, or something like a file, that can be read several times.
#[derive(Clone)]
pub struct Input {
    name: Arc<str>,
    opener: Arc<Opener>,
}

impl Input {
    /// A file on disk.
    pub fn file(path: &Path) -> Self {
        let owned = path.to_owned();
        Self {
            name: path.display().to_string().into(),
            opener: Arc::new(move || Ok(Box::new(File::open(&owned)?))),
        }
    }

    /// Bytes in memory under a name whose extension tells the format.
    pub fn bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into();
        Self {
            name: name.into(),
            opener: Arc::new(move || Ok(Box::new(Cursor::new(bytes.clone())))),
        }
    }

    /// The name under which problems are reported.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The text, from its beginning; formats of our own and models are UTF-8.
    ///
    /// # Errors
    /// When the file cannot be read, or is not UTF-8 by its first bytes.
    pub fn open(&self) -> io::Result<Text> {
        let mut text = unpacked((self.opener)()?)?;
        if mark_of(text.fill_buf()?).is_some_and(|encoding| !is_utf8(encoding)) {
            let message = "the text is UTF-16; save it as UTF-8";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        in_utf8(text, None)
    }

    /// The text, from its beginning, of the encoding that was declared for it; a byte order mark
    /// tells UTF-8 and UTF-16 too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_as(&self, encoding: Option<&'static Encoding>) -> io::Result<Text> {
        in_utf8(unpacked((self.opener)()?)?, encoding)
    }

    /// The bytes as they are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bytes_of(&self) -> io::Result<Bytes> {
        (self.opener)()
    }
}

fn unpacked(bytes: Bytes) -> io::Result<Text> {
    const GZIP: [u8; 2] = [0x1F, 0x8B];
    let mut plain = BufReader::new(bytes);
    if !plain.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(bounded(plain)));
    }
    Ok(Box::new(bounded(BufReader::new(MultiGzDecoder::new(plain)))))
}

/// The encoding that a byte order mark tells.
fn mark_of(start: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(start).map(|(encoding, _)| encoding)
}

/// A byte order mark tells the encoding; otherwise it is the declared one, or UTF-8.
fn in_utf8(mut text: Text, declared: Option<&'static Encoding>) -> io::Result<Text> {
    let marked = mark_of(text.fill_buf()?);
    if marked.is_some_and(is_utf8) {
        text.consume(3);
        return Ok(text);
    }
    match marked.or(declared) {
        Some(encoding) if !is_utf8(encoding) => Ok(Box::new(decoded(text, encoding))),
        _ => Ok(text),
    }
}

/// Fails, instead of ending, where the text is longer than is accepted.
fn bounded(inner: impl BufRead + Send) -> impl BufRead + Send {
    Bounded { inner, left: FILE_BYTES_MAX }
}

struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let chunk = self.inner.fill_buf()?;
        if self.left == 0 && !chunk.is_empty() {
            let message = format!("longer than {FILE_BYTES_MAX} bytes, decompressed; split it");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let shown = chunk.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        Ok(&chunk[..shown])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count as u64;
        self.inner.consume(count);
    }
}
