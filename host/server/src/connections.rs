//! Connections: accepted one by one, served side by side, and ended without dropping what is under way.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Patience;
use crate::leftover;
use crate::routes::Doors;

/// How long to wait when the system has no more connections to give: one has to be closed first.
const BREATH: Duration = Duration::from_millis(100);

/// How connections are served.
pub(crate) struct Serving {
    pub(crate) doors: Arc<Doors>,
    /// Time for the head of a request, and for the next part of its body.
    pub(crate) patience: Patience,
    /// Connections that may be open at the same time.
    pub(crate) most: usize,
    /// Time for requests under way to end.
    pub(crate) grace: Duration,
}

impl Serving {
    /// Serves until `shutdown` is ready, and then until every request under way has its answer, or the grace is over.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let places = Arc::new(Semaphore::new(self.most));
        let graceful = GracefulShutdown::new();
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                accepted = accept(&listener, &places) => match accepted {
                    Ok((stream, peer, place)) => self.begin(stream, peer, place, &graceful),
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        tokio::time::sleep(BREATH).await;
                    }
                },
                () = &mut shutdown => break,
            }
        }
        drop(listener);
        if tokio::time::timeout(self.grace, graceful.shutdown()).await.is_err() {
            tracing::warn!(grace = ?self.grace, "some requests did not end in time, and were cut off");
        }
        Ok(())
    }

    /// Serves one connection beside the others.
    fn begin(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        let (doors, patience) = (Arc::clone(&self.doors), self.patience.body);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let doors = Arc::clone(&doors);
            leftover::answered(request, patience, async move |request| doors.answer(request.map(Body::new)).await)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience.head)
            // To copy a short answer behind its head takes less time than to send the two side by side. Hardly any is long.
            .writev(false)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // Whoever breaks a connection off knows it; there is nobody to tell.
            let _broken = connection.await;
            drop(place);
        });
    }
}

/// Waits for a place, and for somebody to take it.
async fn accept(
    listener: &tokio::net::TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are short: none is to wait for more to send.
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}
