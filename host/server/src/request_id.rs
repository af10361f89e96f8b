//! Request ids: by what a request is found in the log and in the audit log, and which of them are taken from callers.

use axum::http::{Extensions, HeaderName, HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, RequestId};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The header of requests and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that a caller chose.
const MOST_BYTES: usize = 128;

/// A request without an id that nobody should see in their log. It gets one of the server's own then.
pub(crate) fn sane<B>(mut request: Request<B>) -> Request<B> {
    let mut ids = request.headers().get_all(&REQUEST_ID).iter();
    let keep = matches!((ids.next(), ids.next()), (Some(id), None) if is_sane(id));
    if !keep {
        request.headers_mut().remove(&REQUEST_ID);
    }
    request
}

/// Makes an id for a request that has none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made;

impl MakeRequestId for Made {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let id = Uuid::new_v4().hyphenated();
        HeaderValue::from_str(id.encode_lower(&mut [0; Hyphenated::LENGTH])).ok().map(RequestId::new)
    }
}

/// The id of a request.
pub(crate) fn of(extensions: &Extensions) -> Option<&str> {
    extensions.get::<RequestId>()?.header_value().to_str().ok()
}

/// Whether it is short, and has the characters that tracing systems write and none that means something to a log, a shell
/// or a page.
fn is_sane(id: &HeaderValue) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:=+/".contains(byte);
    (1..=MOST_BYTES).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &[u8], taken: bool) {
        assert_eq!(is_sane(&HeaderValue::from_bytes(id).unwrap()), taken, "{id:?}");
    }

    #[test]
    fn an_id_is_short_and_plain() {
        check(b"", false);
        check(b"a", true);
        check(&[b'a'; MOST_BYTES], true);
        check(&[b'a'; MOST_BYTES + 1], false);
        check(b"0123456789ABCDEF-abc._~:=+/", true);
        for byte in *b" \t\"'<>;,\\{}()$`\xff" {
            check(&[b'a', byte, b'a'], false);
        }
    }
}
