//! A walk over a document's bytes, before the parser.
//!
//! The parser recurses once per nesting level and has no limit of its own while it does, so a long
//! run of brackets would overflow the stack and end the process. This walk finds tokens exactly as
//! the parser does, counts them, and refuses what is too much.

use async_graphql::Pos;

use super::config::GraphqlLimits;
use crate::graphql::error::{ErrorCode, GraphqlError};

/// No name in any schema of ours is longer; error messages repeat names.
const NAME_BYTES_MAX: usize = 256;

/// The parser refuses selection sets deeper than 64, and its stack holds this much with ease.
const NESTING_MAX: usize = 128;

/// Refuses a document that is too large, too deep, or has too many directives.
pub(super) fn scan(document: &str, limits: &GraphqlLimits) -> Result<(), GraphqlError> {
    let mut scanner = Scanner {
        bytes: document.as_bytes(),
        at: 0,
        tokens: 0,
        nesting: 0,
        nesting_max: (limits.depth_max + limits.value_depth_max).min(NESTING_MAX),
        directives: 0,
        limits,
    };
    while scanner.at < scanner.bytes.len() {
        scanner.step()?;
    }
    Ok(())
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: usize,
    nesting: usize,
    nesting_max: usize,
    directives: usize,
    limits: &'a GraphqlLimits,
}

