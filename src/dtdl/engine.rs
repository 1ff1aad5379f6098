//! The stages of an upload: read all, link, fetch what is missing, check.

use std::sync::Arc;

use super::arena::Arena;
use super::check::check_model;
use super::dtmi::Dtmi;
use super::error::{ModelError, ModelErrors, Place, rule};
use super::graph::{Graph, Ix};
use super::json::{SyntaxError, Tree};
use super::policy::{Policy, UndefinedExtensions};
use super::read::Reader;

/// Rounds of fetching end after this many, whatever is still missing.
const ROUNDS_MAX: usize = 256;

/// A text that defines models, and the name by which errors call it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The name for messages: a file name, a URL.
    pub name: &'a str,
    /// JSON: one Interface, or an array of them.
    pub text: &'a str,
}

/// A document that was fetched to resolve references.
#[derive(Clone, Debug)]
pub struct FetchedDocument {
    /// The name for messages: a file name, a URL.
    pub name: String,
    /// JSON: one Interface, or an array of them.
    pub text: Arc<str>,
}

/// Where a fetched document comes from.
pub(crate) enum Fetched {
    /// The catalogue: checked before, under whatever policy held then.
    Known(FetchedDocument),
    /// Elsewhere: new, and to be checked like the upload itself.
    New(FetchedDocument),
}

/// What an upload without errors comes to.
pub(crate) struct Outcome<'g, 't> {
    /// All elements.
    pub(crate) graph: &'g Graph<'t>,
    /// The interfaces of the upload and of what was fetched new, in order.
    pub(crate) own: Vec<Ix>,
}

/// Runs an upload through all stages, and gives what comes of it to `finish`.
///
/// `fetch` is called with the identifiers that are missing, and again with those that the
/// documents it gave then miss.
pub(crate) fn process<R>(
    docs: &[Document<'_>],
    policy: &Policy,
    fetch: &mut dyn FnMut(&[Dtmi]) -> Vec<Fetched>,
    finish: impl FnOnce(Outcome<'_, '_>) -> R,
) -> Result<R, ModelErrors> {
    let known_policy = Policy {
        undefined_extensions: UndefinedExtensions::Allow,
        tolerate_solecisms_in_resolved: true,
        ..policy.clone()
    };
    let texts = Arena::<(FetchedDocument, bool)>::new();
    let trees = Arena::<Tree<'_>>::new();
    let mut reader = Reader::new(policy);
    let own_trees = parse_all(docs, &mut reader);
    for tree in trees.add(own_trees) {
        reader.read_document(tree.root(), policy.tolerate_solecisms);
    }
    reader.settle();
    let mut asked: Vec<Dtmi> = Vec::new();
    for round in 0..=ROUNDS_MAX {
        let missing = missing_after(&mut reader, &mut asked, round == ROUNDS_MAX);
        if missing.is_empty() {
            break;
        }
        let fetched = fetch(&missing).into_iter().map(|fetched| match fetched {
            Fetched::Known(document) => (document, true),
            Fetched::New(document) => (document, false),
        });
        let batch = texts.add(fetched.collect());
        for (document, known) in batch {
            let document = Document { name: &document.name, text: &document.text };
            let parsed = trees.add(parse_all(&[document], &mut reader));
            for tree in parsed {
                let policy = if *known { &known_policy } else { policy };
                reader.read_fetched(tree.root(), policy, *known);
            }
        }
    }
    reader.join();
    check_model(&mut reader);
    if !reader.errors.is_empty() {
        return Err(in_order(reader, docs));
    }
    let own = reader.own_interfaces();
    Ok(finish(Outcome { graph: &reader.graph, own }))
}

/// Parses documents to trees. What is no JSON is reported.
fn parse_all<'d>(docs: &[Document<'d>], reader: &mut Reader<'_, '_>) -> Vec<Tree<'d>> {
    let mut trees = Vec::with_capacity(docs.len());
    for doc in docs {
        match Tree::parse(doc.name, doc.text) {
            Ok(tree) => trees.push(tree),
            Err(error) => reader.report(syntax_error(doc, &error)),
        }
    }
    trees
}

fn syntax_error(doc: &Document<'_>, error: &SyntaxError) -> ModelError {
    let offset = doc.text.floor_char_boundary(error.offset as usize);
    let before = &doc.text[..offset];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[start..].chars().count() as u32 + 1;
    let place = Place {
        file: doc.name.into(),
        line,
        column,
        end_line: line,
        end_column: column + 1,
        pointer: String::new(),
    };
    ModelError::new(rule!("invalidJson"))
        .at(place)
        .says(format!("The text is not JSON: {}.", error.reason))
        .mend(error.mend)
}

/// Links what has been read, and says what must be fetched. What was asked for before and is
/// still missing is reported.
fn missing_after(reader: &mut Reader<'_, '_>, asked: &mut Vec<Dtmi>, last: bool) -> Vec<Dtmi> {
    let unresolved = reader.link();
    let (again, new): (Vec<_>, Vec<_>) =
        unresolved.into_iter().partition(|(id, _)| last || asked.contains(id));
    reader.report_unresolved(&again.into_iter().collect());
    let missing: Vec<_> = new.into_iter().map(|(id, _)| id).collect();
    asked.extend(missing.iter().cloned());
    missing
}

/// The errors in the order of the documents and their lines.
fn in_order(reader: Reader<'_, '_>, docs: &[Document<'_>]) -> ModelErrors {
    let mut errors = reader.errors;
    let position = |error: &ModelError| {
        docs.iter().position(|doc| doc.name == &*error.place.file).unwrap_or(usize::MAX)
    };
    errors.sort_by_cached_key(|error| (position(error), error.place.line, error.place.column));
    if reader.errors_left_out > 0 {
        errors.push(
            ModelError::new(rule!("tooManyErrors"))
                .says(format!("{} more errors are not listed.", reader.errors_left_out))
                .mend("Mend those that are listed, then check again."),
        );
    }
    ModelErrors(errors)
}
