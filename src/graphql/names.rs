//! GraphQL names of models and their contents: given once, in the order of upload, and never changed.
//!
//! A model `dtmi:org:brickschema:schema:Brick:VAV;1` is the object type `VAV`. Three names are taken
//! together for each model, so that none of them changes when the model gets subtypes later:
//!
//! | name | what it is |
//! |---|---|
//! | `VAV` | the object type: twins of exactly this model |
//! | `AnyVAV` | the interface: twins of this model and of all that extend it; served once it has subtypes |
//! | `VAVComponent` | the part of another twin that has this model as its component |
//!
//! A model whose name is taken gets more of its path (`Brick_VAV`), another version of a model that
//! has a name gets its version (`VAV_v2`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::builtin;
use crate::dtdl::Dtmi;

/// The names of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelNames {
    /// Twins of exactly this model.
    pub object: Arc<str>,
    /// Twins of this model and its subtypes.
    pub any: Arc<str>,
    /// The model as a component.
    pub component: Arc<str>,
}

impl ModelNames {
    fn of(base: &str) -> Self {
        Self {
            object: base.into(),
            any: format!("Any{base}").into(),
            component: format!("{base}Component").into(),
        }
    }

    fn all(&self) -> [&Arc<str>; 3] {
        [&self.object, &self.any, &self.component]
    }
}

/// The names of all models, given in the order in which the models came.
#[derive(Debug, Clone, Default)]
pub struct Names {
    of_model: HashMap<Dtmi, ModelNames>,
    model_of: HashMap<Arc<str>, Dtmi>,
    /// Paths of which a version has a name.
    paths: HashSet<String>,
}

impl Names {
    /// Gives names to the models that have none yet, in this order.
    pub fn extend<'a>(&mut self, models: impl IntoIterator<Item = &'a Dtmi>) {
        for model in models {
            if !self.of_model.contains_key(model) {
                self.give(model);
            }
        }
    }

    /// The names of a model.
    pub fn of(&self, model: &Dtmi) -> Option<&ModelNames> {
        self.of_model.get(model)
    }

    /// The model that has this name, as object, interface or component.
    pub fn model(&self, name: &str) -> Option<&Dtmi> {
        self.model_of.get(name)
    }

    /// How many models have names.
    pub fn len(&self) -> usize {
        self.of_model.len()
    }

    /// Whether no model has a name.
    pub fn is_empty(&self) -> bool {
        self.of_model.is_empty()
    }

    fn give(&mut self, model: &Dtmi) {
        let parts = Parts::of(model.as_str());
        let is_free = |base: &String| {
            let names = ModelNames::of(base);
            let mut all = names.all().into_iter();
            all.all(|name| !builtin::is_reserved(name) && !self.model_of.contains_key(name))
        };
        let versioned = self.paths.contains(&parts.path());
        // The numbers have no end, so there is always a free one.
        let Some(base) = parts.candidates(versioned).find(is_free) else {
            return;
        };
        let names = ModelNames::of(&base);
        for name in names.all() {
            self.model_of.insert(name.clone(), model.clone());
        }
        self.paths.insert(parts.path());
        self.of_model.insert(model.clone(), names);
    }
}

/// The GraphQL field of a content: its own name, or with `_` behind it when every twin has a field
/// of that name. No DTDL name ends in `_`, so that is always free.
pub fn field_name(content: &str) -> String {
    if builtin::is_twin_field(content) { format!("{content}_") } else { safe(content) }
}

/// A DTMI in its parts.
struct Parts<'a> {
    segments: Vec<&'a str>,
    version: &'a str,
}

impl<'a> Parts<'a> {
    fn of(dtmi: &'a str) -> Self {
        let (path, version) = dtmi.split_once(';').unwrap_or((dtmi, ""));
        let path = path.strip_prefix("dtmi:").unwrap_or(path);
        Self { segments: path.split(':').collect(), version }
    }

