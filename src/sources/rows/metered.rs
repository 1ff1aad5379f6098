//! A text as the reader of tables takes it: with the places of its lines, and a limit to a record.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use crate::sources::limits::LINE_BYTES_MAX;
use crate::sources::text::Text;

/// Fails where one record takes more than is accepted: an open quote would swallow the whole file.
/// Counts lines itself, because the reader of tables counts blank lines and `\r\n` too late.
pub(super) struct Metered {
    inner: Text,
    /// Bytes that were taken since the record began.
    taken: usize,
    /// Bytes that were taken at all.
    read: u64,
    /// Where lines end that were taken, but not passed: the first byte of the end, and the first after it.
    ends: VecDeque<(u64, u64)>,
    /// Whether the last byte was `\r`: `\n` after it ends no further line.
    after_return: bool,
    /// The line of what was passed last.
    line: u64,
}

impl Metered {
    /// The text, of which so many lines were passed already.
    pub(super) fn new(inner: Text, passed: u64) -> Self {
        Self {
            inner,
            taken: 0,
            read: 0,
            ends: VecDeque::new(),
            after_return: false,
            line: passed + 1,
        }
    }

    /// Tells that what is taken from now on is of another record.
    pub(super) fn record_begins(&mut self) {
        self.taken = 0;
    }

    /// The line of the first thing at this byte or after it that is no end of a line. Bytes are asked for in their order.
    pub(super) fn line_at(&mut self, byte: u64) -> u64 {
        let mut at = byte;
        while let Some((_, after)) = self.ends.front().filter(|(first, _)| *first <= at).copied() {
            self.ends.pop_front();
            at = at.max(after);
            self.line += 1;
        }
        self.line
    }

    fn note_ends(&mut self, bytes: &[u8]) {
        for (place, byte) in (self.read..).zip(bytes) {
            match byte {
                b'\n' if self.after_return => {
                    // Unless it was passed already.
                    if let Some((_, after)) =
                        self.ends.back_mut().filter(|(_, after)| *after == place)
                    {
                        *after += 1;
                    }
                }
                b'\n' | b'\r' => self.ends.push_back((place, place + 1)),
                _ => {}
            }
            self.after_return = *byte == b'\r';
        }
        self.read += bytes.len() as u64;
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.fill_buf()?.read(buffer)?;
        self.inner.consume(count);
        self.note_ends(&buffer[..count]);
        // A chunk may end many records; only the chunks that none of them ended in add up.
        self.taken += count;
        if self.taken > LINE_BYTES_MAX + buffer.len() {
            let message = format!(
                "a record is longer than {LINE_BYTES_MAX} bytes, and nothing from it on can be read; is a quote open?"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them_and_blank_ones_too() {
        for (text, wanted) in [
            ("a\nb\nc", [1, 2, 3]),
            ("a\r\nb\r\nc", [1, 2, 3]),
            ("a\rb\rc", [1, 2, 3]),
            ("\n\na\r\n\r\nb\n\nc", [3, 5, 7]),
        ] {
            let text = Metered::new(Box::new(io::Cursor::new(text.as_bytes())), 0);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
            let mut record = csv::ByteRecord::new();
            for line in wanted {
                assert!(reader.read_byte_record(&mut record).unwrap());
                let at = record.position().unwrap().byte();
                assert_eq!(reader.get_mut().line_at(at), line, "{record:?}");
            }
        }
    }
}
