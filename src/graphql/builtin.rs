//! Names that are ours: of types, and of the fields that every twin has.
//!
//! A model never gets one of these names. Adding a name here may rename a model that has it, so new
//! types take a name that is listed already, or come with a major version.

/// Names of types, sorted.
const TYPES: &[&str] = &[
    "ApproveTaskInput",
    "BindInput",
    "Binding",
    "Boolean",
    "BooleanValue",
    "ChangeKind",
    "DateTime",
    "DateTimeValue",
    "Decision",
    "DecisionConnection",
    "DecisionEdge",
    "DecisionKind",
    "DecisionPayload",
    "DecisionSubject",
    "DeclareSourceInput",
    "DeclareSourcePayload",
    "DeclareSystemInput",
    "DeclareSystemPayload",
    "DeleteTwinInput",
    "Direction",
    "ExternalId",
    "ExternalIdInput",
    "ExternalIdLink",
    "Float",
    "FloatValue",
    "ID",
    "IdMove",
    "IdSystem",
    "Impact",
    "Int",
    "IntValue",
    "JSON",
    "JsonValue",
    "JudgeInput",
    "Judgement",
    "KnownAt",
    "LinkIdInput",
    "LogPosition",
    "Long",
    "LongValue",
    "MergeConflict",
    "MergeTwinsInput",
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
    "PropertyFilter",
    "PropertyFilterInput",
    "PropertyValue",
    "PropertyValueInput",
    "PutRecordInput",
    "PutTwinInput",
    "Quality",
    "Query",
    "ReachedTwin",
    "Reading",
    "ReadingConnection",
    "ReadingEdge",
    "RecordRef",
    "RecordSource",
    "RejectTaskInput",
    "RelateInput",
    "Relationship",
    "RelationshipConnection",
    "RelationshipEdge",
    "RelationshipPayload",
    "Resolution",
    "RetractRecordInput",
    "ReviewTask",
    "ReviewTaskConnection",
    "ReviewTaskEdge",
    "Role",
    "ServerInfo",
    "SetPropertiesInput",
    "SourceRecord",
    "SourceRecordPayload",
    "SplitTwinInput",
    "StateValue",
    "Stream",
    "StreamConnection",
    "StreamEdge",
    "StreamKeyInput",
    "StreamMove",
    "StreamPayload",
    "String",
    "StringValue",
    "Subscription",
    "SwapDeviceInput",
    "TaskAlternative",
    "TaskOrder",
    "TaskWeight",
    "Twin",
    "TwinChange",
    "TwinChangeKind",
    "TwinConnection",
    "TwinEdge",
    "TwinEffect",
    "TwinFilter",
    "TwinFilterInput",
    "TwinImpact",
    "TwinPayload",
    "TwinRefInput",
    "TwinValue",
    "UnbindInput",
    "UndoInput",
    "UnlinkIdInput",
    "UnrelateInput",
    "Upload",
    "UploadModelsInput",
    "UploadModelsPayload",
    "ValidInput",
    "Verdict",
    "WithdrawVerdictInput",
];

/// Fields that every twin has, sorted.
const TWIN_FIELDS: &[&str] = &[
    "bindings",
    "devices",
    "displayName",
    "externalIds",
    "formerIds",
    "history",
    "id",
    "location",
    "locationPath",
    "measures",
    "model",
    "properties",
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
