//! Circuit breakers, as they are when somebody looks: nothing is counted here on the way of a decision.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use usher_host::BreakerState;

use super::{Slug, Version};
use crate::environments::Environments;

/// Shows the breakers of the live releases.
#[derive(Debug)]
pub(super) struct Breakers(pub(super) Arc<Environments>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    environment: Slug,
    workflow: Slug,
    version: Version,
}

impl Collector for Breakers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let environments = self.0.all();
        let live: Vec<_> = environments.iter().map(|running| (&running.name, running.host.live())).collect();
        let breakers = live.iter().flat_map(|(environment, live)| {
            live.loaded_workflows().filter_map(|loaded| {
                let labels = Labels {
                    environment: Slug(Arc::clone(environment)),
                    workflow: Slug(Arc::clone(loaded.slug)),
                    version: Version(Arc::clone(loaded.digest)),
                };
                Some((labels, loaded.breaker?))
            })
        });
        let breakers: Vec<_> = breakers.collect();

        let help = "Whether the workflow's circuit breaker is open, which leaves it out of decisions";
        let mut open = encoder.encode_descriptor("usher_workflow_breaker_open", help, None, MetricType::Gauge)?;
        for (labels, breaker) in &breakers {
            open.encode_family(labels)?.encode_gauge(&i64::from(breaker.state() == BreakerState::Open))?;
        }
        let help = "Runs that were left out because the workflow's circuit breaker was open";
        let mut skipped = encoder.encode_descriptor("usher_workflow_skipped_runs", help, None, MetricType::Counter)?;
        for (labels, breaker) in &breakers {
            skipped.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(&breaker.skipped(), None)?;
        }
        Ok(())
    }
}
