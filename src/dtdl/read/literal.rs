//! Reading properties whose values are strings, numbers, booleans and identifiers.

use std::rc::Rc;

use super::super::context::Active;
use super::super::error::{ModelError, rule};
use super::super::graph::{Ix, Literal};
use super::super::json::Value;
use super::super::metamodel::{Limit, Limits, Pattern, Shape};
use super::super::text::{length, matches_pattern};
use super::super::value::is_duration;
use super::objects::values_of;
use super::reader::Reader;

/// The kinds of literals, with the validation ids of what may be wrong with each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Bool,
    Integer,
    Number,
    Duration,
    Any,
}

/// The validation ids for one kind of literal.
struct Rules {
    count_below_min: &'static str,
    multiple: &'static str,
    not_this: &'static str,
    object_no_value: &'static str,
    type_not_this: &'static str,
    value_not_this: &'static str,
}

macro_rules! rules {
    ($sort:literal, $this:literal) => {
        Rules {
            count_below_min: concat!("dtmi:dtdl:parsingError:", $sort, "CountBelowMin"),
            multiple: concat!("dtmi:dtdl:parsingError:", $sort, "MultipleValues"),
            not_this: concat!("dtmi:dtdl:parsingError:", $sort, "Not", $this),
            object_no_value: concat!("dtmi:dtdl:parsingError:", $sort, "ObjectNoValue"),
            type_not_this: concat!("dtmi:dtdl:parsingError:", $sort, "TypeNot", $this),
            value_not_this: concat!("dtmi:dtdl:parsingError:", $sort, "ValueNot", $this),
        }
    };
}

impl Sort {
    fn rules(self) -> &'static Rules {
        match self {
            Sort::Text => &rules!("string", "String"),
            Sort::Bool => &rules!("boolean", "Boolean"),
            Sort::Integer => &rules!("integer", "Integer"),
            Sort::Number => &rules!("numeric", "Numeric"),
            Sort::Duration => &Rules {
                not_this: rule!("durationNotString"),
                value_not_this: rule!("durationValueNotString"),
                ..rules!("duration", "Duration")
            },
            Sort::Any => {
                &Rules { not_this: rule!("literalNotValid"), ..rules!("literal", "Valid") }
            }
        }
    }

    /// What the value should be, in words.
    fn words(self) -> &'static str {
        match self {
            Sort::Text => "a string",
            Sort::Bool => "true or false",
            Sort::Integer => "a whole number of 32 bits",
            Sort::Number => "a number",
            Sort::Duration => "a duration of ISO 8601, such as \"PT15M\"",
            Sort::Any => "a string, a whole number of 32 bits, or true or false",
        }
    }

    /// The XML Schema type that a value object may state.
    fn xsd_name(self) -> &'static str {
        match self {
            Sort::Text => "string",
            Sort::Bool => "boolean",
            Sort::Integer => "integer",
            Sort::Number => "decimal",
            Sort::Duration => "duration",
            Sort::Any => "",
        }
    }

    /// The literal that a scalar is, if it is of this kind.
    fn literal(self, value: Value<'_>) -> Option<Literal<'_>> {
        match self {
            Sort::Text | Sort::Duration => value.as_str().map(Literal::Text),
            Sort::Bool => value.as_bool().map(Literal::Bool),
            Sort::Integer => whole_number(value).map(Literal::Integer),
            Sort::Number => value.as_f64().map(Literal::Number),
            Sort::Any => value
                .as_str()
                .map(Literal::Text)
                .or_else(|| value.as_bool().map(Literal::Bool))
                .or_else(|| whole_number(value).map(Literal::Integer))
                .or_else(|| value.as_f64().map(Literal::Number)),
        }
    }
}

/// A number without a fraction that 32 bits hold.
fn whole_number(value: Value<'_>) -> Option<i64> {
    let number = value.as_f64()?;
    let whole =
        number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    whole.then_some(number as i64)
}

/// What is read, and where: for errors.
#[derive(Clone, Copy)]
struct Target<'t> {
    ix: Ix,
    property: &'static str,
    written: Value<'t>,
}

