//! Request ids: by what a request is found in the log and in the audit log, and which of them are taken from callers.

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The header of requests and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that a caller chose.
const MOST_BYTES: usize = 128;

/// The id of a request, and of its answer.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) HeaderValue);

impl RequestId {
    /// The one that the caller chose, or one of the server's own in place of what nobody should see in their log.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut ids = headers.get_all(&REQUEST_ID).iter();
        match (ids.next(), ids.next()) {
            (Some(id), None) if is_sane(id) => Self(id.clone()),
            _ => Self::made(),
        }
    }

    fn made() -> Self {
        let mut room = [0; Hyphenated::LENGTH];
        let id = Uuid::new_v4().hyphenated().encode_lower(&mut room);
        // Digits, letters and hyphens make a header.
        Self(HeaderValue::from_str(id).unwrap_or_else(|_impossible| HeaderValue::from_static("")))
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        self.0.to_str().ok()
    }
}

/// The id of a request that the router has passed on.
pub(crate) fn of(extensions: &Extensions) -> Option<&str> {
    extensions.get::<RequestId>()?.as_str()
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
