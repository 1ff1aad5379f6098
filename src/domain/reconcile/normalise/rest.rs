//! What a column says beyond what others say.

use super::text::text;

/// The words of the first column that stand in none of the others. For a field made of several
/// columns (parted by U+001F): of "full name, first name, last name" the middle names and titles.
pub fn rest(raw: &str) -> String {
    let mut columns = raw.split('\u{1f}').map(text);
    let first = columns.next().unwrap_or_default();
    let others: Vec<String> = columns.collect();
    let known = |word: &str| others.iter().any(|other| other.split(' ').any(|w| w == word));
    first.split(' ').filter(|word| !known(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_others_go() {
        assert_eq!(rest("Sir John A. Smith\u{1f}John\u{1f}Smith"), "sir a");
        assert_eq!(rest("Smith, John\u{1f}John\u{1f}Smith"), "");
        assert_eq!(rest("John Smith"), "john smith");
    }
}
