//! Measured state: memory answers what it can, history the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::EngineError;
use super::handle::Engine;
use crate::domain::fact::PropertyPath;
use crate::domain::id::{StreamId, TwinId};
use crate::domain::reading::{Quality, Recorded};
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::domain::view::{Candidate, InMemory, Scope, View};
use crate::store::Window;

/// The latest measurement of a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The property or telemetry.
    pub path: PropertyPath,
    /// The value, in the property's unit.
    pub value: Value,
    /// When it was measured.
    pub time: Timestamp,
    /// How good it is.
    pub quality: Quality,
    /// The stream that it came from.
    pub stream: StreamId,
    /// The unit of the stream, when the binding names one.
    pub stream_unit: Option<Arc<str>>,
}

impl Engine {
    /// The latest measurement of each property of a twin, by path.
    ///
    /// # Errors
    /// When history has to be asked and the store does not answer.
    pub async fn measured(
        &self,
        twin: TwinId,
        scope: Scope,
    ) -> Result<BTreeMap<PropertyPath, Measured>, EngineError> {
        let candidates = self.read(|state| View { state, scope }.candidates(twin));
        let mut best: BTreeMap<PropertyPath, (Recorded, Candidate)> = BTreeMap::new();
        for candidate in candidates {
            let latest = match &candidate.latest {
                InMemory::Reading(recorded) => Some(recorded.clone()),
                InMemory::None => None,
                InMemory::AskHistory => self.latest_in(&candidate, scope).await?,
            };
            let Some(latest) = latest else { continue };
            let wins = best
                .get(&candidate.path)
                .is_none_or(|(held, _)| latest.reading.order() > held.reading.order());
            if wins {
                best.insert(candidate.path.clone(), (latest, candidate));
            }
        }
        Ok(best.into_iter().map(|(path, found)| (path, measured(found))).collect())
    }

    async fn latest_in(
        &self,
        candidate: &Candidate,
        scope: Scope,
    ) -> Result<Option<Recorded>, EngineError> {
        let window =
            Window { stream: candidate.stream, times: candidate.times, known: scope.known };
        Ok(self.store().latest(window).await?)
    }
}

fn measured((recorded, candidate): (Recorded, Candidate)) -> Measured {
    let reading = recorded.reading;
    let value = match candidate.conversion {
        Some(conversion) => conversion.apply(&reading.value),
        None => reading.value,
    };
    Measured {
        path: candidate.path,
        value,
        time: reading.time,
        quality: reading.quality,
        stream: reading.stream,
        stream_unit: candidate.unit,
    }
}
