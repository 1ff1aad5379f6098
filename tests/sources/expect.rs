//! Reading files, and what is expected of them.

use counterpart::domain::command::Command;
use counterpart::dtdl::{Catalogue, Document};
use counterpart::sources::format::{format_of, read};
use counterpart::sources::mapping::Mapping;
use counterpart::sources::moment::Moments;
use counterpart::sources::problem::{Item, Problem};
use counterpart::sources::text::Input;

use crate::engine::now;

/// The items and problems of a file.
pub fn items(input: &Input, mapping: &Mapping, catalogue: &Catalogue) -> (Vec<Item>, Vec<Problem>) {
    let found = format_of(input)
        .and_then(|format| read(input, format, mapping, catalogue, Moments::new(now())));
    match found {
        Ok(found) => {
            let (mut items, mut problems) = (Vec::new(), Vec::new());
            for item in found {
                match item {
                    Ok(item) => items.push(item),
                    Err(problem) => problems.push(problem),
                }
            }
            (items, problems)
        }
        Err(problem) => (Vec::new(), vec![problem]),
    }
}

/// The commands of a text that has no problems.
pub fn commands(name: &str, text: &str, mapping: &Mapping, catalogue: &Catalogue) -> Vec<Command> {
    let (items, problems) = items(&Input::bytes(name, text.as_bytes()), mapping, catalogue);
    assert_eq!(problems, [], "{name}");
    items.into_iter().map(|item| item.command).collect()
}

/// A catalogue of one text.
pub fn catalogue(text: &str) -> Catalogue {
    let name = "test.json";
    let upload =
        Catalogue::empty().plan(&[Document { name, text }]).unwrap_or_else(|e| panic!("{e}"));
    Catalogue::empty().with(&upload)
}
