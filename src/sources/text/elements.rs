//! The elements of JSON documents, without holding more than one in memory: those of an array, at
//! the top or where a JSON pointer (RFC 6901) leads, or the documents themselves.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::lines::unreadable;
use super::open::Text;
use super::scan::Scan;
use crate::sources::limits::{JSON_DEPTH_MAX, LINE_BYTES_MAX};
use crate::sources::problem::{Origin, Problem};

/// An element of a text.
#[derive(Debug)]
pub struct Element {
    /// The line on which it begins.
    pub line: u64,
    /// Which of the pointers led to it.
    pub place: usize,
    /// The JSON pointer of the element; none at the top.
    pub pointer: Option<String>,
    /// Its JSON.
    pub text: String,
}

/// The elements of a text.
pub struct Elements {
    text: Text,
    file: Arc<str>,
    line: u64,
    /// The ways to where elements are looked for.
    places: Vec<Vec<String>>,
    /// The objects and arrays on the way that were entered.
    entered: Vec<Step>,
    /// The array whose elements are being read: which place, and how many were.
    array: Option<(usize, u64)>,
    /// The document in which no place was found yet begins here.
    missing_since: Option<u64>,
    /// Some keys at the top of that document.
    keys: Vec<String>,
    ended: bool,
}

struct Step {
    token: String,
    /// In an array, how many elements were passed.
    passed: Option<u64>,
}

/// The tokens of a JSON pointer.
///
/// # Errors
/// When it is none.
pub fn tokens(pointer: &str) -> Result<Vec<String>, String> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = pointer.strip_prefix('/') else {
        let message = "is no JSON pointer; it begins with a slash, for example /d/results";
        return Err(format!("`{pointer}` {message}"));
    };
    Ok(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect())
}

impl Elements {
    /// The elements of an array at the top, or the values that stand one after the other.
    pub fn new(file: &Arc<str>, text: Text) -> Self {
        Self::at(file, text, vec![Vec::new()])
    }

    /// The elements of the arrays, or the single values, where the places lead; a token `*` is any.
    pub fn at(file: &Arc<str>, text: Text, places: Vec<Vec<String>>) -> Self {
        Self {
            text,
            file: file.clone(),
            line: 1,
            places,
            entered: Vec::new(),
            array: None,
            missing_since: None,
            keys: Vec::new(),
            ended: false,
        }
    }

