//! Signals: how someone ends the server.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for whoever wants the server to end, from the moment it is made.
#[cfg(unix)]
pub(super) struct Shutdown {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Shutdown {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the first signal.
    pub(super) async fn asked(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("asked to end: finishing what is under way");
    }
}

/// Elsewhere there is Ctrl-C alone.
#[cfg(not(unix))]
pub(super) struct Shutdown;

#[cfg(not(unix))]
impl Shutdown {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn asked(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        tracing::info!("asked to end: finishing what is under way");
    }
}