impl Scanner<'_> {
    fn step(&mut self) -> Result<(), GraphqlError> {
        match self.bytes[self.at] {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xef | 0xbb | 0xbf => self.at += 1,
            b'#' => self.comment(),
            b'"' => {
                self.count_token()?;
                self.string()?;
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.count_token()?;
                self.name()?;
            }
            b'-' | b'0'..=b'9' => {
                self.count_token()?;
                self.number()?;
            }
            punctuator => {
                self.count_token()?;
                self.punctuator(punctuator)?;
            }
        }
        Ok(())
    }

    fn count_token(&mut self) -> Result<(), GraphqlError> {
        self.tokens += 1;
        if self.tokens <= self.limits.tokens_max {
            return Ok(());
        }
        let limit = self.limits.tokens_max;
        Err(GraphqlError::new(
            ErrorCode::DocumentTooLarge,
            format!(
                "the document has more than {limit} tokens; pass data as variables and split the \
                 document"
            ),
        )
        .with("limit", i64::try_from(limit).unwrap_or(i64::MAX))
        .at(self.position(self.at)))
    }

    fn comment(&mut self) {
        while self.at < self.bytes.len() && !matches!(self.bytes[self.at], b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn name(&mut self) -> Result<(), GraphqlError> {
        let start = self.at;
        while self.at < self.bytes.len()
            && matches!(self.bytes[self.at], b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
        {
            self.at += 1;
        }
        if self.at - start <= NAME_BYTES_MAX {
            return Ok(());
        }
        Err(GraphqlError::over_limit(
            ErrorCode::DocumentTooLarge,
            "bytes in one name",
            (self.at - start) as u64,
            NAME_BYTES_MAX as u64,
            "no name in the schema is that long",
        )
        .at(self.position(start)))
    }

    /// An integer beyond 64 bits would silently become the nearest double.
    fn number(&mut self) -> Result<(), GraphqlError> {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len()
            && matches!(self.bytes[self.at], b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
        {
            self.at += 1;
        }
        if vanishes(&self.bytes[start..self.at]) {
            let message = "a number is too small for a double and would become 0; send 0 if that \
                           is meant, or a string";
            let error = GraphqlError::new(ErrorCode::BadUserInput, message);
            return Err(error.at(self.position(start)));
        }
        if is_inexact_integer(&self.bytes[start..self.at]) {
            return Err(GraphqlError::new(
                ErrorCode::BadUserInput,
                "an integer of more than 64 bits would lose digits; send it as a string, or with \
                 a fraction or exponent if a double is meant",
            )
            .at(self.position(start)));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), GraphqlError> {
        let start = self.at;
        let end = if self.bytes[start..].starts_with(b"\"\"\"") {
            block_string_end(self.bytes, start + 3)
        } else {
            plain_string_end(self.bytes, start + 1)
        };
        // What follows an unclosed quote could be read as text or as brackets; neither is let in.
        self.at = end.ok_or_else(|| {
            GraphqlError::new(ErrorCode::ParseFailed, "the string that starts here is not closed")
                .at(self.position(start))
        })?;
        Ok(())
    }

    fn punctuator(&mut self, byte: u8) -> Result<(), GraphqlError> {
        match byte {
            b'{' | b'(' | b'[' => self.nesting += 1,
            b'}' | b')' | b']' => self.nesting = self.nesting.saturating_sub(1),
            b'@' => self.directives += 1,
            _ => {}
        }
        if self.nesting > self.nesting_max {
            return Err(GraphqlError::new(
                ErrorCode::DocumentTooDeep,
                format!(
                    "brackets are nested more than {} deep; ask for fewer levels, or in several \
                     operations",
                    self.nesting_max
                ),
            )
            .at(self.position(self.at)));
        }
        if self.directives > self.limits.directives_max {
            return Err(GraphqlError::new(
                ErrorCode::TooManyDirectives,
                format!(
                    "the document has more than {} directives; remove those that repeat",
                    self.limits.directives_max
                ),
            )
            .at(self.position(self.at)));
        }
        self.at += if self.bytes[self.at..].starts_with(b"...") { 3 } else { 1 };
        Ok(())
    }

    /// Only worked out for an error.
    fn position(&self, at: usize) -> Pos {
        let before = &self.bytes[..at];
        let line_start =
            before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Pos {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
        }
    }
}

fn block_string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
    None
}

fn plain_string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Whether these digits are an integer that neither `i64` nor `u64` holds.
pub(crate) fn is_inexact_integer(number: &[u8]) -> bool {
    const SAFE_DIGITS: usize = 18;
    if number.len() <= SAFE_DIGITS
        || number.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E' | b'+'))
    {
        return false;
    }
    std::str::from_utf8(number)
        .is_ok_and(|digits| digits.parse::<i64>().is_err() && digits.parse::<u64>().is_err())
}

/// Whether a double would make 0 of this number, which is another.
pub(crate) fn vanishes(number: &[u8]) -> bool {
    let mut digits = number.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
    digits.any(|byte| matches!(byte, b'1'..=b'9'))
        && std::str::from_utf8(number).is_ok_and(|text| text.parse() == Ok(0.0_f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(document: &str) -> Option<ErrorCode> {
        scan(document, &GraphqlLimits::default()).err().map(|error| error.code())
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        let deep = "{".repeat(500);
        assert_eq!(code(&format!("{{ a(b: \"{deep}\") }}")), None);
        assert_eq!(code(&format!("{{ a(b: \"\"\"{deep} \\\"\"\" {deep}\"\"\") }}")), None);
        assert_eq!(code(&format!("{{ a }} # {deep}")), None);
    }

    #[test]
    fn brackets_of_every_kind_nest() {
        for bracket in ["{", "[", "(", "{a", "{a(b:[", "{...{"] {
            let document = bracket.repeat(5_000);
            assert_eq!(code(&document), Some(ErrorCode::DocumentTooDeep), "{bracket}");
        }
    }

    #[test]
    fn an_unclosed_string_cannot_hide_brackets() {
        let deep = "{a:".repeat(500);
        assert_eq!(code(&format!("{{ a(b: [\"\"\" x \" {deep}")), Some(ErrorCode::ParseFailed));
        assert_eq!(code(&format!("{{ a(b: \"\n{deep}")), Some(ErrorCode::ParseFailed));
    }

    #[test]
    fn integers_beyond_64_bits_are_refused_and_the_rest_kept() {
        assert_eq!(code("{ a(b: 9007199254740993) }"), None);
        assert_eq!(code("{ a(b: 18446744073709551615) }"), None);
        assert_eq!(code("{ a(b: -9223372036854775808) }"), None);
        assert_eq!(code("{ a(b: 18446744073709551616.0) }"), None);
        for number in ["18446744073709551616", "-9223372036854775809"] {
            assert_eq!(code(&format!("{{ a(b: {number}) }}")), Some(ErrorCode::BadUserInput));
        }
    }

    #[test]
    fn an_error_says_the_line_and_column() {
        let error = scan("{\n  ä(b: \"x\n", &GraphqlLimits::default()).expect_err("unclosed");
        let error: async_graphql::ServerError = error.into();
        assert_eq!(error.locations, [Pos { line: 2, column: 8 }]);
    }

    #[test]
    fn tokens_directives_and_names_have_limits() {
        assert_eq!(
            code(&format!("{{{}}}", "a ".repeat(50_000))),
            Some(ErrorCode::DocumentTooLarge)
        );
        assert_eq!(
            code(&format!("{{ a {} }}", "@a".repeat(101))),
            Some(ErrorCode::TooManyDirectives)
        );
        assert_eq!(
            code(&format!("{{ {} }}", "a".repeat(100_000))),
            Some(ErrorCode::DocumentTooLarge)
        );
    }
}
