//! Names of manufacturers without legal forms, and codes of models without punctuation.

/// Legal forms and filler words that say nothing about who made a thing.
const LEGAL: [&str; 32] = [
    "ag",
    "gmbh",
    "co",
    "kg",
    "kgaa",
    "se",
    "sa",
    "spa",
    "srl",
    "as",
    "ab",
    "nv",
    "bv",
    "oy",
    "oyj",
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "llc",
    "corp",
    "corporation",
    "company",
    "intl",
    "international",
    "aktiengesellschaft",
    "plc",
    "pty",
    "sas",
    "sarl",
    "und",
    "and",
];

/// A manufacturer's name as lower-case words without legal forms and punctuation: `"Endress + Hauser GmbH+Co. KG"` is `"endress hauser"`.
///
/// Dotted initials join (`A.B.B.` is `abb`). A name that is nothing but a legal form keeps its words.
pub fn manufacturer(raw: &str) -> Option<String> {
    let lower = raw.to_lowercase();
    let words: Vec<String> = lower
        .split([' ', '+', '&', ',', '/', '-', '_'])
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect();
    let telling: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !LEGAL.contains(word)).collect();
    let joined = if telling.is_empty() { words.join(" ") } else { telling.join(" ") };
    (!joined.is_empty()).then_some(joined)
}

/// A model or order code as upper-case letters and digits: `"fc-302 p11k"` is `"FC302P11K"`.
pub fn model(raw: &str) -> Option<String> {
    let bare: String =
        raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    (bare.chars().count() >= 2).then_some(bare)
}

fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_say_nothing() {
        for raw in [
            "Endress+Hauser",
            "ENDRESS & HAUSER",
            "Endress und Hauser",
            "Endress + Hauser GmbH+Co. KG",
        ] {
            assert_eq!(manufacturer(raw).as_deref(), Some("endress hauser"), "{raw}");
        }
        assert_eq!(manufacturer("A.B.B."), manufacturer("ABB AG"));
        assert_eq!(manufacturer("  "), None);
        assert_eq!(manufacturer("SE").as_deref(), Some("se"));
    }

    #[test]
    fn codes_are_compared_without_punctuation() {
        assert_eq!(model("fc-302 p11k"), model("FC302P11K"));
        assert_eq!(model("-"), None);
    }
}
