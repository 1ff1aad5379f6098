//! Descriptions of types and fields, from the texts of the models.

use crate::dtdl::{Content, Interface, LanguageMap};

/// What a model says about itself.
pub fn interface(interface: &Interface) -> Option<String> {
    words(&interface.display_name, &interface.description, interface.id.last_segment())
}

/// What a content says about itself.
pub fn content(content: &Content) -> Option<String> {
    words(&content.display_name, &content.description, &content.name)
}

/// What people call a model.
pub fn display_name(interface: &Interface) -> String {
    let named = interface.display_name.any().filter(|name| !name.trim().is_empty());
    named.unwrap_or(interface.id.last_segment()).to_owned()
}

/// The description, or else the display name where it says more than the name does.
fn words(display_name: &LanguageMap, description: &LanguageMap, name: &str) -> Option<String> {
    let given = |map: &LanguageMap| {
        map.any().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    given(description).or_else(|| given(display_name).filter(|text| plain(text) != plain(name)))
}
