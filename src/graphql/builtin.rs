//! Names that are ours: of types, and of the fields that every twin has.
//!
//! A model never gets one of these names. Adding a name here may rename a model that has it, so new
//! types take a name that is listed already, or come with a major version.

/// Names of types, sorted.
const TYPES: &[&str] = &[
    "BindInput",
    "Binding",
    "Boolean",
    "BooleanValue",
    "ChangeKind",
    "ClaimedId",
    "ClaimedIdConnection",
    "ClaimedIdEdge",
    "Coverage",
    "CoverageGap",
    "CoverageGapConnection",
    "CoverageGapEdge",
    "CoverageMissing",
    "DateTime",
    "DateTimeValue",
    "DeclareSourceInput",
    "DeclareSourcePayload",
    "DeclareSystemInput",
    "DeclareSystemPayload",
    "DeleteTwinInput",
    "Direction",
    "EndingMapping",
    "EndingMappingConnection",
    "EndingMappingEdge",
    "ExternalId",
    "ExternalIdInput",
    "ExternalIdLink",
    "Float",
    "FloatValue",
    "ID",
    "IdSystem",
    "Int",
    "IntValue",
    "JSON",
    "JsonValue",
    "KnownAt",
    "LinkIdInput",
    "LogPosition",
    "Long",
    "LongValue",
    "Model",
    "ModelConnection",
    "ModelContent",
    "ModelContentKind",
    "ModelDocumentInput",
    "ModelEdge",
    "Mutation",
    "Node",
    "OtherTwin",
    "PageInfo",
    "PropertyCandidate",
    "PropertyFilter",
    "PropertyFilterInput",
    "PropertyProvenance",
    "PropertyProvenanceConnection",
    "PropertyProvenanceEdge",
    "PropertyValue",
    "PropertyValueInput",
    "PutRecordInput",
    "PutTwinInput",
    "Quality",
    "QuarantineOrder",
    "Query",
    "ReachedTwin",
    "Reading",
    "ReadingConnection",
    "ReadingEdge",
    "RecordSource",
    "RelateInput",
    "Relationship",
    "RelationshipConnection",
    "RelationshipEdge",
    "RelationshipPayload",
    "Resolution",
    "RetractRecordInput",
    "Role",
    "RuleMeasure",
    "ServerInfo",
    "SetPropertiesInput",
    "SourceRecord",
    "SourceRecordPayload",
    "StateValue",
    "Stream",
    "StreamConnection",
    "StreamEdge",
    "StreamKeyInput",
    "StreamPayload",
    "String",
    "StringValue",
    "Subscription",
    "SurvivalReason",
    "SwapDeviceInput",
    "Twin",
    "TwinChange",
    "TwinChangeKind",
    "TwinConnection",
    "TwinEdge",
    "TwinFilter",
    "TwinFilterInput",
    "TwinPayload",
    "TwinRefInput",
    "TwinValue",
    "UnbindInput",
    "UnlinkIdInput",
    "UnrelateInput",
    "Upload",
    "UploadModelsInput",
    "UploadModelsPayload",
    "ValidInput",
];

/// Fields that every twin has, sorted.
const TWIN_FIELDS: &[&str] = &[
    "bindings",
    "devices",
    "disagreements",
    "displayName",
    "externalIds",
    "history",
    "id",
    "location",
    "locationPath",
    "measures",
    "model",
    "properties",
    "property",
    "related",
    "relationships",
    "role",
    "sourceRecords",
    "state",
    "streams",
    "validFrom",
    "validTo",
];

/// Whether a type name is ours.
pub fn is_reserved(name: &str) -> bool {
    TYPES.binary_search(&name).is_ok()
}

/// Whether every twin has a field of this name.
pub fn is_twin_field(name: &str) -> bool {
    TWIN_FIELDS.binary_search(&name).is_ok()
}

/// The names of the fields that every twin has.
pub fn twin_fields() -> &'static [&'static str] {
    TWIN_FIELDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_because_they_are_searched_by_halves() {
        assert!(TYPES.is_sorted() && TWIN_FIELDS.is_sorted());
    }
}
