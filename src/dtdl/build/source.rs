//! The text of one interface, alone and in canonical form.

use super::super::graph::{Graph, Ix};
use super::super::json::quote;

/// JSON of just this interface: its contexts are spelt out, and interfaces that are written
/// inside it become references to them.
pub(super) fn source_of(graph: &Graph<'_>, ix: Ix, nested: &[Ix]) -> String {
    let element = graph.get(ix);
    let Some(node) = element.node else {
        return String::new();
    };
    let context = element.context.as_ref().map(|context| context.specifiers()).unwrap_or_default();
    let nested: Vec<_> =
        nested.iter().filter_map(|ix| Some((graph.get(*ix).node?, graph.id_of(*ix)))).collect();
    let mut out = String::with_capacity(node.raw().len());
    out.push_str("{\"@context\":");
    write_context(&mut out, &context);
    let mut members: Vec<_> =
        node.members().filter(|(key, _)| key.as_str() != Some("@context")).collect();
    members.sort_by_key(|(key, _)| key.as_str());
    for (key, value) in members {
        out.push(',');
        quote(&mut out, key.as_str().unwrap_or_default());
        out.push(':');
        value.write_canonical(&mut out, &mut |inner, out| {
            let found = nested.iter().find(|(node, _)| *node == inner);
            found.map(|(_, id)| quote(out, id)).is_some()
        });
    }
    out.push('}');
    out
}

fn write_context(out: &mut String, specifiers: &[&str]) {
    if let [only] = specifiers {
        return quote(out, only);
    }
    out.push('[');
    for (position, specifier) in specifiers.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        quote(out, specifier);
    }
    out.push(']');
}
