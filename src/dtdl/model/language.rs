//! Strings in several languages.

use smallvec::SmallVec;

/// Strings by language code, in the order in which the model has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LanguageMap(SmallVec<[(Box<str>, Box<str>); 1]>);

impl LanguageMap {
    /// The string in this language (a code such as `en` or `de-CH`), exactly.
    pub fn get(&self, code: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == code).map(|(_, text)| text)
    }

    /// The string to show when any language will do: English if there is one, else the first.
    pub fn any(&self) -> Option<&str> {
        let english = self.iter().find(|(code, _)| *code == "en" || code.starts_with("en-"));
        english.or_else(|| self.iter().next()).map(|(_, text)| text)
    }

    /// All strings, as (language code, string).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, text)| (&**code, &**text))
    }

    /// Whether there is no string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for LanguageMap {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(texts: I) -> Self {
        LanguageMap(texts.into_iter().map(|(code, text)| (code.into(), text.into())).collect())
    }
}