impl<'t> Reader<'t, '_> {
    /// Reads a literal property and adds it to the element.
    pub(super) fn read_literal(
        &mut self,
        ix: Ix,
        property: &'static str,
        key: Value<'t>,
        written: Value<'t>,
        shape: Shape,
        context: &Rc<Active<'t>>,
    ) {
        let target = Target { ix, property, written };
        let literal = match shape {
            Shape::Text { length_max, pattern } => {
                self.read_text(target, length_max, pattern, context)
            }
            Shape::LangText { length_max } => {
                let texts = self.read_languages(ix, property, written, length_max, context);
                Some(Literal::Languages(texts))
            }
            Shape::Bool => self.read_one(target, Sort::Bool, context),
            Shape::Integer { min, max } => {
                let literal = self.read_one(target, Sort::Integer, context);
                self.check_range(target, &literal, min, max[usize::from(context.version() - 2)]);
                literal
            }
            Shape::Number => self.read_one(target, Sort::Number, context),
            Shape::Duration => self.read_duration(target, context),
            Shape::Literal => self.read_one(target, Sort::Any, context),
            Shape::Identifier { length_max } => {
                self.read_identifier(target, key, length_max, context)
            }
            Shape::Elements(_) | Shape::Reserved => None,
        };
        if let Some(literal) = literal {
            self.graph.get_mut(ix).literals.push((property, literal));
        }
    }

    fn literal_error(&self, rule: &'static str, target: Target<'t>, at: Value<'t>) -> ModelError {
        ModelError::new(rule)
            .at(at.place())
            .element(self.graph.id_of(target.ix))
            .property(target.property)
    }

    /// Reads a property that has one value, as it stands or as `{"@value": …}`.
    fn read_one(
        &mut self,
        target: Target<'t>,
        sort: Sort,
        context: &Rc<Active<'t>>,
    ) -> Option<Literal<'t>> {
        let values = values_of(target.written);
        let rules = sort.rules();
        if values.len() > 1 {
            let error = self
                .literal_error(rules.multiple, target, target.written)
                .says(format!("'{}' has more than one value.", target.property))
                .mend("Keep one of them.");
            self.report(error);
            return None;
        }
        let Some(&value) = values.first() else {
            if self.is_required(target) {
                let error = self
                    .literal_error(rules.count_below_min, target, target.written)
                    .says(format!("'{}' has no value.", target.property))
                    .mend(format!("Give it {}.", sort.words()));
                self.report(error);
            }
            return None;
        };
        if value.is_object() {
            return self.read_value_object(target, value, sort, context);
        }
        let literal = sort.literal(value);
        if literal.is_none() {
            let error = self
                .literal_error(rules.not_this, target, value)
                .says(format!("The value of '{}' is not {}.", target.property, sort.words()))
                .mend(format!("Make it {}.", sort.words()));
            self.report(error);
        }
        literal
    }

    fn is_required(&self, target: Target<'t>) -> bool {
        let element = self.graph.get(target.ix);
        let material = element.class.property(target.property, element.version);
        let mut brought = element.types.iter().flat_map(|found| &found.properties);
        material.is_some_and(|def| def.required)
            || brought.any(|own| own.id == target.property && own.required)
    }

    /// Reads `{"@value": …, "@type": "xsd:…"}`.
    fn read_value_object(
        &mut self,
        target: Target<'t>,
        object: Value<'t>,
        sort: Sort,
        context: &Rc<Active<'t>>,
    ) -> Option<Literal<'t>> {
        self.check_value_object(target, object, context);
        let rules = sort.rules();
        let Some(value) = object.get("@value") else {
            let error = self
                .literal_error(rules.object_no_value, target, object)
                .says(format!("The value of '{}' is an object without '@value'.", target.property))
                .mend(format!("Make it {}.", sort.words()));
            self.report(error);
            return None;
        };
        let declared = match self.declared_sort(target, object, sort) {
            Ok(declared) => declared,
            Err(()) => return None,
        };
        let literal = declared.literal(value);
        if literal.is_none() {
            let error = self
                .literal_error(declared.rules().value_not_this, target, object)
                .says(format!("The '@value' of '{}' is not {}.", target.property, declared.words()))
                .mend(format!("Make it {}.", declared.words()));
            self.report(error);
        }
        literal
    }

    /// The kind of literal that the `@type` of a value object states, if it states one.
    fn declared_sort(
        &mut self,
        target: Target<'t>,
        object: Value<'t>,
        sort: Sort,
    ) -> Result<Sort, ()> {
        let Some(written) = object.get("@type") else {
            return Ok(sort);
        };
        let names = values_of(written);
        if names.len() != 1 {
            let error = self
                .literal_error(rule!("literalTypeNotSingular"), target, object)
                .says(format!(
                    "The value of '{}' has an '@type' that is not one type.",
                    target.property
                ))
                .mend("State one type, or remove the '@type'.");
            self.report(error);
            return Err(());
        }
        let name = names[0].as_str().unwrap_or_default();
        let name = name
            .strip_prefix("xsd:")
            .or_else(|| name.strip_prefix("http://www.w3.org/2001/XMLSchema#"));
        let among: &[Sort] = match sort {
            Sort::Any => &[Sort::Text, Sort::Bool, Sort::Integer, Sort::Number],
            Sort::Text => &[Sort::Text],
            Sort::Bool => &[Sort::Bool],
            Sort::Integer => &[Sort::Integer],
            Sort::Number => &[Sort::Number],
            Sort::Duration => &[Sort::Duration],
        };
        let found = among.iter().find(|known| Some(known.xsd_name()) == name);
        found.copied().ok_or_else(|| {
            let rule = if sort == Sort::Any {
                rule!("literalNotValid")
            } else {
                sort.rules().type_not_this
            };
            let error = self
                .literal_error(rule, target, object)
                .says(format!(
                    "The '@type' of the value of '{}' is not 'xsd:{}'.",
                    target.property,
                    sort.xsd_name()
                ))
                .mend("Correct the '@type', or remove it.");
            self.report(error);
        })
    }

    /// A value object has `@value` and `@type` and nothing else.
    fn check_value_object(
        &mut self,
        target: Target<'t>,
        object: Value<'t>,
        context: &Rc<Active<'t>>,
    ) {
        for (key, _) in object.members() {
            let name = key.as_str().unwrap_or_default();
            let rule = match name {
                "@value" | "@type" => continue,
                "@context" => rule!("valueObjectContext"),
                "@id" => rule!("valueObjectId"),
                "@graph" => rule!("valueObjectGraph"),
                _ if !name.starts_with('@') => rule!("valueObjectInvalidProp"),
                _ if !context.restricts_keywords() => continue,
                "@language" => rule!("valueObjectLanguage"),
                _ => rule!("valueObjectKeyword"),
            };
            let mut error = self
                .literal_error(rule, target, key)
                .says(format!("The value of '{}' is an object with '{name}'.", target.property))
                .mend("Keep '@value' and '@type' only.");
            if matches!(error.short_id(), "valueObjectInvalidProp" | "valueObjectKeyword") {
                error = error.value(name);
            }
            self.report(error);
        }
    }

    fn read_text(
        &mut self,
        target: Target<'t>,
        length_max: Limit,
        pattern: Pattern,
        context: &Rc<Active<'t>>,
    ) -> Option<Literal<'t>> {
        let literal = self.read_one(target, Sort::Text, context)?;
        let text = literal.as_text()?;
        self.check_length(
            rule!("stringTooLong"),
            target,
            target.written,
            text,
            length_max,
            context.limits,
        );
        if !matches_pattern(pattern, text) {
            let error = self
                .literal_error(rule!("stringInvalid"), target, target.written)
                .value(text)
                .says(format!("'{text}' is not allowed as '{}'.", target.property))
                .mend(pattern_mend(pattern));
            self.report(error);
        }
        Some(literal)
    }

    fn check_length(
        &mut self,
        rule: &'static str,
        target: Target<'t>,
        at: Value<'t>,
        text: &str,
        length_max: Limit,
        limits: Limits,
    ) {
        let Some(max) = length_max.under(limits).filter(|max| length(text) > *max as usize) else {
            return;
        };
        let error = self
            .literal_error(rule, target, at)
            .value(text)
            .restriction(max.to_string())
            .says(format!(
                "'{}' is {} characters long; {max} are allowed.",
                target.property,
                length(text)
            ))
            .mend("Shorten it.");
        self.report(error);
    }

    fn read_duration(
        &mut self,
        target: Target<'t>,
        context: &Rc<Active<'t>>,
    ) -> Option<Literal<'t>> {
        let literal = self.read_one(target, Sort::Duration, context)?;
        let text = literal.as_text()?;
        if is_duration(text) {
            return Some(literal);
        }
        let error = self
            .literal_error(rule!("durationInvalid"), target, target.written)
            .value(text)
            .says(format!("'{text}' is not a duration."))
            .mend("Write it as ISO 8601 has it, such as \"PT15M\".");
        self.report(error);
        None
    }

    fn check_range(
        &mut self,
        target: Target<'t>,
        literal: &Option<Literal<'t>>,
        min: Option<i32>,
        max: Option<i32>,
    ) {
        let Some(Literal::Integer(number)) = *literal else {
            return;
        };
        let (low, high) = (min.map(i64::from), max.map(i64::from));
        let below = low.is_some_and(|low| number < low);
        let above = high.is_some_and(|high| number > high);
        let (rule, allowed) = match (low, high) {
            _ if !below && !above => return,
            (Some(low), Some(high)) if low == high => (rule!("valueNotExact"), low.to_string()),
            (Some(low), Some(high)) if below => {
                (rule!("valueBelowRange"), format!("[{low}, {high}]"))
            }
            (Some(low), Some(high)) => (rule!("valueAboveRange"), format!("[{low}, {high}]")),
            (Some(low), None) => (rule!("valueBelowMin"), low.to_string()),
            (_, high) => (rule!("valueAboveMax"), high.unwrap_or_default().to_string()),
        };
        let error = self
            .literal_error(rule, target, target.written)
            .value(number.to_string())
            .restriction(allowed.clone())
            .says(format!("'{}' is {number}, which is outside {allowed}.", target.property))
            .mend(format!("Choose a value within {allowed}."));
        self.report(error);
    }

    fn read_identifier(
        &mut self,
        target: Target<'t>,
        key: Value<'t>,
        length_max: Limit,
        context: &Rc<Active<'t>>,
    ) -> Option<Literal<'t>> {
        let values = values_of(target.written);
        let rule = match values.len() {
            0 => rule!("identifierCountBelowMin"),
            1 => "",
            _ => rule!("identifierMultipleValues"),
        };
        if !rule.is_empty() {
            if !values.is_empty() || self.is_required(target) {
                let error = self
                    .literal_error(rule, target, key)
                    .says(format!("'{}' must have one value.", target.property))
                    .mend("Give it one identifier.");
                self.report(error);
            }
            return None;
        }
        let value = values[0];
        let Some(text) = value.as_str() else {
            let error = self
                .literal_error(rule!("identifierNotString"), target, value)
                .says(format!("The value of '{}' is not a string.", target.property))
                .mend("Write the identifier as a string.");
            self.report(error);
            return None;
        };
        let Some(id) = context.dtmi_of(text) else {
            let error = self
                .literal_error(rule!("identifierNotDtmi"), target, value)
                .value(text)
                .says(format!("'{text}' is neither a valid DTMI nor a term."))
                .mend("Correct the identifier.");
            self.report(error);
            return None;
        };
        self.check_length(
            rule!("identifierTooLong"),
            target,
            value,
            &id,
            length_max,
            context.limits,
        );
        Some(Literal::Identifier(id))
    }
}

fn pattern_mend(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Any => "",
        Pattern::Name => {
            "Use letters, digits and underscores; begin with a letter, end with a letter or digit."
        }
        Pattern::Topic => {
            "Write labels or {tokens} between slashes, such as \"plant/{modelId}/telemetry\"."
        }
        Pattern::TopicLabel => "Use printable characters other than space, \", +, #, {, } and /.",
    }
}
