//! Opening an input: gzip and byte order marks are seen by their first bytes, sizes are bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use crate::sources::limits::FILE_BYTES_MAX;

/// Decompressed text, read in pieces.
pub type Text = Box<dyn BufRead + Send>;

type Opener = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync;

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

    /// The text, from its beginning.
    ///
    /// # Errors
    /// When the file cannot be read, or is not UTF-8 by its first bytes.
    pub fn open(&self) -> io::Result<Text> {
        open((self.opener)()?)
    }
}

/// The text of `bytes`: decompressed, and without a byte order mark.
///
/// # Errors
/// When the bytes cannot be read, or begin as UTF-16 does.
pub fn open(bytes: Box<dyn Read + Send>) -> io::Result<Text> {
    const GZIP: [u8; 2] = [0x1F, 0x8B];
    let mut plain = BufReader::new(bytes);
    if !plain.fill_buf()?.starts_with(&GZIP) {
        return without_mark(Box::new(bounded(plain)));
    }
    let unpacked = bounded(BufReader::new(MultiGzDecoder::new(plain)));
    without_mark(Box::new(unpacked))
}

fn without_mark(mut text: Text) -> io::Result<Text> {
    let start = text.fill_buf()?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        let message = "the text is UTF-16; save it as UTF-8";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    if start.starts_with(&[0xEF, 0xBB, 0xBF]) {
        text.consume(3);
    }
    Ok(text)
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
