//! The fields that every twin has: a line each.

use async_graphql::dynamic::{Field, InterfaceField, ResolverContext};

use super::twin::{TwinAt, display_name, list, optional};
use super::twin_links;
use super::{
    binding, external_id, model, property, provenance, reading, scalars, source_record, state,
    stream,
};
use crate::domain::fact::Existence;
use crate::domain::id::TwinId;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;
use crate::graphql::build::{
    Answer, Arg, Later, field, input, moment, one, slow_field, text, texts,
};

type Resolve = fn(&TwinAt, &ResolverContext<'_>) -> Answer;
type ResolveSlow = for<'a> fn(ResolverContext<'a>) -> Later<'a>;

/// How a field is answered.
enum How {
    /// From memory.
    Now(Resolve),
    /// Perhaps from the store.
    Slow(ResolveSlow),
}

/// One field of every twin.
pub struct TwinField {
    name: &'static str,
    ty: &'static str,
    description: &'static str,
    arguments: &'static [Arg],
    how: How,
}

const fn plain(
    name: &'static str,
    ty: &'static str,
    description: &'static str,
    resolve: Resolve,
) -> TwinField {
    TwinField { name, ty, description, arguments: &[], how: How::Now(resolve) }
}

const fn with(
    arguments: &'static [Arg],
    name: &'static str,
    ty: &'static str,
    description: &'static str,
    how: How,
) -> TwinField {
    TwinField { name, ty, description, arguments, how }
}

/// All of them. The names are also in `builtin`, and a test compares the two.
pub static FIELDS: [TwinField; 22] = [
    plain("id", "ID!", "Its own id, stable for ever.", |twin, _| text(twin.id.to_string())),
    plain(
        "formerIds",
        "[ID!]!",
        "Ids of twins that were merged into it; they lead here.",
        |twin, _| {
            texts(twin.at.view(|view| view.former_ids(twin.id)).iter().map(TwinId::to_string))
        },
    ),
    plain("model", "Model!", "The model that it is an instance of.", model_of),
    plain(
        "role",
        "Role",
        "Asset, location or device; null when its model is none of them.",
        |twin, _| twin.at.view(|view| view.role(twin.id)).map_or(Ok(None), scalars::role_item),
    ),
    plain(
        "displayName",
        "String!",
        "What people call it: its name, else one of its ids.",
        |twin, _| text(twin.at.view(|view| display_name(&view, twin.id))),
    ),
    with(
        &[("system", "String", "Only ids of this system.")],
        "externalIds",
        "[ExternalIdLink!]!",
        "What systems call it, and why we think so.",
        How::Now(external_id::of_twin),
    ),
    plain("location", "Twin", "The next place around it.", |twin, _| {
        optional(&twin.at, twin.at.view(|view| view.place_of(twin.id)))
    }),
    plain("locationPath", "[Twin!]!", "All places around it, outermost first.", |twin, _| {
        list(&twin.at, twin.at.view(|view| view.places(twin.id)))
    }),
    with(
        PATHS,
        "properties",
        "[PropertyValue!]!",
        "Its master-data values, whatever its model: of what sources and people say, what survives.",
        How::Now(property::of_twin),
    ),
    with(
        &[("path", "String!", "The property, for example `serialNumber` or `motor/speed`.")],
        "property",
        "PropertyProvenance",
        "A master-data value, why it is so, and what else is said; null when nothing is.",
        How::Now(provenance::of_property),
    ),
    with(
        &[(
            "settled",
            "Boolean",
            "Only those that a steward has decided (true), or the others (false).",
        )],
        "disagreements",
        "[PropertyProvenance!]!",
        "Properties of which sources state different values, or values that its model does not allow.",
        How::Now(provenance::disagreements_of),
    ),
    with(
        PATHS,
        "state",
        "[StateValue!]!",
        "The latest measurement of each of its properties that is measured.",
        How::Slow(state::of_twin),
    ),
    with(
        twin_links::RELATIONSHIP_ARGUMENTS,
        "relationships",
        "RelationshipConnection!",
        "Its relationships, of any name.",
        How::Now(twin_links::relationships),
    ),
    with(
        twin_links::RELATED_ARGUMENTS,
        "related",
        "[Twin!]!",
        "The twins that can be reached along relationships, nearest first: for example the rooms that an air handler feeds.",
        How::Now(twin_links::related),
    ),
    plain("devices", "[Twin!]!", "The devices that measure it.", |twin, _| {
        list(&twin.at, twin.at.view(|view| view.devices_of(twin.id)))
    }),
    plain("measures", "[Twin!]!", "What it measures, when it is a device.", |twin, _| {
        list(&twin.at, twin.at.view(|view| view.measured_by(twin.id)))
    }),
    plain("streams", "[Stream!]!", "Its channels, when it is a device.", stream::of_device),
    plain("bindings", "[Binding!]!", "Which streams measure what of it.", binding::of_twin),
    plain(
        "sourceRecords",
        "[SourceRecord!]!",
        "What systems say about it, by its ids.",
        source_record::of_twin,
    ),
    with(
        reading::HISTORY_ARGUMENTS,
        "history",
        "ReadingConnection!",
        "The readings that measured one of its properties, oldest first, through every device that ever did.",
        How::Slow(reading::history),
    ),
    plain(
        "validFrom",
        "DateTime",
        "Since when it exists as an instance of its model; null for always.",
        |twin, _| moment(existence(twin).map_or(Interval::ALWAYS, |fact| fact.valid).from),
    ),
    plain("validTo", "DateTime", "When that ends; null for never.", |twin, _| {
        moment(existence(twin).map_or(Interval::ALWAYS, |fact| fact.valid).to)
    }),
];

impl TwinField {
    /// The field for an object type. Descriptions are at the interface only: hundreds of types would
    /// repeat them.
    pub fn object_field(&self) -> Field {
        let field = match self.how {
            How::Now(resolve) => field::<TwinAt, _>(self.name, self.ty, resolve),
            How::Slow(resolve) => slow_field(self.name, self.ty, resolve),
        };
        let arguments = self.arguments.iter().map(|(name, ty, _)| input(name, ty, ""));
        arguments.fold(field, Field::argument)
    }

    /// The field for an interface type.
    pub fn interface_field(&self) -> InterfaceField {
        let field = crate::graphql::build::interface_field(self.name, self.ty, self.description);
        let arguments =
            self.arguments.iter().map(|(name, ty, description)| input(name, ty, description));
        arguments.fold(field, InterfaceField::argument)
    }
}

const PATHS: &[Arg] =
    &[("paths", "[String!]", "Only these, for example `temperature` or `motor/speed`.")];

fn existence(twin: &TwinAt) -> Option<Fact<Existence>> {
    twin.at.view(|view| view.twin(twin.id).map(|(_, existence)| existence.clone()))
}

fn model_of(twin: &TwinAt, _: &ResolverContext<'_>) -> Answer {
    let found = existence(twin).and_then(|fact| model::ModelAt::find(&twin.at, &fact.value.model));
    found.map_or(Ok(None), one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::builtin;

    #[test]
    fn no_content_of_a_model_can_hide_a_field_of_every_twin() {
        let mut names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        names.sort_unstable();
        assert_eq!(names, builtin::twin_fields());
    }
}
