//! Changes run to their end, even when whoever asked for them goes away halfway: what is stored is also live.

use std::error::Error;
use std::future::Future;

use tracing::Instrument;

/// Says that a change broke off because of a fault in the server. The operator's move: the log has the fault.
#[derive(Debug, thiserror::Error)]
#[error("a change broke off halfway; the operator has to look at the log, and to start the server anew")]
pub struct Abandoned {
    #[source]
    cause: Box<dyn Error + Send + Sync>,
}

impl Abandoned {
    pub(crate) fn because(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into() }
    }
}

/// Runs a future that goes on when this one is dropped.
pub(crate) async fn to_the_end<T: Send + 'static>(
    change: impl Future<Output = T> + Send + 'static,
) -> Result<T, Abandoned> {
    tokio::spawn(change.in_current_span()).await.map_err(Abandoned::because)
}
