//! Counters: what uses of metered properties are counted with. A decision reads them; an update is a call of its own.

use serde::Deserialize;
use serde_json::Value;
use usher_decision::Period;
use usher_sandbox::User;

use crate::access::{IdentityClaim, RawIdentity, RequestError};
use crate::json::{JsonObject, Mended, Numbers, read_mended};

/// Bytes that the id of a counter, or of a resource, may have.
const ID_BYTES: usize = 512;
/// Units that one update may add or take away.
const UPDATE_UNITS: u64 = 1_000_000_000;

/// A request to count something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRequest {
    /// Whose counter. Never a visitor who has no identifier yet.
    pub identity: IdentityClaim,
    /// Which counter, as answers name it, or any other that the operator's own programs agree on.
    pub counter_id: String,
    /// What was used, for counters that count each resource once.
    pub resource_id: Option<String>,
    /// Units to add, or to take away when negative.
    pub update: i64,
}

/// A change of one user's counter, with the periods that it falls into. It is for a store to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterUpdate {
    /// Whose counter.
    pub user: User,
    /// Which counter.
    pub counter_id: String,
    /// What was used.
    pub resource_id: Option<String>,
    /// Units to add, or to take away when negative; a counter never falls below zero.
    pub update: i64,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// Every period that the instant is in, and when that began.
    pub periods: Vec<(Period, u64)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    identity: JsonObject<RawIdentity>,
    counter_id: String,
    resource_id: Option<String>,
    update: Option<Value>,
}

impl CounterRequest {
    /// Reads the body of a counter update. Keys that are not known are left alone.
    ///
    /// # Errors
    ///
    /// It is not JSON, not of the documented shape, or does not name exactly one user.
    ///
    /// ```
    /// let body = br#"{"identity": {"anonymousIdentifier": "reader-1"}, "counterId": "default:feat_article.enabled"}"#;
    /// assert_eq!(usher_host::CounterRequest::from_json(body)?.update, 1);
    /// # Ok::<(), usher_host::RequestError>(())
    /// ```
    pub fn from_json(body: &[u8]) -> Result<Self, RequestError> {
        // A visitor is called what decisions call them. A number that is out of range would be another one.
        let room = Mended::default();
        let JsonObject(body) = read_mended::<JsonObject<Body>>(body, Numbers::Kept, &room)?;
        let identity = body.identity.0.claim()?;
        if identity == IdentityClaim::NewAnonymous {
            return Err(RequestError::NobodyToCount);
        }
        check_id("counterId", &body.counter_id)?;
        if let Some(resource_id) = &body.resource_id {
            check_id("resourceId", resource_id)?;
        }
        let update = units(body.update.as_ref())?;
        Ok(Self { identity, counter_id: body.counter_id, resource_id: body.resource_id, update })
    }
}

fn check_id(field: &'static str, id: &str) -> Result<(), RequestError> {
    let found = match id {
        "" => "none".to_owned(),
        long if long.len() > ID_BYTES => format!("{} bytes", long.len()),
        odd if odd.chars().any(char::is_control) => "a control character".to_owned(),
        _ => return Ok(()),
    };
    Err(RequestError::Id { field, most: ID_BYTES, found })
}

fn units(update: Option<&Value>) -> Result<i64, RequestError> {
    let wrong = |found: &Value| RequestError::Update { most: UPDATE_UNITS, found: found.to_string() };
    match update {
        None | Some(Value::Null) => Ok(1),
        Some(found) => {
            let units = found.as_i64().or_else(|| whole(found.as_f64()?));
            units.filter(|units| units.unsigned_abs() <= UPDATE_UNITS).ok_or_else(|| wrong(found))
        }
    }
}

/// A whole number that somebody wrote with a point: to JSON, `3.0` is the same as `3`.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fields: &str, expected: Result<(i64, Option<&str>), &str>) {
        let body = format!(r#"{{"identity": {{"anonymousIdentifier": "a"}}, "cloudflare": {{}}, {fields}}}"#);
        match (CounterRequest::from_json(body.as_bytes()), expected) {
            (Ok(request), Ok(expected)) => assert_eq!((request.update, request.resource_id.as_deref()), expected),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (found, expected) => panic!("{fields}: {found:?} is not {expected:?}"),
        }
    }

    #[test]
    fn an_update_is_a_whole_number_of_units() {
        check(r#""counterId": "c""#, Ok((1, None)));
        check(r#""counterId": "c", "update": null, "resourceId": "r""#, Ok((1, Some("r"))));
        check(r#""counterId": "c", "update": -1000000000"#, Ok((-1_000_000_000, None)));
        check(r#""counterId": "c", "update": 1000000001"#, Err("from -1000000000 to 1000000000"));
        check(r#""counterId": "c", "update": -3.0"#, Ok((-3, None)));
        check(r#""counterId": "c", "update": 1.5"#, Err("found 1.5"));
        check(r#""counterId": "c", "update": 99999999999999999999"#, Err("update: expected a whole number"));
        check(r#""counterId": "c", "update": "1""#, Err("found \"1\""));
        check(r#""counterId": "c", "update": 1e400"#, Err("number out of range"));
    }

    #[test]
    fn ids_have_bounds() {
        let id = |length| format!(r#""counterId": "{}""#, "x".repeat(length));
        check(&id(512), Ok((1, None)));
        check(&id(513), Err("counterId: expected 1 to 512 bytes"));
        check(&id(0), Err("found none"));
        check(r#""counterId": "a\u0000b""#, Err("a control character"));
        check(r#""counterId": "c", "resourceId": """#, Err("resourceId: expected 1 to 512 bytes"));
        check(r#""update": 1"#, Err("Invalid JSON body: missing field `counterId`"));
    }

    #[test]
    fn whoever_is_decided_on_can_be_counted() {
        let body = br#"{"identity": {"anonymousIdentifier": "\ud83d"}, "counterId": "c", "cloudflare": 1e400}"#;
        let claim = CounterRequest::from_json(body).unwrap().identity;
        assert_eq!(claim, IdentityClaim::Anonymous("\u{fffd}".to_owned()));
        let body = br#"[{"anonymousIdentifier": "a"}, "c"]"#;
        let error = CounterRequest::from_json(body).unwrap_err();
        assert_eq!(error.to_string(), "Invalid JSON body: expected an object, found an array");
    }

    #[test]
    fn nobody_new_is_counted() {
        let body = br#"{"identity": {"createAnonymousIdentifier": true}, "counterId": "c"}"#;
        assert_eq!(CounterRequest::from_json(body), Err(RequestError::NobodyToCount));
    }
}