    /// Goes to the next byte that is neither blank nor a comma.
    fn seek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = self.text.fill_buf()?;
            let blank = |b: &u8| b.is_ascii_whitespace() || *b == b',';
            let count = chunk.iter().take_while(|b| blank(b)).count();
            let found = chunk.get(count).copied();
            let (over, lines) = (chunk.is_empty(), lines_in(&chunk[..count]));
            self.line += lines;
            self.text.consume(count);
            if found.is_some() || over {
                return Ok(found);
            }
        }
    }

    fn step(&mut self) -> Result<Option<Element>, Problem> {
        let line = self.line;
        let file = self.file.clone();
        let broken = |e| unreadable(&file, line, &e);
        while let Some(byte) = self.seek().map_err(broken)? {
            if let Some((place, number)) = self.array {
                if byte == b']' {
                    self.text.consume(1);
                    self.array = None;
                    self.entered.pop();
                    self.left()?;
                    continue;
                }
                self.array = Some((place, number + 1));
                let pointer = format!("{}/{number}", self.way(None));
                return self.taken(place, Some(pointer)).map(Some);
            }
            if let Some(element) = self.walk(byte)? {
                return Ok(Some(element));
            }
        }
        if self.array.is_none() && self.entered.is_empty() {
            return Ok(None);
        }
        let what = if self.array.is_some() { "array" } else { "document" };
        Err(self.invalid(self.line, &format!("the file ends inside the {what}; is it complete?")))
    }

    /// One step on the way to a place; `byte` is the next.
    fn walk(&mut self, byte: u8) -> Result<Option<Element>, Problem> {
        let token = match self.entered.last_mut() {
            None => return self.value(byte, None),
            Some(_) if matches!(byte, b'}' | b']') => {
                self.text.consume(1);
                self.entered.pop();
                self.left()?;
                return Ok(None);
            }
            Some(Step { passed: Some(passed), .. }) => {
                *passed += 1;
                (*passed - 1).to_string()
            }
            Some(Step { passed: None, .. }) => self.key()?,
        };
        if self.entered.len() == 1 && self.keys.len() < KEYS_SHOWN {
            self.keys.push(crate::domain::id::abridged(&token));
        }
        let line = self.line;
        let next = self.seek().map_err(|e| unreadable(&self.file, line, &e))?;
        match next {
            Some(byte) => self.value(byte, Some(token)),
            None => Err(self.invalid(line, "the file ends inside the document; is it complete?")),
        }
    }

    /// The key that begins here, with its colon.
    fn key(&mut self) -> Result<String, Problem> {
        let line = self.line;
        let taken = self.take().map_err(|e| unreadable(&self.file, line, &e))?;
        let key = serde_json::from_slice::<String>(&taken.bytes).map_err(|_| {
            self.invalid(line, "expected the key of an object, a text in double quotes")
        })?;
        if self.seek().map_err(|e| unreadable(&self.file, line, &e))? != Some(b':') {
            return Err(self.invalid(self.line, "expected a colon after the key"));
        }
        self.text.consume(1);
        Ok(key)
    }

    /// Enters, takes or passes the value that begins with `byte`.
    fn value(&mut self, byte: u8, token: Option<String>) -> Result<Option<Element>, Problem> {
        if token.is_none() {
            (self.missing_since, self.keys) = (Some(self.line), Vec::new());
        }
        // The document itself is the first that was entered, and has no token.
        let way = || self.entered.iter().skip(1).map(|step| &step.token).chain(token.as_ref());
        let leads = |place: &Vec<String>| way().zip(place).all(|(a, b)| a == b || b == "*");
        let depth = way().count();
        let exact = self.places.iter().position(|p| p.len() == depth && leads(p));
        let further = self.places.iter().any(|p| p.len() > depth && leads(p));
        let opens = matches!(byte, b'{' | b'[');
        match exact {
            Some(place) if byte == b'[' => {
                self.text.consume(1);
                self.missing_since = None;
                self.enter(token, Some(0))?;
                self.array = Some((place, 0));
                Ok(None)
            }
            _ if opens && further => {
                self.text.consume(1);
                self.enter(token, (byte == b'[').then_some(0))?;
                Ok(None)
            }
            Some(place) => {
                self.missing_since = None;
                let pointer = token.map(|token| self.way(Some(&token)));
                self.taken(place, pointer).map(Some)
            }
            None => {
                let line = self.line;
                let taken = self.take().map_err(|e| unreadable(&self.file, line, &e))?;
                if !taken.whole {
                    return Err(self.invalid(line, CUT));
                }
                if self.entered.is_empty() {
                    self.left()?;
                }
                Ok(None)
            }
        }
    }

    /// The JSON pointer of what was entered last, or of what stands in it under a token.
    fn way(&self, token: Option<&String>) -> String {
        let tokens = self.entered.iter().skip(1).map(|step| &step.token).chain(token);
        tokens.map(|token| escaped(token)).collect()
    }

    fn enter(&mut self, token: Option<String>, passed: Option<u64>) -> Result<(), Problem> {
        if self.entered.len() > JSON_DEPTH_MAX {
            let message = format!("nested deeper than {JSON_DEPTH_MAX} levels");
            return Err(self.invalid(self.line, &message));
        }
        self.entered.push(Step { token: token.unwrap_or_default(), passed });
        Ok(())
    }

    /// After an array of elements, or something on the way to it, has ended.
    fn left(&mut self) -> Result<(), Problem> {
        if let Some(line) = self.missing_since.take_if(|_| self.entered.is_empty()) {
            let places: Vec<String> = self.places.iter().map(|p| pointer(p)).collect();
            let keys = std::mem::take(&mut self.keys).join(", ");
            let message = format!(
                "the document has no records at {}; its keys are: {keys}. Name the place with `records`",
                places.join(" or ")
            );
            return Err(Problem::error(Origin::line(&self.file, line), "RECORDS_MISSING", message));
        }
        Ok(())
    }

    /// Takes the value that begins here as an element.
    fn taken(&mut self, place: usize, pointer: Option<String>) -> Result<Element, Problem> {
        let line = self.line;
        let taken = self.take().map_err(|e| unreadable(&self.file, line, &e))?;
        if !taken.whole {
            return Err(self.invalid(line, CUT));
        }
        let origin = Origin::line(&self.file, line);
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
        Ok(Element { line, place, pointer, text })
    }

    /// Takes the value that begins here; of one that is too long it keeps only the beginning.
    fn take(&mut self) -> io::Result<Taken> {
        let mut scan = Scan::default();
        let mut taken = Taken::default();
        loop {
            let chunk = self.text.fill_buf()?;
            if chunk.is_empty() {
                // A scalar may end with the text, an object may not.
                taken.whole = scan.may_end();
                return Ok(taken);
            }
            let (count, ended) = scan.advance(chunk);
            let room = LINE_BYTES_MAX.saturating_sub(taken.bytes.len()).min(count);
            taken.bytes.extend_from_slice(&chunk[..room]);
            taken.length += count;
            self.line += lines_in(&chunk[..count]);
            self.text.consume(count);
            if ended {
                taken.whole = true;
                return Ok(taken);
            }
        }
    }

    fn invalid(&self, line: u64, message: &str) -> Problem {
        Problem::error(Origin::line(&self.file, line), "INVALID_JSON", message)
    }
}

const CUT: &str = "the file ends inside the element that begins here; is it complete?";
/// How many keys of a document a message lists.
const KEYS_SHOWN: usize = 10;

impl Iterator for Elements {
    type Item = Result<Element, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let found = self.step();
        self.ended = match &found {
            Ok(element) => element.is_none(),
            Err(problem) => matches!(problem.code, "NOT_READABLE" | "INVALID_JSON"),
        };
        found.transpose()
    }
}

#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    length: usize,
    whole: bool,
}

/// The JSON pointer of these tokens.
pub fn pointer(tokens: &[String]) -> String {
    if tokens.is_empty() {
        return "the top".to_owned();
    }
    tokens.iter().map(|token| escaped(token)).collect()
}

fn escaped(token: &str) -> String {
    format!("/{}", token.replace('~', "~0").replace('/', "~1"))
}

fn lines_in(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}
