//! Releases: which one decides in which environment, as it is when somebody looks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::MetricType;

use super::Slug;
use crate::environments::Environments;

/// Shows the live release of every environment.
#[derive(Debug)]
pub(super) struct Releases(pub(super) Arc<Environments>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    environment: Slug,
}

impl Collector for Releases {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Number of the live release";
        let mut release = encoder.encode_descriptor("usher_release", help, None, MetricType::Gauge)?;
        for running in self.0.all().iter() {
            let labels = Labels { environment: Slug(Arc::clone(&running.name)) };
            let number = i64::try_from(running.host.live().number()).unwrap_or(i64::MAX);
            release.encode_family(&labels)?.encode_gauge(&number)?;
        }
        Ok(())
    }
}
