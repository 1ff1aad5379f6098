//! From a document's text to a parsed, measured operation.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::parser::{self, parse_query};
use async_graphql::{Pos, Positioned, Value, Variables};

use super::config::GraphqlLimits;
use super::{measure::measure, scan::scan};
use crate::graphql::error::{ErrorCode, GraphqlError, excerpt};

/// How much of a caller's text an error repeats.
const EXCERPT_CHARS_MAX: usize = 200;

/// A document that is within the limits, and what its chosen operation is.
#[derive(Debug)]
pub struct CheckedDocument {
    /// The parsed document, to be handed on so that it is not parsed twice.
    pub document: ExecutableDocument,
    /// Whether the chosen operation is a query, a mutation or a subscription.
    pub operation_type: OperationType,
}

/// Parses a document and refuses it where it is over a limit. The work is linear in its length.
///
/// # Errors
///
/// A typed error for the first limit that is exceeded, a syntax error, an operation that is not
/// there, or a variable that is missing.
pub fn check_document(
    query: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &GraphqlLimits,
) -> Result<CheckedDocument, GraphqlError> {
    if query.len() > limits.document_bytes_max {
        return Err(GraphqlError::over_limit(
            ErrorCode::DocumentTooLarge,
            "bytes in the document",
            query.len() as u64,
            limits.document_bytes_max as u64,
            "pass data as variables and split the document",
        ));
    }
    scan(query, limits)?;
    let document = parse_query(query).map_err(|error| syntax_error(&error))?;
    measure(&document, variables, limits)?;
    let operation = choose_operation(&document, operation_name)?;
    check_required_variables(operation, variables)?;
    let operation_type = operation.node.ty;
    Ok(CheckedDocument { document, operation_type })
}

fn choose_operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, GraphqlError> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(operation),
        (DocumentOperations::Single(_), Some(name)) => Err(no_such_operation(name, "")),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).ok_or_else(|| {
                let mut names: Vec<_> = operations.keys().map(|name| name.as_str()).collect();
                names.sort_unstable();
                names.truncate(10);
                no_such_operation(name, &names.join(", "))
            })
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(GraphqlError::new(
                    ErrorCode::OperationNotFound,
                    "the document has several operations; say which one in operationName",
                )),
            }
        }
    }
}

fn no_such_operation(name: &str, known: &str) -> GraphqlError {
    let name = excerpt(name, EXCERPT_CHARS_MAX);
    let message = if known.is_empty() {
        format!("operationName is {name:?}, but the document's operation has no name")
    } else {
        format!("the document has no operation {name:?}; it has {known}")
    };
    GraphqlError::new(ErrorCode::OperationNotFound, message)
}

/// The executor would report this per field that uses the variable, as if the field had failed.
fn check_required_variables(
    operation: &Positioned<OperationDefinition>,
    variables: &Variables,
) -> Result<(), GraphqlError> {
    for definition in &operation.node.variable_definitions {
        let name = &definition.node.name.node;
        let missing = match variables.get(name) {
            None => definition.node.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if missing && !definition.node.var_type.node.nullable {
            return Err(GraphqlError::new(
                ErrorCode::InvalidVariables,
                format!(
                    "the variable ${name} is of type {} and has no value; add it to variables",
                    definition.node.var_type.node
                ),
            )
            .at(definition.pos));
        }
    }
    Ok(())
}

/// The parser's own message repeats the whole source line, which may be the whole document.
fn syntax_error(error: &parser::Error) -> GraphqlError {
    if matches!(error, parser::Error::RecursionLimitExceeded) {
        return GraphqlError::new(
            ErrorCode::DocumentTooDeep,
            "selections are nested deeper than the parser reads; ask for fewer levels",
        );
    }
    let position = error.positions().next();
    let message = match error {
        parser::Error::Syntax { message, .. } => {
            let expectation =
                message.rsplit_once("= ").map_or("this is not GraphQL", |(_, rest)| rest.trim());
            let expectation = excerpt(&expectation.replace('_', " "), EXCERPT_CHARS_MAX);
            let Pos { line, column } = position.unwrap_or_default();
            format!("syntax error at line {line}, column {column}: {expectation}")
        }
        other => excerpt(&other.to_string(), EXCERPT_CHARS_MAX),
    };
    let error = GraphqlError::new(ErrorCode::ParseFailed, message);
    match position {
        Some(position) => error.at(position),
        None => error,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
