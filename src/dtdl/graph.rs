//! The elements of an upload and how they refer to each other: what the reader makes, the
//! linker completes, the checks walk, and the models are built from.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use smallvec::SmallVec;

use super::context::Active;
use super::error::Place;
use super::json::Value;
use super::metamodel::{Class, Limits, SupplementalType};

/// The index of an element in its graph.
pub(crate) type Ix = u32;

/// The elements that one property refers to.
pub(crate) type Targets = SmallVec<[Ix; 2]>;

/// A literal value of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal<'t> {
    Text(&'t str),
    Bool(bool),
    Integer(i64),
    Number(f64),
    /// Strings by language code.
    Languages(SmallVec<[(&'t str, &'t str); 1]>),
    /// An identifier that need not be defined.
    Identifier(Cow<'t, str>),
}

impl<'t> Literal<'t> {
    /// The string, if it is one.
    pub(crate) fn as_text(&self) -> Option<&'t str> {
        match self {
            Literal::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as text, for messages and comparison.
    pub(crate) fn spelt(&self) -> String {
        match self {
            Literal::Text(text) => (*text).to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Integer(value) => value.to_string(),
            Literal::Number(value) => value.to_string(),
            Literal::Identifier(id) => id.to_string(),
            Literal::Languages(texts) => {
                texts.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// One element of a model.
pub(crate) struct Element<'t> {
    /// The identifier, if the element was given one.
    pub(crate) id: Option<Cow<'t, str>>,
    /// What the element is.
    pub(crate) class: Class,
    /// The DTDL version in which it is written.
    pub(crate) version: u8,
    /// The limits that it was read under.
    pub(crate) limits: Limits,
    /// The contexts in force; none for standard elements.
    pub(crate) context: Option<Rc<Active<'t>>>,
    /// Where it is written; none for standard elements.
    pub(crate) node: Option<Value<'t>>,
    /// The element in which it is written, and in which property.
    pub(crate) parent: Option<(Ix, &'static str)>,
    /// What tells it from others in that property, if it has no identifier.
    pub(crate) segment: Option<Cow<'t, str>>,
    /// The Interface in which it is written: itself, for an Interface. Standard elements have
    /// themselves.
    pub(crate) root: Ix,
    /// The standard element in which a standard element is defined.
    pub(crate) child_of: Option<String>,
    /// Its supplemental types.
    pub(crate) types: SmallVec<[&'static SupplementalType; 1]>,
    /// Its types from unknown extensions.
    pub(crate) unknown_types: SmallVec<[&'t str; 1]>,
    /// Its properties from unknown extensions.
    pub(crate) unknown_properties: Vec<(&'t str, Value<'t>)>,
    /// Its literal properties, with where each is written.
    pub(crate) literals: SmallVec<[(&'static str, Literal<'t>); 3]>,
    /// The elements that its properties refer to.
    pub(crate) objects: SmallVec<[(&'static str, Targets); 2]>,
    /// Who refers to it, and by which property.
    pub(crate) referrers: SmallVec<[(Ix, &'static str); 1]>,
}

impl<'t> Element<'t> {
    /// The literal value of a property.
    pub(crate) fn literal(&self, property: &str) -> Option<&Literal<'t>> {
        self.literals.iter().find(|(name, _)| *name == property).map(|(_, value)| value)
    }

    /// The string value of a property.
    pub(crate) fn text(&self, property: &str) -> Option<&'t str> {
        self.literal(property).and_then(Literal::as_text)
    }

    /// The elements that a property refers to.
    pub(crate) fn children(&self, property: &str) -> &[Ix] {
        self.objects.iter().find(|(name, _)| *name == property).map_or(&[], |(_, targets)| targets)
    }

    /// The one element that a property refers to.
    pub(crate) fn child(&self, property: &str) -> Option<Ix> {
        self.children(property).first().copied()
    }

    /// Whether the element has this supplemental type, or a kind of it.
    pub(crate) fn has_type(&self, id: &str) -> bool {
        self.types.iter().any(|found| found.id == id || found.parent.as_deref() == Some(id))
    }

    /// Whether the element is one that the language defines.
    pub(crate) fn is_standard(&self) -> bool {
        self.node.is_none()
    }

    pub(crate) fn add_object(&mut self, property: &'static str, target: Ix) {
        match self.objects.iter_mut().find(|(name, _)| *name == property) {
            Some((_, targets)) => targets.push(target),
            None => self.objects.push((property, SmallVec::from_slice(&[target]))),
        }
    }
}

/// A reference from one element to another, as it is written.
pub(crate) struct Link<'t> {
    /// The element that refers.
    pub(crate) from: Ix,
    /// The property: a name, or the identifier of a supplemental property.
    pub(crate) property: &'static str,
    /// The key of the property.
    pub(crate) key: Value<'t>,
    /// The reference, or the inline element.
    pub(crate) at: Value<'t>,
    /// The reference as it is written; none for an inline element.
    pub(crate) written: Option<&'t str>,
    /// The identifier that is referred to; none for an inline element.
    pub(crate) target_id: Option<Cow<'t, str>>,
    /// The element, once it is known.
    pub(crate) target: Option<Ix>,
    /// What the property takes.
    pub(crate) wants: Wants,
}

/// What a property takes, as far as a reference must be checked for it.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    /// The class, of which the target must be a kind.
    pub(crate) class: Class,
    /// Whether the target may be written in an older DTDL version; `None` for any version.
    pub(crate) older_versions: Option<bool>,
    /// The supplemental type that the target must have.
    pub(crate) of_type: Option<&'static str>,
    /// The element in which the target must be defined.
    pub(crate) child_of: Option<&'static str>,
    /// The only standard elements allowed, by name; empty for any.
    pub(crate) values: &'static [&'static str],
}

/// All elements of an upload and of what it refers to.
#[derive(Default)]
pub(crate) struct Graph<'t> {
    pub(crate) elements: Vec<Element<'t>>,
    pub(crate) links: Vec<Link<'t>>,
    by_id: HashMap<Cow<'t, str>, Ix>,
    /// Unnamed elements by where they stand and what tells them from others there.
    by_segment: HashMap<(Ix, &'static str, Cow<'t, str>), Ix>,
    /// Identifiers of interfaces that could not be read, so that references to them are no
    /// second error.
    pub(crate) lost: HashSet<&'t str>,
    /// Interfaces with errors, of which later checks would only repeat the consequences.
    pub(crate) faulty: Vec<bool>,
    /// Elements that come from the catalogue and were checked before.
    pub(crate) known: Vec<bool>,
}

impl<'t> Graph<'t> {
    /// The element at an index.
    pub(crate) fn get(&self, ix: Ix) -> &Element<'t> {
        &self.elements[ix as usize]
    }

    pub(crate) fn get_mut(&mut self, ix: Ix) -> &mut Element<'t> {
        &mut self.elements[ix as usize]
    }

    /// The element of this identifier.
    pub(crate) fn find(&self, id: &str) -> Option<Ix> {
        self.by_id.get(id).copied()
    }

    /// Adds an element that is about to be read. It can be found by its identifier at once.
    pub(crate) fn add(&mut self, element: Element<'t>) -> Ix {
        let ix = self.elements.len() as Ix;
        if let Some(id) = &element.id {
            self.by_id.entry(id.clone()).or_insert(ix);
        } else if let (Some((parent, property)), Some(segment)) = (element.parent, &element.segment)
        {
            self.by_segment.insert((parent, property, segment.clone()), ix);
        }
        self.elements.push(element);
        self.faulty.push(false);
        self.known.push(false);
        ix
    }

    /// The unnamed element of this name in a property.
    pub(crate) fn find_made(
        &self,
        parent: Ix,
        property: &'static str,
        segment: Cow<'t, str>,
    ) -> Option<Ix> {
        self.by_segment.get(&(parent, property, segment)).copied()
    }

    /// Makes an identifier find an element that has another (an alias of a standard element).
    pub(crate) fn add_alias(&mut self, id: Cow<'t, str>, ix: Ix) {
        self.by_id.entry(id).or_insert(ix);
    }

    /// The Interface in which an element is written.
    pub(crate) fn root_of(&self, ix: Ix) -> Ix {
        self.get(ix).root
    }

    /// Marks the Interface in which an element is written as having errors.
    pub(crate) fn mark_faulty(&mut self, ix: Ix) {
        let root = self.root_of(ix);
        self.faulty[root as usize] = true;
    }

    /// Whether the Interface in which an element is written has errors.
    pub(crate) fn is_faulty(&self, ix: Ix) -> bool {
        self.faulty[self.root_of(ix) as usize]
    }

    /// Whether an element was checked before.
    pub(crate) fn is_known(&self, ix: Ix) -> bool {
        self.known[ix as usize]
    }

    /// The identifier of an element: its own, or one made from its path (DTDL v3, "Digital
    /// Twin Model Identifier", system-generated identifiers).
    pub(crate) fn id_of(&self, ix: Ix) -> String {
        let mut steps = Vec::new();
        let mut at = ix;
        loop {
            let element = self.get(at);
            match (&element.id, element.parent) {
                (Some(id), _) => return join(id, &steps),
                (None, None) => return join("", &steps),
                (None, Some((parent, property))) => {
                    steps.push((property, element.segment.as_deref()));
                    at = parent;
                }
            }
        }
    }

    /// The identifier that an element in this place would have.
    pub(crate) fn id_in(&self, parent: Ix, property: &str, segment: Option<&str>) -> String {
        join(&self.id_of(parent), &[(property, segment)])
    }

    /// Where an element is written.
    pub(crate) fn place_of(&self, ix: Ix) -> Place {
        self.get(ix).node.map(Value::place).unwrap_or_default()
    }

    /// The contents of an interface, own ones first, then those of all that it extends, each
    /// once.
    pub(crate) fn all_contents(&self, ix: Ix) -> Vec<Ix> {
        let mut contents = Vec::new();
        let mut seen = HashSet::from([ix]);
        let mut queue = VecDeque::from([ix]);
        while let Some(at) = queue.pop_front() {
            contents.extend(self.get(at).children("contents"));
            queue.extend(
                self.get(at).children("extends").iter().filter(|parent| seen.insert(**parent)),
            );
        }
        contents
    }

    /// The elements that must not be walked past: all from the model itself.
    pub(crate) fn own(&self) -> impl Iterator<Item = (Ix, &Element<'t>)> {
        let all = self.elements.iter().enumerate().map(|(ix, element)| (ix as Ix, element));
        all.filter(|(_, element)| !element.is_standard())
    }
}

fn join(id: &str, steps: &[(&str, Option<&str>)]) -> String {
    let (path, version) = id.find(';').map_or((id, ""), |at| id.split_at(at));
    let mut joined = path.to_owned();
    for (property, segment) in steps.iter().rev() {
        joined.push_str(":_");
        joined.push_str(property.split(';').next().unwrap_or_default());
        if let Some(segment) = segment {
            joined.push_str(":__");
            joined.push_str(segment);
        }
    }
    joined + version
}
