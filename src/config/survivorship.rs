//! Which of several sources' values survives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::reconcile::survive::{
    Group, Paths, PropertyRules, Rule, Survivorship as Rules, Trust,
};
use crate::domain::rejection::Rejection;
use crate::dtdl::Dtmi;

const DAY_S: f64 = 86_400.0;

/// Rules of survivorship: `authority`, `mostRecent`, `mostComplete`, `longest`, `mostFrequent`, `min`, `max`, each for
/// what the ones before leave undecided. A steward's override goes before all.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Survivorship {
    /// The rules where no other entry says more.
    pub rules: Vec<Rule>,
    /// Rules for some properties; the first entry that fits counts.
    pub properties: Vec<PropertyEntry>,
    /// Properties that survive together; the first entry that fits counts.
    pub groups: Vec<GroupEntry>,
    /// How far systems are trusted, by name. This goes before what their declarations say.
    pub sources: BTreeMap<Arc<str>, SourceEntry>,
}

/// Rules for some properties.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyEntry {
    /// Properties: `serialNumber`, or `address/*` for all inside a component.
    pub paths: Vec<String>,
    /// Only for twins of these models and their subtypes.
    #[serde(default)]
    pub models: Vec<String>,
    /// The rules, in turn.
    pub rules: Vec<Rule>,
}

/// Properties that make sense only together, such as an address: they come from one source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// What people call it.
    pub name: String,
    /// Properties: `address/*`, or each by its path.
    pub paths: Vec<String>,
    /// Only for twins of these models and their subtypes.
    #[serde(default)]
    pub models: Vec<String>,
    /// The rules, in turn.
    #[serde(default = "group_rules")]
    pub rules: Vec<Rule>,
}

/// How far a system is trusted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceEntry {
    /// Its authority, from 0 on; what counts is how systems compare.
    pub authority: f64,
    /// The same for single properties.
    pub properties: BTreeMap<Arc<str>, f64>,
    /// After so many days since the system touched a record, its trust in it is halved, and so on.
    pub half_life_days: Option<f64>,
    /// After so many days a record goes behind all that are not so old.
    pub stale_after_days: Option<f64>,
}

impl Default for SourceEntry {
    fn default() -> Self {
        Self {
            authority: Trust::DEFAULT.authority,
            properties: BTreeMap::new(),
            half_life_days: None,
            stale_after_days: None,
        }
    }
}

impl Default for Survivorship {
    fn default() -> Self {
        let Rules { rules, groups, .. } = Rules::default();
        let groups = groups.iter().map(|group| GroupEntry {
            name: group.name.to_string(),
            paths: group.paths.iter().map(|path| path.to_string()).collect(),
            models: Vec::new(),
            rules: group.rules.clone(),
        });
        Self { rules, properties: Vec::new(), groups: groups.collect(), sources: BTreeMap::new() }
    }
}

fn group_rules() -> Vec<Rule> {
    vec![Rule::MostComplete, Rule::Authority, Rule::MostRecent]
}

impl Survivorship {
    /// The rules for the domain.
    ///
    /// # Errors
    /// When a model is no DTMI, an authority is negative, or a time is not positive.
    pub fn rules(&self) -> Result<Rules, Rejection> {
        let properties = self.properties.iter().map(|entry| {
            let models = models(&entry.models)?;
            let paths = Paths::new(entry.paths.iter().map(String::as_str));
            Ok(PropertyRules { paths, models, rules: entry.rules.clone() })
        });
        let groups = self.groups.iter().map(|entry| {
            Ok(Group {
                name: entry.name.as_str().into(),
                paths: Paths::new(entry.paths.iter().map(String::as_str)),
                models: models(&entry.models)?,
                rules: entry.rules.clone(),
            })
        });
        let sources =
            self.sources.iter().map(|(system, entry)| Ok((system.clone(), entry.trust(system)?)));
        Ok(Rules {
            rules: self.rules.clone(),
            properties: properties.collect::<Result<_, Rejection>>()?,
            groups: groups.collect::<Result<_, Rejection>>()?,
            sources: sources.collect::<Result<_, Rejection>>()?,
        })
    }
}

impl SourceEntry {
    fn trust(&self, system: &str) -> Result<Trust, Rejection> {
        let authorities = std::iter::once(&self.authority).chain(self.properties.values());
        for authority in authorities {
            if !authority.is_finite() || *authority < 0.0 {
                return Err(Rejection::Invalid(format!(
                    "survivorship.sources.{system}: the authority {authority} is not a number from 0 on"
                )));
            }
        }
        let duration = |name: &str, days: Option<f64>| {
            let duration = days.map(|days| Duration::try_from_secs_f64(days * DAY_S));
            match duration {
                Some(Ok(duration)) if !duration.is_zero() => Ok(Some(duration)),
                None => Ok(None),
                Some(_) => Err(Rejection::Invalid(format!(
                    "survivorship.sources.{system}.{name} is no number of days above 0"
                ))),
            }
        };
        Ok(Trust {
            authority: self.authority,
            properties: self.properties.clone(),
            half_life: duration("half_life_days", self.half_life_days)?,
            stale_after: duration("stale_after_days", self.stale_after_days)?,
        })
    }
}

fn models(texts: &[String]) -> Result<Vec<Dtmi>, Rejection> {
    let parsed = texts.iter().map(|text| {
        text.parse().map_err(|error| {
            Rejection::Invalid(format!(
                "the model `{text}` in [survivorship] is not a DTMI: {error}"
            ))
        })
    });
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Rules, String> {
        let read: Survivorship = toml::from_str(toml).map_err(|error| error.to_string())?;
        read.rules().map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_domain() {
        assert_eq!(Survivorship::default().rules().unwrap(), Rules::default());
    }

    #[test]
    fn everything_can_be_said_in_toml() {
        let rules = read(
            r#"
            rules = ["mostRecent"]
            [[properties]]
            paths = ["installDate"]
            models = ["dtmi:counterpart:base:Asset;1"]
            rules = ["min"]
            [[groups]]
            name = "address"
            paths = ["address/*"]
            [sources.erp]
            authority = 0.9
            properties = { name = 0.1 }
            half_life_days = 365
            "#,
        )
        .unwrap();
        assert_eq!(rules.rules, [Rule::MostRecent]);
        assert_eq!(rules.properties[0].rules, [Rule::Min]);
        assert!(rules.groups[0].paths.hold("address/street"));
        assert_eq!(rules.groups[0].rules, group_rules());
        assert_eq!(rules.sources["erp"].half_life, Some(Duration::from_secs(365 * 86_400)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (toml, named) in [
            ("rules = [\"biggest\"]", "biggest"),
            ("[[properties]]\npaths = [\"a\"]\nmodels = [\"pump\"]\nrules = []", "`pump`"),
            ("[sources.erp]\nauthority = -1", "sources.erp"),
            ("[sources.erp]\nhalf_life_days = 0", "half_life_days"),
        ] {
            let error = read(toml).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
