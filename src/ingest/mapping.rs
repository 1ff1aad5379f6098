//! MQTT topics → devices and channels.
//!
//! A pattern is a topic whose levels may be `{scope}`, `{device}`, `{channel}`, `+` (any one level) or, at
//! the end, `#` (all the rest). Where it names a channel, the payload is one value (`81.4`) or an object
//! (`{"value":81.4,"time":…}`); elsewhere it is JSON as over HTTP. What the topic says, the payload
//! need not repeat, and must not contradict.

use std::sync::Arc;

use crate::domain::id::{InvalidId, abridged, name};

/// Longest pattern, in levels.
const LEVELS_MAX: usize = 32;

/// How the topics of one pattern are understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicMapping {
    levels: Vec<Level>,
    /// The system that names the devices.
    system: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    Literal(Box<str>),
    Scope,
    Device,
    Channel,
    Any,
    Rest,
}

/// What a topic says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TopicIds<'a> {
    /// The scope of the device's id.
    pub scope: Option<&'a str>,
    /// The device's id.
    pub device: Option<&'a str>,
    /// The channel.
    pub channel: Option<&'a str>,
}

/// A pattern that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the topic pattern `{pattern}` {problem}")]
pub struct InvalidPattern {
    /// The pattern, abridged.
    pub pattern: String,
    /// What is wrong with it, and how to mend it.
    pub problem: String,
}

impl TopicMapping {
    /// The topics of `pattern`, whose devices are named by `system`.
    ///
    /// # Errors
    /// When the pattern or the system cannot be used.
    pub fn new(pattern: &str, system: &str) -> Result<Self, InvalidPattern> {
        let invalid = |problem: String| InvalidPattern { pattern: abridged(pattern), problem };
        let system = name("the system", system).map_err(|e: InvalidId| invalid(e.to_string()))?;
        let levels: Vec<Level> =
            pattern.split('/').map(Level::parse).collect::<Result<_, _>>().map_err(invalid)?;
        check(pattern, &levels).map_err(invalid)?;
        Ok(Self { levels, system })
    }

    /// The system that names the devices.
    pub fn system(&self) -> &Arc<str> {
        &self.system
    }

    /// The filter to subscribe to.
    pub fn filter(&self) -> String {
        let levels: Vec<&str> = self.levels.iter().map(Level::filter).collect();
        levels.join("/")
    }

    /// What a topic says, if it is one of this pattern.
    pub fn ids<'a>(&self, topic: &'a str) -> Option<TopicIds<'a>> {
        let mut ids = TopicIds::default();
        let mut given = topic.split('/');
        for level in &self.levels {
            if matches!(level, Level::Rest) {
                return Some(ids);
            }
            let text = given.next()?;
            match level {
                Level::Literal(literal) if **literal != *text => return None,
                Level::Scope => ids.scope = Some(text),
                Level::Device => ids.device = Some(text),
                Level::Channel => ids.channel = Some(text),
                Level::Literal(_) | Level::Any | Level::Rest => {}
            }
        }
        given.next().is_none().then_some(ids)
    }
}

/// The first mapping that knows the topic, and what it says.
pub fn explain<'a, 'm>(
    mappings: &'m [TopicMapping],
    topic: &'a str,
) -> Option<(&'m TopicMapping, TopicIds<'a>)> {
    mappings.iter().find_map(|mapping| mapping.ids(topic).map(|ids| (mapping, ids)))
}

/// The filters to subscribe to, without those that others cover.
///
/// A broker sends a message once for each filter that fits, so overlapping filters double what they share.
pub fn filters(mappings: &[TopicMapping]) -> Vec<String> {
    let mut filters: Vec<String> = mappings.iter().map(TopicMapping::filter).collect();
    filters.sort_unstable();
    filters.dedup();
    let all = filters.clone();
    filters.retain(|filter| !all.iter().any(|other| other != filter && covers(other, filter)));
    filters
}

