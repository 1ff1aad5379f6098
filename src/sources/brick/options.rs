//! How a building is read.

use std::collections::HashMap;

use crate::dtdl::Dtmi;
use crate::sources::declaration::{Declaration, TextOrField};

/// How a building is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The system of the entities' ids.
    pub system: String,
    /// The scope of the entities' ids.
    pub scope: String,
    /// The system whose devices the points are; without one, points are not bound.
    pub points: Option<String>,
    /// The channel of each point's readings.
    pub channel: String,
    /// The model of a class, before our own rules.
    pub classes: HashMap<String, Dtmi>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            system: "brick".to_owned(),
            scope: String::new(),
            points: None,
            channel: "value".to_owned(),
            classes: HashMap::new(),
        }
    }
}

impl From<&Declaration> for Options {
    fn from(declaration: &Declaration) -> Self {
        let declared = &declaration.declared;
        let scope = match &declared.scope {
            Some(TextOrField::Fixed(scope)) => scope.clone(),
            Some(TextOrField::Told(_)) | None => String::new(),
        };
        let classes = declared.models.iter();
        Self {
            system: declaration.system.clone(),
            scope,
            points: declared.brick.points.clone(),
            channel: declared.brick.channel.clone().unwrap_or_else(|| "value".to_owned()),
            classes: classes.map(|(class, model)| (class.clone(), model.clone())).collect(),
        }
    }
}
