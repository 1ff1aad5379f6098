//! What people call a twin.

use super::id::TwinId;
use super::view::View;

/// Properties that hold what people call a thing, best first.
pub const NAME_PATHS: [&str; 4] = ["displayName", "name", "label", "title"];

/// What people call the twin: its name, else an id of it, else its model.
pub fn display_name(view: &View<'_>, id: TwinId) -> String {
    let named = NAME_PATHS.iter().filter_map(|path| view.property(id, path)?.value.as_str());
    if let Some(name) = named.into_iter().find(|name| !name.trim().is_empty()) {
        return name.to_owned();
    }
    if let Some((external, _)) = view.external_ids(id).first() {
        return external.id.to_string();
    }
    match view.twin(id) {
        Some((_, existence)) => format!("{} {id}", existence.value.model.last_segment()),
        None => id.to_string(),
    }
}
