//! The flat tree: nodes in the order of the text, 16 bytes each, borrowing the text.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use super::super::error::Place;

/// What a node is. `Text` is a string without escapes, `Escaped` one that had to be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    Escaped,
    Array,
    Object,
}

/// One node. `link` is the index after the node's subtree for containers, and the index into
/// `Tree::decoded` for escaped strings; other nodes do not use it.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) link: u32,
    pub(super) kind: Kind,
}

/// A parsed JSON text. Dropping it is flat: no recursion, whatever the nesting was.
pub(crate) struct Tree<'a> {
    /// The name of the document, for errors.
    pub(crate) name: Arc<str>,
    pub(super) text: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) decoded: Vec<Box<str>>,
    /// Key nodes that repeat an earlier key of the same object: (earlier, repeated).
    pub(super) repeated: Vec<(u32, u32)>,
    pub(super) line_starts: OnceCell<Vec<u32>>,
    /// How many more places are worked out. No report lists more; a text with faults by the
    /// ten thousand must not cost a walk for each.
    pub(super) places_left: Cell<usize>,
}

impl<'a> Tree<'a> {
    /// The value that the whole text is.
    pub(crate) fn root(&self) -> Value<'_> {
        Value { tree: self, ix: 0 }
    }

    /// Keys that occur more than once in one object, as (earlier, repeated) key nodes.
    pub(crate) fn repeated_keys(&self) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
        let value = |ix| Value { tree: self, ix };
        self.repeated.iter().map(move |&(first, again)| (value(first), value(again)))
    }

    /// Line and column (both from 1; columns count characters) of a byte offset.
    pub(crate) fn line_column(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts.get_or_init(|| line_starts(self.text));
        let line = starts.partition_point(|&start| start <= offset) - 1;
        let from = starts[line] as usize;
        let column = self.text[from..offset as usize].chars().count() + 1;
        (line as u32 + 1, column as u32)
    }
}

/// Byte offsets at which lines begin; the first is 0.
pub(crate) fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    for (offset, byte) in text.bytes().enumerate() {
        if byte == b'\n' {
            starts.push(offset as u32 + 1);
        }
    }
    starts
}

/// A handle on one node of a tree.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    tree: &'t Tree<'t>,
    ix: u32,
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.ix == other.ix
    }
}

impl<'t> Value<'t> {
    /// A handle on the node at `ix`.
    pub(super) fn new(tree: &'t Tree<'t>, ix: u32) -> Self {
        Value { tree, ix }
    }

    fn node(self) -> &'t Node {
        &self.tree.nodes[self.ix as usize]
    }

    /// The tree that this node belongs to.
    pub(crate) fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    /// The index of the node in its tree: a key for side tables.
    pub(crate) fn index(self) -> u32 {
        self.ix
    }

    /// What the node is.
    pub(crate) fn kind(self) -> Kind {
        self.node().kind
    }

    /// Byte offsets of the node in the text: start, and one past the end.
    pub(crate) fn span(self) -> (u32, u32) {
        (self.node().start, self.node().end)
    }

    /// The text of the node as it was written.
    pub(crate) fn raw(self) -> &'t str {
        &self.tree.text[self.node().start as usize..self.node().end as usize]
    }

    /// The decoded string, if the node is one.
    pub(crate) fn as_str(self) -> Option<&'t str> {
        let node = self.node();
        match node.kind {
            Kind::Text => Some(&self.tree.text[node.start as usize + 1..node.end as usize - 1]),
            Kind::Escaped => Some(&self.tree.decoded[node.link as usize]),
            _ => None,
        }
    }

    /// The boolean, if the node is one.
    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The number, if the node is one that a double can hold.
    pub(crate) fn as_f64(self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok()).flatten()
    }

    /// Whether the node is an object.
    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Whether the node is an array.
    pub(crate) fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// The index of the first node after this node's subtree.
    fn after(self) -> u32 {
        match self.node().kind {
            Kind::Array | Kind::Object => self.node().link,
            _ => self.ix + 1,
        }
    }

    /// The elements of an array; nothing for other nodes.
    pub(crate) fn items(self) -> Items<'t> {
        let end = if self.is_array() { self.after() } else { self.ix + 1 };
        Items { tree: self.tree, next: self.ix + 1, end }
    }

    /// The members of an object as (key, value); nothing for other nodes.
    pub(crate) fn members(self) -> Members<'t> {
        let end = if self.is_object() { self.after() } else { self.ix + 1 };
        Members(Items { tree: self.tree, next: self.ix + 1, end })
    }

    /// The first member of an object with this key, as (key, value).
    pub(crate) fn member(self, key: &str) -> Option<(Value<'t>, Value<'t>)> {
        self.members().find(|(name, _)| name.as_str() == Some(key))
    }

    /// The value of the first member with this key.
    pub(crate) fn get(self, key: &str) -> Option<Value<'t>> {
        self.member(key).map(|(_, value)| value)
    }

    /// Where the node stands, for errors.
    pub(crate) fn place(self) -> Place {
        let left = self.tree.places_left.get();
        if left == 0 {
            return Place::default();
        }
        self.tree.places_left.set(left - 1);
        let (start, end) = self.span();
        let ((line, column), (end_line, end_column)) =
            (self.tree.line_column(start), self.tree.line_column(end));
        let file = self.tree.name.clone();
        Place { file, line, column, end_line, end_column, pointer: self.pointer() }
    }

    /// A JSON pointer (RFC 6901) to this node, found by walking down from the root.
    pub(crate) fn pointer(self) -> String {
        let mut pointer = String::new();
        let mut at = self.tree.root();
        while at.ix != self.ix {
            let Some((step, next)) = at.step_towards(self.ix) else {
                break;
            };
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
            at = next;
        }
        pointer
    }

    fn step_towards(self, target: u32) -> Option<(String, Value<'t>)> {
        let holds = |value: Value<'_>| value.ix <= target && target < value.after();
        if self.is_array() {
            let found = self.items().enumerate().find(|(_, item)| holds(*item));
            return found.map(|(position, item)| (position.to_string(), item));
        }
        let (key, value) = self.members().find(|(key, value)| key.ix == target || holds(*value))?;
        let at = if key.ix == target { key } else { value };
        Some((key.as_str().unwrap_or_default().to_owned(), at))
    }
}

/// Iterator over the elements of an array.
pub(crate) struct Items<'t> {
    tree: &'t Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        if self.next >= self.end {
            return None;
        }
        let value = Value { tree: self.tree, ix: self.next };
        self.next = value.after();
        Some(value)
    }
}

/// Iterator over the members of an object.
pub(crate) struct Members<'t>(Items<'t>);

impl<'t> Iterator for Members<'t> {
    type Item = (Value<'t>, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}
