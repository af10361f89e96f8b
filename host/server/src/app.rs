//! What all doors share.

use std::sync::Arc;
use std::time::Duration;

use ipnetwork::IpNetwork;
use usher_host::Admissions;
use usher_store::Store;

use crate::environments::Environments;
use crate::fleet::Freshness;
use crate::keys::KeyRing;
use crate::metrics::Metrics;
use crate::publish::Publisher;

/// Everything that a request may need. It lives as long as the server.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) environments: Arc<Environments>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) admissions: Arc<Admissions>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) store: Store,
    pub(crate) metrics: Metrics,
    pub(crate) freshness: Arc<Freshness>,
    pub(crate) body_patience: Duration,
    pub(crate) trusted_proxies: Vec<IpNetwork>,
}
