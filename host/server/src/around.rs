//! Around every door: a request has an id and a span in the log, gets an answer even when its handler panics, and waits with it
//! until others have theirs.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span, field};

use crate::app::App;
use crate::decide::StraightDoor;
use crate::request_id::{REQUEST_ID, RequestId};
use crate::respond;

/// Around a door that the router found.
pub(crate) async fn routed(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let span = span(&id, request.method(), route);
    around(id, span, next.run(request)).await
}

/// Around a door that was found without the router.
pub(crate) async fn straight(request: Request, door: StraightDoor, app: Arc<App>) -> Response {
    let id = RequestId::of(request.headers());
    // The route has no variables, so it is the path.
    let span = span(&id, request.method(), Some(request.uri().path()));
    let answer = async { respond::readable_by_scripts(door(request, app).await) };
    around(id, span, answer).await
}

async fn around(RequestId(id): RequestId, span: Span, answer: impl Future<Output = Response>) -> Response {
    let began = Instant::now();
    let mut response = caught(answer).instrument(span.clone()).await;
    // The target has the name of what used to write this line, which operators may have filters for.
    tracing::debug!(
        target: "tower_http::trace::on_response",
        parent: &span,
        latency = format_args!("{} ms", began.elapsed().as_millis()),
        status = response.status().as_u16(),
        "finished processing request"
    );
    response.headers_mut().insert(REQUEST_ID, id);
    others_are_answered().await;
    response
}

/// Waits until the requests that are next on this thread have their answers as well, so that all of them are sent one after the
/// other. Between two that are sent at once, a client would wake up for the first, and a decision would begin with the
/// network's code and data in the caches in place of its own. Who is alone is answered as soon as without this.
///
/// The field knows it as cohort scheduling: Larus and Parkes, 2002, "Using Cohort Scheduling to Enhance Server Performance".
async fn others_are_answered() {
    // The runtime goes on with a task that yields when it has run out of others, and after some sixty of them at the latest.
    tokio::task::yield_now().await;
}

/// What every log line of a request has. The route and not the path: a path may name a user.
fn span(id: &RequestId, method: &Method, route: Option<&str>) -> Span {
    tracing::info_span!("request", id = id.as_str(), %method, route, key = field::Empty, decision = field::Empty)
}

/// An answer, or what is left to say when its handler panics.
async fn caught(answer: impl Future<Output = Response>) -> Response {
    let mut answer = pin!(answer);
    let answer = poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        poll.unwrap_or_else(|panic| Poll::Ready(respond::panicked(panic)))
    });
    answer.await
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::http::{HeaderMap, StatusCode};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered() {
        let response = caught(async { panic!("of a handler") }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn answers_are_sent_when_those_next_to_them_are_found() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let requests = [(); 3].map(|()| {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let find = async {
                    seen.lock().unwrap().push("found");
                    Response::default()
                };
                around(RequestId::of(&HeaderMap::new()), Span::none(), find).await;
                seen.lock().unwrap().push("sent");
            })
        });
        for request in requests {
            request.await.unwrap();
        }
        assert_eq!(*seen.lock().unwrap(), ["found", "found", "found", "sent", "sent", "sent"]);
    }
}
