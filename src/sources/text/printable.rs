//! What systems say may hold anything: here it is made so that a terminal shows it and obeys nothing of it.

use std::borrow::Cow;
use std::fmt::Write;

/// A name, an id or a value for people, on one line: what a terminal would obey (control characters, line breaks,
/// changes of the direction of writing) or not show at all is written as an escape, such as `\n` or `\u001b`.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, obeyed)
}

/// The same for a text of several lines, whose line breaks and tabs are its own.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| obeyed(c) && c != '\n' && c != '\t')
}

/// Whether a terminal does something else than to show it.
fn obeyed(c: char) -> bool {
    let turns_direction = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks_line = matches!(c, '\u{2028}' | '\u{2029}');
    let is_invisible = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    c.is_control() || turns_direction || breaks_line || is_invisible
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if !is_escaped(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a string cannot fail. All of them have four digits, as in JSON and TOML.
            _ => drop(write!(out, "\\u{:04x}", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_as_an_escape() {
        let cases = [
            ("Pump A", "Pump A"),
            ("Überdruck °C \u{5d0} \u{1f1e9}", "Überdruck °C \u{5d0} \u{1f1e9}"),
            ("a\u{1b}[2Jb", "a\\u001b[2Jb"),
            ("a\nb\r\tc\u{7f}\u{9b}", "a\\nb\\r\\tc\\u007f\\u009b"),
            ("inv\u{202e}oice\u{2066}\u{200f}", "inv\\u202eoice\\u2066\\u200f"),
            ("\u{feff}x\u{2028}y\u{200b}", "\\ufeffx\\u2028y\\u200b"),
        ];
        for (text, shown) in cases {
            assert_eq!(printable(text), shown);
        }
        assert_eq!(printable_lines("a\n\tb\u{1b}\r"), "a\n\tb\\u001b\\r");
    }
}
