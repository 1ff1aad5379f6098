//! The scanner: JSON text (RFC 8259) to a flat tree, without recursion.

use std::cell::{Cell, OnceCell};
use std::collections::HashSet;
use std::sync::Arc;

use super::super::error::ERRORS_MAX;
use super::tree::{Kind, Node, Tree, Value};

/// Containers may stand in each other this deep. The deepest valid model (24 nested schemas
/// under the ONVIF limits) needs fewer than 100 levels.
pub(crate) const DEPTH_MAX: usize = 256;

/// Texts may be this long, in bytes; offsets are 32 bits wide.
pub(crate) const TEXT_BYTES_MAX: usize = 256 << 20;

/// Each listed error has a few places at most.
const PLACES_MAX: usize = 4 * ERRORS_MAX;

/// Objects with more keys than this are checked for repeated keys through a hash set.
const PAIRWISE_KEYS_MAX: usize = 12;

/// Why a text is not JSON, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// Byte offset of the first byte that cannot be right.
    pub(crate) offset: u32,
    /// What is wrong, as the end of "the text is not JSON: …".
    pub(crate) reason: &'static str,
    /// What to do.
    pub(crate) mend: &'static str,
}

impl<'a> Tree<'a> {
    /// Parses a text. The first error ends the parse, as nothing after it can be trusted.
    pub(crate) fn parse(name: &str, text: &'a str) -> Result<Tree<'a>, SyntaxError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(SyntaxError {
                offset: 0,
                reason: "it is longer than 256 MiB",
                mend: "Split the models over several files.",
            });
        }
        let tree = Tree {
            name: Arc::from(name),
            text,
            nodes: Vec::with_capacity(text.len() / 12 + 4),
            decoded: Vec::new(),
            repeated: Vec::new(),
            line_starts: OnceCell::new(),
            places_left: Cell::new(PLACES_MAX),
        };
        Scanner { tree, bytes: text.as_bytes(), at: 0, open: Vec::new() }.run()
    }
}

struct Scanner<'a> {
    tree: Tree<'a>,
    bytes: &'a [u8],
    at: usize,
    /// Indices of the containers that are open, outermost first.
    open: Vec<u32>,
}

type Scan<T> = Result<T, SyntaxError>;