    fn path(&self) -> String {
        self.segments.join(":")
    }

    /// Names to try, best first: more and more of the path, then numbers.
    fn candidates(&self, versioned: bool) -> impl Iterator<Item = String> + '_ {
        let version = match (versioned, self.version) {
            (false, _) => String::new(),
            (true, "") => "_unversioned".to_owned(),
            (true, version) => format!("_v{}", version.replace('.', "_")),
        };
        let longest = self.tail(self.segments.len());
        let tails = (1..=self.segments.len()).map(|count| self.tail(count));
        let numbered = (2_u32..).map(move |number| format!("{longest}_{number}"));
        tails.chain(numbered).map(move |name| format!("{name}{version}"))
    }

    /// The last segments, with a capital in front: type names in GraphQL start so.
    fn tail(&self, count: usize) -> String {
        let joined = self.segments[self.segments.len() - count..].join("_");
        let name = safe(&joined);
        let mut chars = name.chars();
        match chars.next() {
            Some(first) => first.to_uppercase().chain(chars).collect(),
            None => name,
        }
    }
}

/// `text` with only what GraphQL allows in names; a name may not start with a digit or with `__`.
fn safe(text: &str) -> String {
    let mut name: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, 'M');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(models: &[&str]) -> Vec<String> {
        let models: Vec<Dtmi> = models.iter().map(|m| m.parse().unwrap()).collect();
        let mut names = Names::default();
        names.extend(&models);
        models.iter().map(|m| names.of(m).unwrap().object.to_string()).collect()
    }

    #[test]
    fn a_model_is_called_by_the_last_part_of_its_id() {
        assert_eq!(
            named(&["dtmi:org:brickschema:schema:Brick:VAV;1", "dtmi:com:example:boiler;1"]),
            ["VAV", "Boiler"]
        );
    }

    #[test]
    fn a_name_that_is_taken_gets_more_of_the_path() {
        assert_eq!(
            named(&[
                "dtmi:org:brickschema:schema:Brick:Sensor;1",
                "dtmi:com:willow:Sensor;1",
                "dtmi:com:other:willow:Sensor;1",
            ]),
            ["Sensor", "Willow_Sensor", "Other_willow_Sensor"]
        );
    }

    #[test]
    fn another_version_gets_its_version() {
        assert_eq!(
            named(&[
                "dtmi:com:example:Boiler;1",
                "dtmi:com:example:Boiler;2",
                "dtmi:com:example:Boiler;3"
            ]),
            ["Boiler", "Boiler_v2", "Boiler_v3"]
        );
    }

    #[test]
    fn our_own_types_keep_their_names() {
        assert_eq!(
            named(&[
                "dtmi:com:example:Twin;1",
                "dtmi:com:example:String;1",
                "dtmi:com:example:Query;1"
            ]),
            ["Example_Twin", "Example_String", "Example_Query"]
        );
    }

    #[test]
    fn the_interface_and_component_names_of_a_model_are_its_own_too() {
        assert_eq!(
            named(&["dtmi:a:Pump;1", "dtmi:a:AnyPump;1", "dtmi:a:PumpComponent;1"]),
            ["Pump", "A_AnyPump", "A_PumpComponent"]
        );
    }

    #[test]
    fn names_stay_when_more_models_come() {
        let first: Dtmi = "dtmi:a:Pump;1".parse().unwrap();
        let second: Dtmi = "dtmi:b:Pump;1".parse().unwrap();
        let mut names = Names::default();
        names.extend([&first]);
        let before = names.of(&first).cloned();
        names.extend([&second, &first]);
        assert_eq!(names.of(&first).cloned(), before);
        assert_eq!(names.model("AnyB_Pump"), Some(&second));
    }

    #[test]
    fn a_content_named_like_a_field_of_every_twin_gets_an_underscore() {
        assert_eq!(field_name("location"), "location_");
        assert_eq!(field_name("temperature"), "temperature");
    }
}
