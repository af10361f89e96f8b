//! How far a server of a fleet may be behind, as it is when somebody looks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use crate::fleet::Freshness;

/// Shows nothing where no other server changes anything.
#[derive(Debug)]
pub(super) struct Staleness(pub(super) Arc<Freshness>);

impl Collector for Staleness {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(stale) = self.0.stale_for() else { return Ok(()) };
        let help = "Time since it was last known that no other server has changed anything";
        let mut metric = encoder.encode_descriptor("usher_stale", help, Some(&Unit::Seconds), MetricType::Gauge)?;
        metric.encode_gauge(&stale.as_secs_f64())
    }
}
