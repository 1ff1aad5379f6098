//! All that the language and its extensions name, built once from the tables: contexts with
//! their terms, and supplemental types by identifier.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::class::Class;
use super::extension::EXTENSIONS;
use super::limits::Limits;
use super::quantitative::{APPEARANCES, Appearance, central_types};
use super::quantity::{Edition, PREFIXES, QUANTITIES};
use super::standard::{GEOSPATIAL, PRIMITIVES};
use super::supplemental::{ExtensionKind, SupplementalType, intrinsic_types, types_of};
use super::unit::FAMILIES;

/// A context that models may name, and what its terms mean.
pub(crate) struct Context {
    /// The identifier: `dtmi:dtdl:context;3`.
    pub(crate) id: String,
    /// The identifier without its version.
    pub(crate) name: String,
    /// The version.
    pub(crate) major: u32,
    /// Terms to identifiers.
    pub(crate) terms: HashMap<&'static str, String>,
    /// What the identifiers of models that use it must not begin with.
    pub(crate) reserved: &'static [&'static str],
    /// The limits that it sets, for a limit context.
    pub(crate) limits: Option<Limits>,
}

/// Everything that the language names.
pub(crate) struct Registry {
    contexts: Vec<Context>,
    types: Vec<SupplementalType>,
    type_by_id: HashMap<String, usize>,
    term_by_id: HashMap<String, &'static str>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::build);

/// The registry.
pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

impl Registry {
    /// The context of this identifier.
    pub(crate) fn context(&self, name: &str, major: u32) -> Option<&Context> {
        self.contexts.iter().find(|context| context.name == name && context.major == major)
    }

    /// Whether any version of a context of this name exists.
    pub(crate) fn has_context_named(&self, name: &str) -> bool {
        self.contexts.iter().any(|context| context.name == name)
    }

    /// The versions of a context, for messages.
    pub(crate) fn context_versions(&self, name: &str) -> String {
        let named = self.contexts.iter().filter(|context| context.name == name);
        named.map(|context| context.major.to_string()).collect::<Vec<_>>().join(", ")
    }

    /// The supplemental type of this identifier.
    pub(crate) fn supplemental(&self, id: &str) -> Option<&SupplementalType> {
        self.type_by_id.get(id).map(|&at| &self.types[at])
    }

    /// The identifier of a property of units, if there is one.
    pub(super) fn property_id(&self, id: &str) -> Option<&str> {
        let kinds = [ExtensionKind::SemanticUnit, ExtensionKind::Adjunct];
        let of_units = self.types.iter().filter(|found| kinds.contains(&found.kind));
        let mut all = of_units.flat_map(|found| &found.properties);
        all.find(|property| property.id == id).map(|property| property.id.as_str())
    }

    /// The term for an identifier, or the identifier itself.
    pub(crate) fn term_of<'a>(&self, id: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.term_by_id.get(id).copied().unwrap_or(id)
    }

    /// The term for an identifier, if there is one.
    pub(crate) fn known_term(&self, id: &str) -> Option<&'static str> {
        self.term_by_id.get(id).copied()
    }

    /// Whether an identifier begins as only the language's own do.
    pub(crate) fn is_reserved(&self, id: &str) -> bool {
        self.contexts
            .iter()
            .any(|context| context.reserved.iter().any(|prefix| id.starts_with(prefix)))
    }

    fn build() -> Registry {
        let mut types = intrinsic_types();
        types.extend(central_types());
        for appearance in APPEARANCES {
            types.extend(appearance.types());
        }
        for extension in EXTENSIONS {
            for edition in extension.editions.0..=extension.editions.1 {
                types.extend(types_of(extension, edition));
            }
        }
        let contexts = build_contexts(&types);
        let type_by_id =
            types.iter().enumerate().map(|(at, found)| (found.id.clone(), at)).collect();
        let mut term_by_id = HashMap::new();
        for (term, id) in contexts.iter().flat_map(|context| &context.terms) {
            // Of two terms for one thing, the one that its identifier ends with is its own.
            if id.split(';').next().is_some_and(|path| path.ends_with(term)) {
                term_by_id.insert(id.clone(), *term);
            } else {
                term_by_id.entry(id.clone()).or_insert(*term);
            }
        }
        Registry { contexts, types, type_by_id, term_by_id }
    }
}

