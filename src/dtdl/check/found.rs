//! What checks find, and where.

use crate::dtdl::error::ModelError;
use crate::dtdl::graph::{Element, Graph, Ix};

/// What a check finds: the element at fault, and the error.
pub(super) type Found = Vec<(Ix, ModelError)>;

impl<'t> Graph<'t> {
    /// The elements to check: those of the upload, in interfaces without errors so far.
    pub(super) fn unchecked(&self) -> impl Iterator<Item = (Ix, &Element<'t>)> {
        self.own().filter(|(ix, _)| !self.is_known(*ix) && !self.is_faulty(*ix))
    }
}

/// An error about an element, at the element.
pub(super) fn at_element(graph: &Graph<'_>, rule: &'static str, ix: Ix) -> ModelError {
    ModelError::new(rule).at(graph.place_of(ix)).element(graph.id_of(ix))
}

/// An error about a property of an element, at the key of the property.
pub(super) fn at_property(
    graph: &Graph<'_>,
    rule: &'static str,
    ix: Ix,
    property: &str,
) -> ModelError {
    let term = crate::dtdl::metamodel::registry().term_of(property);
    let node = graph.get(ix).node;
    let key = node.and_then(|node| node.member(term).or_else(|| node.member(property)));
    let place = match key {
        Some((key, _)) => key.place(),
        None => graph.place_of(ix),
    };
    ModelError::new(rule).at(place).element(graph.id_of(ix)).property(property)
}
