//! By what a rule compares claims.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::claim::Values;
use super::same::value_order;
use crate::domain::time::Timestamp;

/// By what a rule compares claims. All measures of one rule are of one kind; the greater one is better.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure<'a> {
    /// A trust, from 0 on.
    Trust(f64),
    /// A moment; one that is known is better than none.
    Moment(Option<Timestamp>),
    /// A count.
    Count(usize),
    /// How many values are filled: of these properties, and of all that the author gives.
    Filled(usize, usize),
    /// The values themselves; the greater the better.
    Greatest(Values<'a>),
    /// The values themselves; the less the better.
    Least(Values<'a>),
}

impl Measure<'_> {
    /// Which of the two is better: the greater one.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Trust(a), Self::Trust(b)) => a.total_cmp(b),
            (Self::Moment(a), Self::Moment(b)) => a.cmp(b),
            (Self::Count(a), Self::Count(b)) => a.cmp(b),
            (Self::Filled(here, all), Self::Filled(there, others)) => {
                (here, all).cmp(&(there, others))
            }
            (Self::Greatest(a), Self::Greatest(b)) => values_order(a, b),
            (Self::Least(a), Self::Least(b)) => values_order(b, a),
            (
                Self::Trust(_)
                | Self::Moment(_)
                | Self::Count(_)
                | Self::Filled(..)
                | Self::Greatest(_)
                | Self::Least(_),
                _,
            ) => Ordering::Equal,
        }
    }
}

/// The order of the first values that differ.
fn values_order(a: &Values<'_>, b: &Values<'_>) -> Ordering {
    let pairs = a.iter().zip(b.iter());
    let mut orders = pairs.map(|((_, a), (_, b))| value_order(a, b));
    orders.find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

impl fmt::Display for Measure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trust(trust) => write!(f, "{}", (trust * 1_000.0).round() / 1_000.0),
            Self::Moment(Some(moment)) => moment.fmt(f),
            Self::Moment(None) => f.write_str("unknown"),
            Self::Count(count) => count.fmt(f),
            Self::Filled(here, all) => write!(f, "{here} here, {all} in all"),
            Self::Greatest(values) | Self::Least(values) => {
                let texts: Vec<String> = values.iter().map(|(_, value)| shown(value)).collect();
                f.write_str(&texts.join(", "))
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
