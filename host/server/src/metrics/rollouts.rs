//! Rollouts: what a canary and a shadow have come to on this server since they began, as it is when somebody looks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::MetricType;

use super::Slug;
use crate::environments::Environments;

/// Shows every canary, with the release beside it, and every shadow.
#[derive(Debug)]
pub(super) struct Rollouts(pub(super) Arc<Environments>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    environment: Slug,
    release: u64,
    /// What became of the decisions.
    outcome: &'static str,
}

impl Collector for Rollouts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let environments = self.0.all();
        let help = "Decisions by a canary and by the release beside it since the canary began";
        let mut canary = encoder.encode_descriptor("usher_canary_decisions", help, None, MetricType::Gauge)?;
        for running in environments.iter() {
            let Some(report) = running.host.canary().map(|canary| canary.report()) else { continue };
            for tally in [&report.beside, &report.canary] {
                for (outcome, decisions) in
                    [("all", tally.decisions), ("failed", tally.failed), ("degraded", tally.degraded)]
                {
                    let labels =
                        Labels { environment: Slug(Arc::clone(&running.name)), release: tally.release, outcome };
                    canary.encode_family(&labels)?.encode_gauge(&number(decisions))?;
                }
            }
        }
        let help = "Live decisions that a shadow was to make again since it began";
        let mut shadow = encoder.encode_descriptor("usher_shadow_decisions", help, None, MetricType::Gauge)?;
        for running in environments.iter() {
            let Some(report) = running.host.shadow().map(|shadow| shadow.report()) else { continue };
            for (outcome, decisions) in [
                ("sampled", report.sampled),
                ("dropped", report.dropped),
                ("evaluated", report.evaluated),
                ("inconclusive", report.inconclusive),
                ("different", report.different),
            ] {
                let labels = Labels { environment: Slug(Arc::clone(&running.name)), release: report.release, outcome };
                shadow.encode_family(&labels)?.encode_gauge(&number(decisions))?;
            }
        }
        Ok(())
    }
}

fn number(decisions: u64) -> i64 {
    i64::try_from(decisions).unwrap_or(i64::MAX)
}
