//! Meters: what metered properties still allow. Reading them consumes nothing.

use usher_decision::{Catalog, Meter, PropertyKind, Resolution, Value};
use usher_sandbox::User;

use crate::data::{CounterQuery, CounterReading};
use crate::reading::Reading;

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowance {
    /// Units of the limit.
    pub total_units: u64,
    /// Units used in the period. It may be more than the limit: counting is never refused.
    pub consumed_units: u64,
    /// When the period began, in milliseconds since 1970-01-01T00:00:00Z.
    pub period_start_ms: u64,
    /// Whether the resource that was asked about has been counted in the period, so that using it again costs nothing.
    /// Only where each resource counts once.
    pub resource_used: bool,
}

impl Allowance {
    /// Units that are left.
    #[must_use]
    pub fn remaining_units(&self) -> u64 {
        self.total_units.saturating_sub(self.consumed_units)
    }

    /// Whether one more use is allowed.
    #[must_use]
    pub fn gives_access(&self) -> bool {
        self.remaining_units() > 0 || self.resource_used
    }
}

/// The allowances of one decision, by the slot of their property; none where the property is not metered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowances(Vec<Option<Allowance>>);

/// Who is counted, and what they want.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage<'a> {
    /// None for a visitor who was new in this very request: nothing is counted of them yet.
    pub(crate) user: Option<&'a User>,
    pub(crate) resource_id: Option<&'a str>,
    pub(crate) now_ms: u64,
}

impl Allowances {
    /// Reads the counters of all properties that came out metered. When they cannot be read, nothing counts as used:
    /// a reader is not locked out because a database is slow.
    pub(crate) async fn read(
        catalog: &Catalog,
        resolution: &Resolution,
        usage: Usage<'_>,
        reading: &mut Reading,
    ) -> Self {
        let (mut queries, mut limits) = (Vec::new(), Vec::new());
        for resolved in resolution.features(catalog).flat_map(|feature| feature.properties()) {
            let Some(Value::Meter(Meter::Metered { limit, per })) = resolved.value else { continue };
            let PropertyKind::Meterable { unique_resources } = *resolved.property.kind() else { continue };
            queries.push(CounterQuery {
                counter_id: resolved.property.counter_id(),
                per: *per,
                since_ms: catalog.calendar().start_of(*per, usage.now_ms),
                unique_resources,
                resource_id: usage.resource_id.filter(|_| unique_resources),
            });
            limits.push((resolved.property.slot(), *limit));
        }
        let readings = match usage.user {
            Some(user) if !queries.is_empty() => reading.counters(user, &queries).await.unwrap_or_default(),
            Some(_) | None => Vec::new(),
        };
        let mut readings = readings.into_iter();
        let slots = limits.iter().map(|(slot, _)| slot.saturating_add(1)).max().unwrap_or_default();
        let mut allowances = Self(Vec::with_capacity(slots));
        for (query, (slot, total_units)) in queries.iter().zip(limits) {
            let CounterReading { units, resource_used } = readings.next().unwrap_or_default();
            allowances.put(
                slot,
                Allowance { total_units, consumed_units: units, period_start_ms: query.since_ms, resource_used },
            );
        }
        allowances
    }

    pub(crate) fn put(&mut self, slot: usize, allowance: Allowance) {
        if self.0.len() <= slot {
            self.0.resize(slot.saturating_add(1), None);
        }
        if let Some(place) = self.0.get_mut(slot) {
            *place = Some(allowance);
        }
    }

    /// What is left of the limit of the property with this slot.
    pub(crate) fn of(&self, slot: usize) -> Option<&Allowance> {
        self.0.get(slot).and_then(Option::as_ref)
    }
}

/// Whether a meter lets anything through.
pub(crate) fn gives_access(meter: &Meter, allowance: Option<&Allowance>) -> bool {
    match meter {
        Meter::On => true,
        Meter::Metered { .. } => allowance.is_some_and(Allowance::gives_access),
        Meter::Off => false,
    }
}
