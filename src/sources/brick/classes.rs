//! From a class of Brick to a model of the catalogue.

use std::collections::HashMap;
use std::sync::Arc;

use super::turtle::local;
use crate::dtdl::{Catalogue, Dtmi};

/// Longest chain of classes that a file may derive from each other.
const PARENTS_MAX: usize = 16;

/// Classes of older versions of Brick, and the nearest models of RealEstateCore 4 with Brick 1.3.
/// A class with an exact model, or whose parent follows from its last word, needs no line here.
pub const OLD_CLASSES: &[(&str, &str)] = &[
    ("Economizer_Disable_Fixed_Dew_Point", "dtmi:org:brickschema:schema:Brick:Setpoint;1"),
    ("Economizer_Enable_Fixed_Dew_Point", "dtmi:org:brickschema:schema:Brick:Setpoint;1"),
    ("Energy_Demand", "dtmi:org:brickschema:schema:Brick:Demand_Sensor;1"),
    ("Floor", "dtmi:org:w3id:rec:Level;1"),
    ("Flow", "dtmi:org:brickschema:schema:Brick:Flow_Sensor;1"),
    ("Freeze_Protect_Low_Limit", "dtmi:org:brickschema:schema:Brick:Setpoint;1"),
    ("HVAC", "dtmi:org:brickschema:schema:Brick:HVAC_System;1"),
    ("Lighting_Zone", "dtmi:org:w3id:rec:Zone;1"),
    ("Location", "dtmi:org:w3id:rec:Space;1"),
    ("Outside_Air_Humidity", "dtmi:org:brickschema:schema:Brick:Outside_Air_Humidity_Sensor;1"),
    (
        "Outside_Air_Temperature",
        "dtmi:org:brickschema:schema:Brick:Outside_Air_Temperature_Sensor;1",
    ),
    ("Preheat_Valve_VFD", "dtmi:org:brickschema:schema:Brick:Variable_Frequency_Drive;1"),
    ("Solar_Panel", "dtmi:org:brickschema:schema:Brick:PV_Panel;1"),
    ("Speed", "dtmi:org:brickschema:schema:Brick:Speed_Sensor;1"),
    ("Standby_Load_Shed_Switch", "dtmi:org:brickschema:schema:Brick:Standby_Load_Shed_Command;1"),
    ("Temperature", "dtmi:org:brickschema:schema:Brick:Temperature_Sensor;1"),
    ("Unknown", "dtmi:org:brickschema:schema:Brick:Point;1"),
    ("VAV_Box_Operating_Mode", "dtmi:org:brickschema:schema:Brick:Operating_Mode_Status;1"),
    ("Voltage", "dtmi:org:brickschema:schema:Brick:Voltage_Sensor;1"),
    ("Weather", "dtmi:org:brickschema:schema:Brick:Weather_Station;1"),
];

/// Kinds of points: a class that ends with one of these words is a special case of the class that
/// lacks its first words, `Lockout_Command` of `Command`.
const POINT_KINDS: [&str; 7] =
    ["Alarm", "Command", "Meter", "Parameter", "Sensor", "Setpoint", "Status"];

/// The model of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The model.
    pub model: Dtmi,
    /// Whether it is the model of a more general class than the one that was asked for.
    pub general: bool,
}

/// Finds the models of classes.
pub struct Classes<'a> {
    /// The models that there are.
    pub catalogue: &'a Catalogue,
    /// What the mapping says, before all rules.
    pub chosen: HashMap<String, Dtmi>,
    /// The class from which each class of the file derives.
    pub parents: &'a HashMap<Arc<str>, Arc<str>>,
}

impl Classes<'_> {
    /// The model of the class with this IRI.
    pub fn model(&self, class: &Arc<str>) -> Option<Found> {
        let mut class = class;
        for step in 0..PARENTS_MAX {
            if let Some(found) = self.named(local(class)) {
                let general = found.general || step > 0;
                return Some(Found { general, ..found });
            }
            class = self.parents.get(class)?;
        }
        None
    }

    fn named(&self, class: &str) -> Option<Found> {
        if let Some(model) = self.chosen.get(class) {
            let model = model.clone();
            return Some(Found { model, general: false });
        }
        if let Some(model) = self.exact(class) {
            return Some(Found { model, general: false });
        }
        let old = OLD_CLASSES.iter().find(|(name, _)| *name == class);
        let model = match old {
            Some((_, model)) => self.known(model)?,
            None => self.kind_of_point(class)?,
        };
        Some(Found { model, general: true })
    }

    /// Brick's own model, or RealEstateCore's for what it took over from Brick.
    fn exact(&self, class: &str) -> Option<Dtmi> {
        let brick = self.known(&brick(class));
        // `rec:Point` is a geometry.
        if brick.is_some() || class == "Point" {
            return brick;
        }
        let camel: String = class.split('_').map(capitalised).collect();
        self.known(&rec(class)).or_else(|| self.known(&rec(&camel)))
    }

    fn kind_of_point(&self, class: &str) -> Option<Dtmi> {
        let (_, kind) = class.rsplit_once('_')?;
        if !POINT_KINDS.contains(&kind) {
            return None;
        }
        let shorter = class.match_indices('_').map(|(at, _)| &class[at + 1..]);
        shorter.map(brick).find_map(|id| self.known(&id))
    }

    fn known(&self, id: &str) -> Option<Dtmi> {
        let model: Dtmi = id.parse().ok()?;
        self.catalogue.get(&model).map(|interface| interface.id.clone())
    }
}

fn brick(class: &str) -> String {
    format!("dtmi:org:brickschema:schema:Brick:{class};1")
}

fn rec(class: &str) -> String {
    format!("dtmi:org:w3id:rec:{class};1")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
