//! Small words for building types, so that a GraphQL type reads like a table.

use std::any::Any;
use std::sync::Arc;

use async_graphql::dynamic::{
    Enum, EnumItem, Field, FieldFuture, FieldValue, InputObject, InputValue, InterfaceField,
    Object, ResolverContext, TypeRef,
};
use async_graphql::{Error, Name, Result, Value};
use futures_util::future::BoxFuture;

use crate::domain::time::Timestamp;

/// What a resolver answers; `None` is null.
pub type Answer = Result<Option<FieldValue<'static>>>;

/// The type that GraphQL writes so, for example `[Twin!]!`.
pub fn type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        TypeRef::NonNull(Box::new(type_ref(inner)))
    } else if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        TypeRef::List(Box::new(type_ref(inner)))
    } else {
        TypeRef::named(text)
    }
}

/// What a resolver that may wait answers.
pub type Later<'a> = BoxFuture<'a, Result<Option<FieldValue<'a>>>>;

/// A field that is answered at once from the value `P` of its object.
pub fn field<P, F>(name: &str, ty: &str, resolve: F) -> Field
where
    P: Any + Send + Sync,
    F: Fn(&P, &ResolverContext<'_>) -> Answer + Send + Sync + 'static,
{
    Field::new(name, type_ref(ty), move |ctx| {
        let answer = ctx.parent_value.try_downcast_ref::<P>();
        match answer.and_then(|parent| resolve(parent, &ctx)) {
            Ok(value) => FieldFuture::Value(value),
            Err(error) => FieldFuture::Future(Box::pin(std::future::ready(Err(error)))),
        }
    })
}

/// A field that may have to wait, for history or for the writer.
pub fn slow_field<F>(name: &str, ty: &str, resolve: F) -> Field
where
    F: for<'a> Fn(ResolverContext<'a>) -> Later<'a> + Send + Sync + 'static,
{
    Field::new(name, type_ref(ty), move |ctx| FieldFuture::Future(resolve(ctx)))
}

/// The value of the object that a field belongs to.
pub fn parent<'a, P: Any>(ctx: &ResolverContext<'a>) -> Result<&'a P> {
    ctx.parent_value.try_downcast_ref::<P>()
}

/// A field of an interface.
pub fn interface_field(name: &str, ty: &str, description: &str) -> InterfaceField {
    InterfaceField::new(name, type_ref(ty)).description(description)
}

/// An argument or input field as a table has it: name, type, description.
pub type Arg = (&'static str, &'static str, &'static str);

/// An argument, or a field of an input object.
pub fn input(name: &str, ty: &str, description: &str) -> InputValue {
    let input = InputValue::new(name, type_ref(ty));
    if description.is_empty() { input } else { input.description(description) }
}

/// An input object of these fields: name, type, description.
pub fn input_object(name: &str, description: &str, fields: &[(&str, &str, &str)]) -> InputObject {
    let object = InputObject::new(name).description(description);
    fields
        .iter()
        .fold(object, |object, (name, ty, description)| object.field(input(name, ty, description)))
}

/// An enum of these items: name, description.
pub fn enumeration(name: &str, description: &str, items: &[(&str, &str)]) -> Enum {
    let listed = Enum::new(name).description(description);
    items.iter().fold(listed, |listed, (item, description)| {
        listed.item(EnumItem::new(*item).description(*description))
    })
}

/// An object type with these fields.
pub fn object(name: &str, description: &str, fields: Vec<Field>) -> Object {
    let object = Object::new(name).description(description);
    fields.into_iter().fold(object, Object::field)
}

/// A text.
pub fn text(text: impl Into<String>) -> Answer {
    Ok(Some(FieldValue::value(Value::String(text.into()))))
}

/// A text, or null.
pub fn optional_text<T: AsRef<str>>(optional: Option<T>) -> Answer {
    optional.map_or(Ok(None), |found| text(found.as_ref()))
}

/// A scalar.
pub fn scalar(value: impl Into<Value>) -> Answer {
    Ok(Some(FieldValue::value(value.into())))
}

/// An item of an enum.
pub fn item(name: &str) -> Answer {
    Ok(Some(FieldValue::value(Value::Enum(Name::new(name)))))
}

/// A moment; null where an interval has no end.
pub fn moment(moment: Timestamp) -> Answer {
    if moment == Timestamp::MIN || moment == Timestamp::MAX {
        Ok(None)
    } else {
        text(moment.to_string())
    }
}

/// A number that may be beyond what JavaScript holds exactly: then it is a text.
pub fn long(number: i64) -> Value {
    const EXACT_MAX: u64 = (1 << 53) - 1;
    if number.unsigned_abs() <= EXACT_MAX {
        Value::from(number)
    } else {
        Value::String(number.to_string())
    }
}

/// A count.
pub fn count(count: usize) -> Answer {
    scalar(long(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// A JSON value.
pub fn json(value: &serde_json::Value) -> Result<Value> {
    Value::from_json(value.clone()).map_err(Error::from)
}

/// An object.
pub fn one<T: Any + Send + Sync>(value: T) -> Answer {
    Ok(Some(FieldValue::owned_any(value)))
}

/// A list of objects.
pub fn many<T: Any + Send + Sync>(values: impl IntoIterator<Item = T>) -> Answer {
    let list = values.into_iter().map(FieldValue::owned_any);
    Ok(Some(FieldValue::list(list.collect::<Vec<_>>())))
}

/// A list of texts.
pub fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Answer {
    let list =
        values.into_iter().map(|value| FieldValue::value(Value::String(value.as_ref().to_owned())));
    Ok(Some(FieldValue::list(list.collect::<Vec<_>>())))
}

/// A field that shows an `Arc<str>` of its object.
pub fn text_field<P: Any + Send + Sync>(name: &str, ty: &str, get: fn(&P) -> &Arc<str>) -> Field {
    field::<P, _>(name, ty, move |parent, _| text(get(parent).as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_graphql_writes_them() {
        for written in ["Twin", "Twin!", "[Twin!]!", "[[Twin]!]"] {
            assert_eq!(type_ref(written).to_string(), written);
        }
    }

    #[test]
    fn numbers_that_javascript_would_round_become_texts() {
        assert_eq!(long((1 << 53) - 1), Value::from((1_i64 << 53) - 1));
        assert_eq!(long(-(1 << 53)), Value::String("-9007199254740992".to_owned()));
    }
}
