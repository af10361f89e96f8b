//! What is left of a request's body when its answer is there. A connection goes on with the next request where this one
//! ends, so the rest is read; where that would be too much, the answer says that the connection ends.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Request, header};
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, timeout};

/// Bytes that are read after an answer was found, so that the connection can go on: more than any body may have, but for
/// a module.
const REST_BYTES: u64 = 2 << 20;
/// How long the caller of a connection that ends may go on sending. A connection that ends with bytes unread is reset, and
/// a reset takes the answer with it.
const LINGER: Duration = Duration::from_secs(5);

/// Has a request answered, and sees to what is left of its body. The rest has until `patience` after the head to arrive.
pub(crate) async fn answered(
    request: Request<Incoming>,
    patience: Duration,
    answer: impl AsyncFnOnce(Request<Lent>) -> Response,
) -> Result<Response, Infallible> {
    let began = Instant::now();
    let waits_to_be_asked = request.headers().contains_key(header::EXPECT);
    let left = Arc::new(Mutex::new(Left::Nothing));
    let mut response = answer(request.map(|body| Lent::new(body, &left))).await;
    let left = std::mem::replace(&mut *left.lock().unwrap_or_else(PoisonError::into_inner), Left::Nothing);
    let goes_on = match left {
        Left::Nothing => true,
        // Reading it would ask for it.
        Left::Rest { has_begun: false, .. } if waits_to_be_asked => false,
        Left::Rest { body, .. } => discarded(body, patience.saturating_sub(began.elapsed())).await,
        Left::Lent | Left::Broken => false,
    };
    if !goes_on {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Reads the rest of a body, and returns whether it was read to its end.
async fn discarded(mut body: Incoming, patience: Duration) -> bool {
    if body.size_hint().lower() <= REST_BYTES {
        match timeout(patience, discard(&mut body, REST_BYTES)).await {
            Ok(Discarded::Whole) => return true,
            Ok(Discarded::Broken) => return false,
            Ok(Discarded::Part) | Err(_) => {}
        }
    }
    // Beside the answer, which is on its way meanwhile. It ends with the connection, or before.
    drop(tokio::spawn(async move { timeout(LINGER, discard(&mut body, u64::MAX)).await }));
    false
}

/// How far a body was read.
enum Discarded {
    Whole,
    Part,
    Broken,
}

async fn discard(body: &mut Incoming, most: u64) -> Discarded {
    let mut read = 0_u64;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Discarded::Broken };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        read = read.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if read > most {
            return Discarded::Part;
        }
    }
    Discarded::Whole
}

/// What there is of a body beside its reader.
enum Left {
    /// The reader has it.
    Lent,
    /// It was read to its end.
    Nothing,
    /// The reader has given it back.
    Rest { body: Incoming, has_begun: bool },
    /// It did not arrive whole.
    Broken,
}

/// A body that comes back when its reader is done with it.
pub(crate) struct Lent {
    body: Option<Incoming>,
    has_begun: bool,
    left: Arc<Mutex<Left>>,
}

impl Lent {
    fn new(body: Incoming, left: &Arc<Mutex<Left>>) -> Self {
        let lent =
            Self { body: Some(body).filter(|body| !body.is_end_stream()), has_begun: false, left: Arc::clone(left) };
        if lent.body.is_some() {
            lent.leave(Left::Lent);
        }
        lent
    }

    fn leave(&self, left: Left) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        self.has_begun = true;
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
            self.leave(if frame.is_none() { Left::Nothing } else { Left::Broken });
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            self.leave(Left::Rest { body, has_begun: self.has_begun });
        }
    }
}