/// Whether every topic of the filter `narrow` is one of the filter `wide`.
fn covers(wide: &str, narrow: &str) -> bool {
    let (mut wide, mut narrow) = (wide.split('/'), narrow.split('/'));
    loop {
        match (wide.next(), narrow.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

impl Level {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "{scope}" => Ok(Self::Scope),
            "{device}" => Ok(Self::Device),
            "{channel}" => Ok(Self::Channel),
            "+" => Ok(Self::Any),
            "#" => Ok(Self::Rest),
            literal if literal.contains(['{', '}', '+', '#', '\0']) => Err(format!(
                "has the level `{}`; a level is {{scope}}, {{device}}, {{channel}}, +, # or plain text",
                abridged(literal)
            )),
            literal => Ok(Self::Literal(literal.into())),
        }
    }

    fn filter(&self) -> &str {
        match self {
            Self::Literal(literal) => literal,
            Self::Scope | Self::Device | Self::Channel | Self::Any => "+",
            Self::Rest => "#",
        }
    }
}

fn check(pattern: &str, levels: &[Level]) -> Result<(), String> {
    let count = |wanted: &Level| levels.iter().filter(|level| *level == wanted).count();
    if pattern.is_empty() {
        return Err("is empty; write for example counterpart/{device}/{channel}".to_owned());
    }
    if levels.len() > LEVELS_MAX {
        return Err(format!("has more than {LEVELS_MAX} levels"));
    }
    for level in [&Level::Scope, &Level::Device, &Level::Channel] {
        if count(level) > 1 {
            return Err(
                "names one thing twice; use each of {scope}, {device}, {channel} once".to_owned()
            );
        }
    }
    if count(&Level::Channel) == 1 && count(&Level::Device) == 0 {
        return Err("names a channel but no device; add {device}".to_owned());
    }
    let rest = levels.iter().position(|level| *level == Level::Rest);
    if rest.is_some_and(|at| at + 1 != levels.len()) {
        return Err("has `#` before its end; use + for one level".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(pattern: &str, topic: &str) -> Option<String> {
        let mapping = TopicMapping::new(pattern, "mqtt").unwrap();
        mapping.ids(topic).map(|ids| {
            let part = |part: Option<&str>| part.unwrap_or("-").to_owned();
            format!("{} {} {}", part(ids.scope), part(ids.device), part(ids.channel))
        })
    }

    #[test]
    fn a_topic_says_what_its_pattern_names() {
        let table = [
            ("counterpart/{device}/{channel}", "counterpart/D1/ch2", Some("- D1 ch2")),
            ("counterpart/{device}/{channel}", "counterpart/D1", None),
            ("counterpart/{device}/{channel}", "counterpart/D1/ch2/x", None),
            ("counterpart/{device}/{channel}", "other/D1/ch2", None),
            ("counterpart/{device}", "counterpart/D1", Some("- D1 -")),
            ("counterpart/readings", "counterpart/readings", Some("- - -")),
            ("{scope}/+/{device}/#", "S1/any/D1/a/b", Some("S1 D1 -")),
            ("{scope}/+/{device}/#", "S1/any/D1", Some("S1 D1 -")),
            ("{scope}/{device}", "S1//", None),
        ];
        for (pattern, topic, expected) in table {
            assert_eq!(ids(pattern, topic).as_deref(), expected, "{pattern} {topic}");
        }
    }

    #[test]
    fn the_filter_has_a_wildcard_for_each_name() {
        let mapping = TopicMapping::new("a/{scope}/+/{device}/{channel}/#", "mqtt").unwrap();
        assert_eq!(mapping.filter(), "a/+/+/+/+/#");
    }

    #[test]
    fn the_first_mapping_that_fits_explains_a_topic() {
        let mappings = [
            TopicMapping::new("c/readings", "one").unwrap(),
            TopicMapping::new("c/{device}", "two").unwrap(),
        ];
        let system = |topic| explain(&mappings, topic).map(|(m, _)| m.system().to_string());
        assert_eq!(system("c/readings").as_deref(), Some("one"));
        assert_eq!(system("c/D1").as_deref(), Some("two"));
        assert_eq!(system("d/D1"), None);
    }

    #[test]
    fn a_filter_that_another_covers_is_not_asked_for() {
        let table: [(&[&str], &[&str]); 5] = [
            (&["c/{device}", "c/readings", "c/{device}/{channel}"], &["c/+", "c/+/+"]),
            (&["c/#", "c/{device}", "c"], &["c/#"]),
            (&["c/{device}", "c/+"], &["c/+"]),
            (&["c/+/x", "c/y/+"], &["c/+/x", "c/y/+"]),
            (&["+", "c/#"], &["+", "c/#"]),
        ];
        for (patterns, expected) in table {
            let mappings = patterns.iter().map(|p| TopicMapping::new(p, "mqtt").unwrap());
            assert_eq!(filters(&mappings.collect::<Vec<_>>()), expected);
        }
    }

    #[test]
    fn a_pattern_that_cannot_work_is_refused() {
        for pattern in
            ["", "a/#/b", "{channel}", "{device}/{device}", "a{device}", "{divice}", "a/b+"]
        {
            assert!(TopicMapping::new(pattern, "mqtt").is_err(), "{pattern}");
        }
        assert!(TopicMapping::new("{device}", "").is_err());
    }
}