fn build_contexts(types: &[SupplementalType]) -> Vec<Context> {
    let mut contexts: Vec<_> = [2, 3, 4].into_iter().map(language_context).collect();
    for appearance in &APPEARANCES[1..] {
        let mut context = empty(appearance.context, &[]);
        add_units(&mut context.terms, *appearance);
        contexts.push(context);
    }
    let central: &[&str] = &["dtmi:iotcentral:"];
    let operations: &[&str] = &["dtmi:iotoperations:"];
    contexts.push(empty("dtmi:iotcentral:context;2", central));
    for extension in EXTENSIONS {
        for edition in extension.editions.0..=extension.editions.1 {
            let reserved = if extension.type_prefix.is_empty() { &[] } else { operations };
            contexts.push(empty(&format!("{};{edition}", extension.context), reserved));
        }
    }
    for limits in [Limits::Aio, Limits::Onvif] {
        contexts.push(Context { limits: Some(limits), ..empty(limits.context(), &[]) });
    }
    for found in types {
        let context = contexts.iter_mut().find(|context| context.id == found.context);
        if let Some(context) = context {
            context.terms.insert(found.term, found.id.clone());
            // Properties of the language itself keep their place in its own context.
            let brought = |id: &str| {
                version_of_language(&context.id) || !id.starts_with("dtmi:dtdl:property:")
            };
            let properties = found.properties.iter().filter(|property| brought(&property.id));
            let terms = properties.map(|property| (property.term, property.id.clone()));
            context.terms.extend(terms.collect::<Vec<_>>());
        }
    }
    if let Some(context) =
        contexts.iter_mut().find(|context| context.name == "dtmi:iotcentral:context")
    {
        for term in ["geopoint", "vector"] {
            context.terms.insert(term, format!("dtmi:iotcentral:schema:{term};2"));
        }
        context.terms.remove("unit");
    }
    contexts
}

/// Whether a context is that of a DTDL version.
fn version_of_language(context: &str) -> bool {
    context.starts_with("dtmi:dtdl:context;")
}

fn empty(id: &str, reserved: &'static [&'static str]) -> Context {
    let (name, version) = id.split_once(';').unwrap_or((id, "0"));
    Context {
        id: id.to_owned(),
        name: name.to_owned(),
        major: version.parse().unwrap_or(0),
        terms: HashMap::new(),
        reserved,
        limits: None,
    }
}

fn language_context(version: u8) -> Context {
    let mut context =
        empty(&format!("dtmi:dtdl:context;{version}"), &["dtmi:dtdl:", "dtmi:standard:"]);
    let terms = &mut context.terms;
    for class in Class::all_in(version) {
        terms.insert(class.name(), format!("dtmi:dtdl:class:{};{version}", class.name()));
        for property in class.properties(version) {
            terms.insert(property.name, format!("dtmi:dtdl:property:{};{version}", property.name));
        }
    }
    for row in PRIMITIVES.iter().filter(|row| row.since <= version) {
        terms.insert(row.name, format!("dtmi:dtdl:instance:Schema:{};{version}", row.name));
    }
    for name in ["asynchronous", "synchronous"] {
        terms.insert(name, format!("dtmi:dtdl:instance:CommandType:{name};{version}"));
    }
    for row in GEOSPATIAL {
        terms.insert(row.name, format!("dtmi:standard:schema:geospatial:{};{version}", row.name));
    }
    terms.insert("exponent", format!("dtmi:dtdl:property:exponent;{version}"));
    if version == 4 {
        terms.insert("scaledDecimal", "dtmi:standard:schema:scaledDecimal;4".to_owned());
    }
    if version == 2 {
        add_units(terms, APPEARANCES[0]);
    } else {
        terms.insert("DtdlExtension", format!("dtmi:dtdl:meta:DtdlExtension;{version}"));
        terms.insert("metamodel", format!("dtmi:dtdl:meta:metamodel;{version}"));
        terms.insert("model", format!("dtmi:dtdl:meta:model;{version}"));
    }
    context
}

fn add_units(terms: &mut HashMap<&'static str, String>, appearance: Appearance) {
    let is_v2 = appearance.edition == Edition::V2;
    for family in FAMILIES.iter().filter(|family| family.since <= appearance.edition) {
        terms.insert(family.name, appearance.id("enum", family.name));
        for unit in family.units.iter().filter(|unit| unit.since <= appearance.edition) {
            terms.insert(unit.name, appearance.id("unit", unit.name));
        }
    }
    for quantity in QUANTITIES.iter().filter(|quantity| quantity.since <= appearance.edition) {
        terms.insert(quantity.name, appearance.id("class", quantity.name));
    }
    for prefix in PREFIXES {
        let name = if is_v2 && prefix.name == "deca" { "deka" } else { prefix.name };
        terms.insert(name, appearance.id("unitprefix", name));
    }
    if !is_v2 {
        for name in ["DecimalPrefix", "BinaryPrefix"] {
            terms.insert(name, appearance.id("enum", name));
        }
        // Energy rates are measured in units of power; the extension has both names.
        terms.insert("EnergyRateUnit", appearance.id("enum", "PowerUnit"));
    }
}
