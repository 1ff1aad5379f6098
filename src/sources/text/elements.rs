//! The elements of a JSON array, or JSON values that stand one after the other, without holding
//! more than one in memory.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::lines::unreadable;
use super::open::Text;
use crate::sources::limits::LINE_BYTES_MAX;
use crate::sources::problem::{Origin, Problem};

/// The elements of a text, each with the line on which it begins.
pub struct Elements {
    text: Text,
    file: Arc<str>,
    line: u64,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Start,
    InArray,
    Sequence,
    Ended,
}

impl Elements {
    /// The elements of `text`.
    pub fn new(file: &Arc<str>, text: Text) -> Self {
        Self { text, file: file.clone(), line: 1, state: State::Start }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.text.fill_buf()?.first().copied())
    }

    fn advance(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.text.consume(1);
    }

    /// Goes to where an element begins, and answers its first byte.
    fn seek(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'[' if self.state == State::Start => self.state = State::InArray,
                b',' if self.state == State::InArray => {}
                b']' if self.state == State::InArray => self.state = State::Sequence,
                byte if byte.is_ascii_whitespace() => {}
                byte => {
                    if self.state == State::Start {
                        self.state = State::Sequence;
                    }
                    return Ok(Some(byte));
                }
            }
            self.advance(byte);
        }
        Ok(None)
    }

    /// Takes the element that begins here; of one that is too long it keeps only the beginning.
    fn take(&mut self) -> io::Result<Taken> {
        let mut scan = Scan::default();
        let mut taken = Taken::default();
        while let Some(byte) = self.peek()? {
            if scan.ends_before(byte) {
                taken.whole = true;
                return Ok(taken);
            }
            scan.step(byte);
            taken.length += 1;
            if taken.length <= LINE_BYTES_MAX {
                taken.bytes.push(byte);
            }
            self.advance(byte);
            if scan.ended {
                taken.whole = true;
                return Ok(taken);
            }
        }
        // A scalar may end with the text, an object may not.
        taken.whole = scan.depth == 0 && !scan.in_string;
        Ok(taken)
    }

    fn element(&mut self) -> Result<Option<(u64, String)>, Problem> {
        let file = self.file.clone();
        let found = self.seek().map_err(|e| unreadable(&file, self.line, &e))?;
        if found.is_none() {
            return match self.state {
                State::InArray => {
                    let message = "the file ends inside the array; is it complete?";
                    let origin = Origin::line(&file, self.line);
                    Err(Problem::error(origin, "INVALID_JSON", message))
                }
                State::Start | State::Sequence | State::Ended => Ok(None),
            };
        }
        let line = self.line;
        let taken = self.take().map_err(|e| unreadable(&file, line, &e))?;
        let origin = Origin::line(&file, line);
        if !taken.whole {
            let message = "the file ends inside the element that begins here; is it complete?";
            return Err(Problem::error(origin, "INVALID_JSON", message));
        }
        if taken.length > LINE_BYTES_MAX {
            let message = format!(
                "the element is {} bytes long, at most {LINE_BYTES_MAX} are accepted",
                taken.length
            );
            return Err(Problem::error(origin, "LINE_TOO_LONG", message));
        }
        let text = String::from_utf8(taken.bytes).map_err(|_| {
            let message = "the element that begins here is not UTF-8; save the file as UTF-8";
            Problem::error(origin, "NOT_UTF8", message)
        })?;
        Ok(Some((line, text)))
    }
}

impl Iterator for Elements {
    type Item = Result<(u64, String), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Ended {
            return None;
        }
        let found = self.element();
        let over = match &found {
            Ok(element) => element.is_none(),
            Err(problem) => matches!(problem.code, "NOT_READABLE" | "INVALID_JSON"),
        };
        if over {
            self.state = State::Ended;
        }
        found.transpose()
    }
}

#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    length: usize,
    whole: bool,
}

/// Follows the structure of one JSON value, byte by byte.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    started: bool,
    ended: bool,
}

impl Scan {
    /// Whether a value without brackets ends here.
    fn ends_before(&self, byte: u8) -> bool {
        let outside = self.started && self.depth == 0 && !self.in_string;
        outside && (byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'{' | b'['))
    }

    fn step(&mut self, byte: u8) {
        self.started = true;
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.ended = self.depth == 0;
            }
            _ => {}
        }
    }
}
