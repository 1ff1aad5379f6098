//! Checks of plain text that several parts share.

use super::metamodel::Pattern;

/// The length of a text as DTDL counts it: in UTF-16 units, so that a character outside the
/// basic plane counts twice, as in the reference parser.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Whether a text is a language code: `en`, `en-US`, `zh-Hant-TW`, `es-419`.
pub(crate) fn is_language_code(code: &str) -> bool {
    let mut parts = code.split('-');
    let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let language = parts.next().unwrap_or_default();
    if !(2..=4).contains(&language.len()) || !lower(language) {
        return false;
    }
    let is_script = |part: &str| {
        part.len() == 4
            && part.as_bytes()[0].is_ascii_uppercase()
            && part.is_char_boundary(1)
            && lower(&part[1..])
    };
    let is_region = |part: &str| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_uppercase()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => true,
        (Some(part), None, _) => is_script(part) || is_region(part),
        (Some(script), Some(region), None) => is_script(script) && is_region(region),
        _ => false,
    }
}

/// Whether a text has a pattern.
pub(crate) fn matches_pattern(pattern: Pattern, text: &str) -> bool {
    match pattern {
        Pattern::Any => true,
        Pattern::Name => is_name(text),
        Pattern::Topic => is_topic(text),
        Pattern::TopicLabel => !text.is_empty() && text.bytes().all(is_label_byte),
    }
}

/// A letter, then letters, digits and underscores, the last no underscore.
pub(crate) fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last() != Some(&b'_')
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Printable, and none of space, `"`, `+`, `#`, `{`, `}`, `/`.
fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'+' | b'/' | b'{' | b'}')
}

/// Labels and `{tokens}` between slashes; the first label does not begin with `$`.
fn is_topic(text: &str) -> bool {
    text.split('/').enumerate().all(|(position, part)| is_topic_part(part, position == 0))
}

fn is_topic_part(part: &str, first: bool) -> bool {
    if let Some(token) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        let letters =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        return match token.split_once(':') {
            Some((space, name)) => letters(space) && letters(name),
            None => letters(token),
        };
    }
    !part.is_empty() && part.bytes().all(is_label_byte) && !(first && part.starts_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_a_letter_and_do_not_end_with_an_underscore() {
        assert!(is_name("a") && is_name("a_b1"));
        assert!(
            !is_name("") && !is_name("1a") && !is_name("a_") && !is_name("a\n") && !is_name("é")
        );
    }

    #[test]
    fn language_codes_have_a_script_and_a_region_at_most() {
        for good in ["en", "fil", "en-US", "zh-Hant", "zh-Hant-TW", "es-419"] {
            assert!(is_language_code(good), "{good}");
        }
        for bad in ["", "e", "EN", "en-us", "en-US-Latn", "en-", "english", "en-1"] {
            assert!(!is_language_code(bad), "{bad}");
        }
    }

    #[test]
    fn topics_are_labels_and_tokens() {
        for good in ["a", "a/b", "{modelId}/x", "ex:y/{ex:z}"] {
            assert!(is_topic(good), "{good}");
        }
        for bad in ["", "/a", "a/", "$a", "a/{1}", "a b", "a/#"] {
            assert!(!is_topic(bad), "{bad}");
        }
    }
}
