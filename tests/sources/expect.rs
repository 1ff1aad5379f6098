//! Reading files, and what is expected of them.

use std::sync::Arc;

use counterpart::domain::command::Command;
use counterpart::dtdl::{Catalogue, Document};
use counterpart::sources::declaration::Declaration;
use counterpart::sources::format::{format_of, read};
use counterpart::sources::import::Report;
use counterpart::sources::moment::Moments;
use counterpart::sources::problem::{Item, Problem};
use counterpart::sources::reading::{Known, Source};
use counterpart::sources::text::Input;

use crate::engine::{Target, now};
use crate::models::files;

/// A declaration.
pub fn source(toml: &str) -> Arc<Declaration> {
    Arc::new(Declaration::parse(toml).unwrap_or_else(|e| panic!("{e}")))
}

/// The items and problems of a file, as the first reading finds them.
pub fn items(
    input: &Input,
    declarations: &[Arc<Declaration>],
    catalogue: &Catalogue,
) -> (Vec<Item>, Vec<Problem>) {
    let moments = Moments::new(now());
    let source = |declaration: &Arc<Declaration>| Source {
        declaration: declaration.clone(),
        known: Arc::new(Known::new()),
        catalogue,
        moments,
    };
    let sources: Vec<_> = declarations.iter().map(source).collect();
    let found = format_of(input, declarations, declarations.len())
        .and_then(|format| read(input, format, &sources, catalogue, moments));
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
pub fn commands(
    name: &str,
    text: &str,
    declarations: &[Arc<Declaration>],
    catalogue: &Catalogue,
) -> Vec<Command> {
    let (items, problems) = items(&Input::bytes(name, text.as_bytes()), declarations, catalogue);
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

/// The report of a first import; a second one must change nothing and find the same problems.
pub async fn imported_twice(inputs: &[Input], sources: &[Arc<Declaration>]) -> Report {
    let target = Target::new().await;
    let all = [inputs, &base_models()].concat();
    let first = target.import(&all, sources).await;
    let second = target.import(inputs, sources).await;
    assert_eq!(second.total().changed, 0, "{second}");
    assert_eq!(
        (second.errors, second.total().read),
        (first.errors, first.total().read),
        "{second}"
    );
    first
}

/// The models that come with the project.
pub fn base_models() -> Vec<Input> {
    files("models/base", "json").iter().map(|(path, _)| Input::file(path)).collect()
}