impl<'a> Scanner<'a> {
    fn run(mut self) -> Scan<Tree<'a>> {
        if self.tree.text.starts_with('\u{feff}') {
            return self.fail(
                "it begins with a byte order mark",
                "Save the file as UTF-8 without a byte order mark.",
            );
        }
        self.space();
        self.value()?;
        while let Some(&container) = self.open.last() {
            self.continue_container(container)?;
        }
        self.space();
        if self.at < self.bytes.len() {
            return self.fail(
                "there is more text after the end of the value",
                "Remove what follows, or make the values one array.",
            );
        }
        self.tree.nodes.shrink_to_fit();
        Ok(self.tree)
    }

    fn fail<T>(&self, reason: &'static str, mend: &'static str) -> Scan<T> {
        Err(SyntaxError { offset: self.at as u32, reason, mend })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn push(&mut self, kind: Kind, start: usize, link: u32) {
        self.tree.nodes.push(Node { start: start as u32, end: self.at as u32, link, kind });
    }

    /// Scans a scalar whole, or opens a container and scans up to its first value.
    fn value(&mut self) -> Scan<()> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.begin(Kind::Object),
            Some(b'[') => self.begin(Kind::Array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Kind::True),
            Some(b'f') => self.word("false", Kind::False),
            Some(b'n') => self.word("null", Kind::Null),
            Some(b'/') => self.fail("comments are not allowed", "Remove the comment."),
            Some(_) => self.fail(
                "a value was expected here",
                "Write a string, number, object, array, true, false or null.",
            ),
            None => self.fail("the text ends where a value was expected", "Complete the text."),
        }
    }

    fn begin(&mut self, kind: Kind) -> Scan<()> {
        if self.open.len() >= DEPTH_MAX {
            return self.fail(
                "it is nested deeper than 256 levels",
                "Flatten the model; no valid model is nested this deep.",
            );
        }
        self.open.push(self.tree.nodes.len() as u32);
        let start = self.at;
        self.at += 1;
        self.push(kind, start, 0);
        self.space();
        let (close, container) =
            (if kind == Kind::Object { b'}' } else { b']' }, self.open[self.open.len() - 1]);
        if self.peek() == Some(close) {
            self.at += 1;
            self.end(container);
            return Ok(());
        }
        self.entry(kind)
    }

    /// Scans one array element, or one `"key": value`, up to where the value begins or ends.
    fn entry(&mut self, kind: Kind) -> Scan<()> {
        if kind == Kind::Object {
            if self.peek() != Some(b'"') {
                return self.fail(
                    "a key in double quotes was expected here",
                    "Write \"key\": value, and no comma before a closing brace.",
                );
            }
            self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return self.fail("a colon was expected after the key", "Write \"key\": value.");
            }
            self.at += 1;
            self.space();
        } else if self.peek() == Some(b']') {
            return self.fail("a comma stands before the closing bracket", "Remove the comma.");
        }
        self.value()
    }

    fn continue_container(&mut self, container: u32) -> Scan<()> {
        let kind = self.tree.nodes[container as usize].kind;
        self.space();
        match (self.peek(), kind) {
            (Some(b','), _) => {
                self.at += 1;
                self.space();
                self.entry(kind)
            }
            (Some(b'}'), Kind::Object) | (Some(b']'), Kind::Array) => {
                self.at += 1;
                self.end(container);
                Ok(())
            }
            (None, _) => self.fail("the text ends inside an object or array", "Complete the text."),
            (Some(_), Kind::Object) => self.fail(
                "a comma or a closing brace was expected here",
                "Separate members by commas, and close the object.",
            ),
            (Some(_), _) => self.fail(
                "a comma or a closing bracket was expected here",
                "Separate elements by commas, and close the array.",
            ),
        }
    }

    fn end(&mut self, container: u32) {
        self.open.pop();
        let after = self.tree.nodes.len() as u32;
        let node = &mut self.tree.nodes[container as usize];
        (node.end, node.link) = (self.at as u32, after);
        if node.kind == Kind::Object {
            self.find_repeated_keys(container);
        }
    }

    fn find_repeated_keys(&mut self, container: u32) {
        let object = Value::new(&self.tree, container);
        let count = object.members().count();
        let mut found = Vec::new();
        if count <= PAIRWISE_KEYS_MAX {
            for (position, (key, _)) in object.members().enumerate() {
                let earlier = object.members().take(position);
                let same = earlier.map(|(name, _)| name).find(|name| name.as_str() == key.as_str());
                found.extend(same.map(|first| (first.index(), key.index())));
            }
        } else {
            let mut seen = HashSet::with_capacity(count);
            for (key, _) in object.members() {
                if !seen.insert(key.as_str()) {
                    let first = object.member(key.as_str().unwrap_or_default());
                    found.extend(first.map(|(name, _)| (name.index(), key.index())));
                }
            }
        }
        // One report is enough for a text that repeats keys by the thousand.
        found.truncate(64);
        self.tree.repeated.append(&mut found);
    }

    fn word(&mut self, word: &'static str, kind: Kind) -> Scan<()> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fail(
                "a value was expected here",
                "Write a string, number, object, array, true, false or null.",
            );
        }
        let start = self.at;
        self.at += word.len();
        self.push(kind, start, 0);
        Ok(())
    }

    fn number(&mut self) -> Scan<()> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.fail("a number must not begin with a zero", "Remove the leading zero.");
        }
        self.push(Kind::Number, start, 0);
        Ok(())
    }

    fn digits(&mut self) -> Scan<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return self.fail("a digit was expected here", "Write the number in full.");
        }
        Ok(())
    }

    fn string(&mut self) -> Scan<()> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => return self.escaped_string(start),
                Some(byte) if byte >= 0x20 => self.at += 1,
                other => return self.unfinished(other),
            }
        }
        self.at += 1;
        self.push(Kind::Text, start, 0);
        Ok(())
    }

    fn unfinished<T>(&self, found: Option<u8>) -> Scan<T> {
        match found {
            None => self
                .fail("the text ends inside a string", "Close the string and complete the text."),
            Some(_) => self.fail(
                "a control character stands inside a string",
                "Write it as an escape, such as \\n or \\u0009.",
            ),
        }
    }

    /// Scans on from the first escape of a string that began at `start`.
    fn escaped_string(&mut self, start: usize) -> Scan<()> {
        let mut decoded = self.tree.text[start + 1..self.at].to_owned();
        loop {
            let from = self.at;
            while matches!(self.peek(), Some(byte) if byte >= 0x20 && byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            decoded.push_str(&self.tree.text[from..self.at]);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => decoded.push(self.escape()?),
                other => return self.unfinished(other),
            }
        }
        self.at += 1;
        let link = self.tree.decoded.len() as u32;
        self.tree.decoded.push(decoded.into_boxed_str());
        self.push(Kind::Escaped, start, link);
        Ok(())
    }

    fn escape(&mut self) -> Scan<char> {
        let simple = match self.bytes.get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                return self.fail(
                    "this escape is not one that JSON has",
                    "Use \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\uXXXX.",
                );
            }
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Scan<char> {
        let start = self.at;
        let first = self.hex()?;
        let mut code = Some(first);
        if (0xd800..=0xdbff).contains(&first) {
            // Half of a pair: the other half must follow.
            let follows = self.bytes[self.at..].starts_with(b"\\u");
            let low = if follows { Some(self.hex()?) } else { None };
            let low = low.and_then(|low| low.checked_sub(0xdc00)).filter(|low| *low < 0x400);
            code = low.map(|low| 0x10000 + ((first - 0xd800) << 10) + low);
        }
        match code.and_then(char::from_u32) {
            Some(decoded) => Ok(decoded),
            None => {
                self.at = start;
                self.fail(
                    "this escape is half of a surrogate pair",
                    "Write both halves, or the character itself.",
                )
            }
        }
    }

    /// Reads `\uXXXX` at the current place and moves past it.
    fn hex(&mut self) -> Scan<u32> {
        let digits = self.bytes.get(self.at + 2..self.at + 6);
        let code = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.at += 6;
                Ok(code)
            }
            None => self.fail(
                "\\u must be followed by four hexadecimal digits",
                "Write four digits, such as \\u00e9.",
            ),
        }
    }
}
