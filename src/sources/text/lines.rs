//! Lines of bounded length, each checked to be UTF-8 by itself.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::open::Text;
use crate::sources::limits::LINE_BYTES_MAX;
use crate::sources::problem::{Origin, Problem};

/// The lines of a text that are not blank, with their numbers. A bad line is a problem and the next
/// one is read; a text that cannot be read further ends after the problem that says so.
pub struct Lines {
    text: Text,
    file: Arc<str>,
    number: u64,
    ended: bool,
}

impl Lines {
    /// The lines of `text`.
    pub fn new(file: &Arc<str>, text: Text) -> Self {
        Self { text, file: file.clone(), number: 0, ended: false }
    }

    fn checked(&self, bytes: Vec<u8>) -> Result<(u64, String), Problem> {
        let number = self.number;
        String::from_utf8(bytes).map(|line| (number, line)).map_err(|e| {
            let column = e.utf8_error().valid_up_to() as u64 + 1;
            let origin = Origin::column(&self.file, number, column);
            let message = "the line is not UTF-8 here; save the file as UTF-8";
            Problem::error(origin, "NOT_UTF8", message)
        })
    }

    fn too_long(&self, length: usize) -> Problem {
        let message = format!(
            "the line is {length} bytes long, at most {LINE_BYTES_MAX} are accepted; write one object a line"
        );
        Problem::error(Origin::line(&self.file, self.number), "LINE_TOO_LONG", message)
    }
}

impl Iterator for Lines {
    type Item = Result<(u64, String), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.number += 1;
            let mut line = Vec::new();
            match read_line(&mut self.text, &mut line) {
                Ok(0) => self.ended = true,
                Ok(length) if length > LINE_BYTES_MAX => return Some(Err(self.too_long(length))),
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(self.checked(line)),
                Err(e) => {
                    self.ended = true;
                    return Some(Err(unreadable(&self.file, self.number, &e)));
                }
            }
        }
        None
    }
}

/// That the rest of a file cannot be read.
pub(super) fn unreadable(file: &Arc<str>, line: u64, error: &io::Error) -> Problem {
    let message = format!("the rest of the file cannot be read: {error}");
    Problem::error(Origin::line(file, line), "NOT_READABLE", message)
}

/// Reads a line without its end; of one that is too long it keeps only the beginning. Answers how
/// many bytes it had, 0 at the end of the text.
fn read_line(text: &mut Text, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let chunk = text.fill_buf()?;
        let end = chunk.iter().position(|b| *b == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let room = LINE_BYTES_MAX.saturating_sub(line.len()).min(part.len());
        line.extend_from_slice(&part[..room]);
        let taken = part.len() + usize::from(end.is_some());
        length += taken;
        text.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(length);
        }
    }
}
