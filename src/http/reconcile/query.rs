//! Reading a batch of reconciliation queries.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::router::bad_request;
use crate::domain::id::abridged;
use crate::problem::Problem;

/// Most queries in one batch.
pub const BATCH_QUERIES_MAX: usize = 100;
/// Most candidates that are answered for one query.
pub const CANDIDATES_MAX: usize = 100;
/// Candidates that are answered when the query does not say how many.
const CANDIDATES_DEFAULT: usize = 5;

/// One reconciliation query.
#[derive(Debug, PartialEq)]
pub struct Query {
    /// A name or an id.
    pub text: Option<String>,
    /// Ids of types, any of which the candidates are to have.
    pub types: Vec<String>,
    /// How many candidates at most.
    pub limit: usize,
    /// Properties, each with the texts of its values.
    pub properties: Vec<(String, Vec<String>)>,
}

/// The queries of a batch, by the ids that the client gave them.
///
/// # Errors
/// What is wrong with which query.
pub fn batch(text: &str) -> Result<IndexMap<String, Query>, Problem> {
    let batch: Map<String, Value> = serde_json::from_str(text).map_err(|e| {
        bad_request("INVALID_JSON", format!("`queries` is no JSON object of queries: {e}"))
    })?;
    if batch.len() > BATCH_QUERIES_MAX {
        return Err(super::router::batch_too_large(batch.len()));
    }
    let read = |(id, query): (String, Value)| match one(&query) {
        Ok(query) => Ok((id, query)),
        Err(what) => {
            let detail = format!("query `{}`: {what}", abridged(&id));
            Err(bad_request("INVALID_QUERY", detail))
        }
    };
    batch.into_iter().map(read).collect()
}

fn one(query: &Value) -> Result<Query, String> {
    let Value::Object(query) = query else {
        return Err("must be an object such as {\"query\": \"P-101A\"}".to_owned());
    };
    let text = match query.get("query") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Some(_) => return Err("`query` must be a text".to_owned()),
    };
    let properties = properties(query.get("properties"))?;
    if text.is_none() && properties.is_empty() {
        return Err("give `query`, `properties`, or both".to_owned());
    }
    Ok(Query {
        text,
        types: types(query.get("type"))?,
        limit: limit(query.get("limit"))?,
        properties,
    })
}

fn limit(limit: Option<&Value>) -> Result<usize, String> {
    match limit {
        None | Some(Value::Null) => Ok(CANDIDATES_DEFAULT),
        Some(limit) => match limit.as_u64().filter(|limit| *limit > 0) {
            Some(limit) => Ok(usize::try_from(limit).unwrap_or(CANDIDATES_MAX).min(CANDIDATES_MAX)),
            None => Err("`limit` must be a whole number from 1".to_owned()),
        },
    }
}

/// OpenRefine sends one type as a text, and none as an empty one.
fn types(types: Option<&Value>) -> Result<Vec<String>, String> {
    let wrong = || "`type` must be the id of a type, or an array of them".to_owned();
    let id = |value: &Value| match value {
        Value::String(id) => Ok(id.clone()),
        Value::Object(with) => {
            with.get("id").and_then(Value::as_str).map(str::to_owned).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    };
    match types {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(none)) if none.is_empty() => Ok(Vec::new()),
        Some(Value::Array(many)) => many.iter().map(id).collect(),
        Some(one) => Ok(vec![id(one)?]),
    }
}

fn properties(properties: Option<&Value>) -> Result<Vec<(String, Vec<String>)>, String> {
    let Some(properties) = properties.filter(|p| !p.is_null()) else {
        return Ok(Vec::new());
    };
    let wrong = "`properties` must be an array such as [{\"pid\": \"serial\", \"v\": \"4711\"}]";
    let properties = properties.as_array().ok_or_else(|| wrong.to_owned())?;
    let read = |property: &Value| {
        let id = property.get("pid").and_then(Value::as_str)?;
        let values = match property.get("v")? {
            Value::Array(values) => values.iter().filter_map(text_of).collect(),
            one => text_of(one).into_iter().collect(),
        };
        Some((id.to_owned(), values))
    };
    properties.iter().map(|property| read(property).ok_or_else(|| wrong.to_owned())).collect()
}

/// A value as text; an entity is its id.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(entity) => entity.get("id").and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_may_name_types_and_properties_in_all_the_ways_of_clients() {
        let read = batch(
            r#"{"q0": {"query": " P-101A ", "type": "dtmi:x;1", "limit": 3,
                 "properties": [{"pid": "serial", "v": [4711, {"id": "b", "name": "c"}]}]},
                "q1": {"query": "x", "type": ["a", {"id": "b"}], "type_strict": "any"},
                "q2": {"query": "x", "type": ""}}"#,
        );
        let read = read.unwrap();
        assert_eq!(read["q0"].text.as_deref(), Some("P-101A"));
        assert_eq!(read["q0"].types, ["dtmi:x;1"]);
        assert_eq!(read["q0"].limit, 3);
        assert_eq!(read["q0"].properties, [("serial".into(), vec!["4711".into(), "b".into()])]);
        assert_eq!(read["q1"].types, ["a", "b"]);
        assert_eq!(read["q1"].limit, CANDIDATES_DEFAULT);
        assert!(read["q2"].types.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_the_query() {
        for (query, word) in [
            ("{}", "`query`"),
            (r#"{"query": ""}"#, "`query`"),
            (r#"{"query": 1}"#, "text"),
            (r#"{"query": "x", "limit": 0}"#, "`limit`"),
            (r#"{"query": "x", "type": 1}"#, "`type`"),
            (r#"{"query": "x", "properties": {}}"#, "`properties`"),
            (r#"{"query": "x", "properties": [{"v": 1}]}"#, "`properties`"),
            ("[]", "object"),
        ] {
            let problem = batch(&format!("{{\"q7\": {query}}}")).unwrap_err();
            assert!(problem.detail().contains("`q7`"), "{query}: {}", problem.detail());
            assert!(problem.detail().contains(word), "{query}: {}", problem.detail());
        }
    }
}
