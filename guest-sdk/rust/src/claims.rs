//! What the user's token says about them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Request;
use crate::json::{self, Json};

/// Tells why claims could not be read as the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the claims are not what was expected: {reason}")]
pub struct ClaimsError {
    reason: String,
}

/// # Claims
///
/// The host has verified them; they are empty for users who did not come with a JWT.
impl Request {
    /// Reads one claim; dots lead into objects, as in `subscription.tier`.
    ///
    /// Answers `None` when the claim is absent or of another type, so a rule that compares with `Some(…)` never
    /// mistakes one for the other. Use [`claim_at`](Self::claim_at) for names that contain dots themselves.
    ///
    /// ```
    /// # use usher_guest::testing::{self, json};
    /// let claims = json!({ "premium": true, "subscription": { "tier": "gold" }, "roles": ["editor"] });
    /// let request = testing::request().jwt(claims).build();
    ///
    /// assert_eq!(request.claim::<bool>("premium"), Some(true));
    /// assert_eq!(request.claim::<&str>("subscription.tier"), Some("gold"));
    /// assert_eq!(request.claim::<Vec<&str>>("roles"), Some(vec!["editor"]));
    /// assert_eq!(request.claim::<u32>("premium"), None);
    /// assert_eq!(request.claim::<bool>("absent"), None);
    /// ```
    pub fn claim<'a, T: Deserialize<'a>>(&'a self, path: &str) -> Option<T> {
        self.claim_along(path.split('.'))
    }

    /// Reads one claim by its exact path, one name per step: nothing in a name has a special meaning.
    ///
    /// This is how namespaced claims are read, whose names are addresses.
    ///
    /// ```
    /// # use usher_guest::testing::{self, json};
    /// let request = testing::request().jwt(json!({ "https://news.example/roles": ["editor"] })).build();
    ///
    /// assert_eq!(request.claim_at::<Vec<&str>>(&["https://news.example/roles"]), Some(vec!["editor"]));
    /// ```
    pub fn claim_at<'a, T: Deserialize<'a>>(&'a self, path: &[&str]) -> Option<T> {
        self.claim_along(path.iter().copied())
    }

    /// Reads all claims as a type of your own.
    ///
    /// # Errors
    ///
    /// When they do not fit the type, such as for a field that is required and absent. Requests without a JWT have
    /// no claims at all: give fields a default, or ask for the [`user_type`](crate::Identity::user_type) first.
    ///
    /// ```
    /// # use usher_guest::testing::{self, json};
    /// #[derive(serde::Deserialize)]
    /// struct Member {
    ///     #[serde(default)]
    ///     roles: Vec<String>,
    /// }
    ///
    /// let request = testing::request().jwt(json!({ "roles": ["editor"] })).build();
    /// let member: Member = request.claims()?;
    /// assert_eq!(member.roles, ["editor"]);
    /// # Ok::<(), usher_guest::ClaimsError>(())
    /// ```
    pub fn claims<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ClaimsError> {
        self.parsed_claims().read(&self.identity().claims).map_err(|reason| ClaimsError { reason })
    }

    fn claim_along<'a, 'p, T: Deserialize<'a>>(&'a self, path: impl Iterator<Item = &'p str>) -> Option<T> {
        self.parsed_claims().get(&self.identity().claims, path)
    }

    /// What is where in the claims, found by the first question. The host only sends well-formed JSON; anything else
    /// would hold no claim.
    fn parsed_claims(&self) -> &Json {
        self.parsed_claims.get_or_init(|| Json::parse(&self.identity().claims).unwrap_or(Json::nothing()))
    }
}

/// Reads the text of a claims object.
pub(crate) fn read<T: DeserializeOwned>(claims: &str) -> Result<T, ClaimsError> {
    json::read(claims).map_err(|reason| ClaimsError { reason })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::testing::{self, json};

    fn request() -> crate::Request {
        testing::request()
            .jwt(json!({
                "premium": true,
                "age": 41,
                "score": 0.5,
                "nothing": null,
                "subscription": { "tier": "gold", "seats": [1, 2] },
                "https://news.example/roles": ["editor", "admin"],
                "a.b": { "c.d": "literal" },
            }))
            .build()
    }

    #[test]
    fn claims_have_the_type_that_was_asked_for() {
        let request = request();
        assert_eq!(request.claim("premium"), Some(true));
        assert_eq!(request.claim("age"), Some(41_u8));
        assert_eq!(request.claim("age"), Some(41.0));
        assert_eq!(request.claim("score"), Some(0.5));
        assert_eq!(request.claim("subscription.tier"), Some("gold".to_owned()));
        assert_eq!(request.claim("subscription.seats"), Some(vec![1, 2]));
        assert_eq!(request.claim::<Option<bool>>("nothing"), Some(None));
    }

    #[test]
    fn absence_and_another_type_are_none() {
        let request = request();
        assert_eq!(request.claim::<bool>("absent"), None);
        assert_eq!(request.claim::<bool>("subscription.absent"), None);
        assert_eq!(request.claim::<bool>("premium.deeper"), None);
        assert_eq!(request.claim::<String>("premium"), None);
        assert_eq!(request.claim::<bool>("nothing"), None);
        assert_eq!(request.claim::<i8>("score"), None);
        assert_eq!(request.claim::<String>(""), None);
    }

    #[test]
    fn names_with_dots_need_an_exact_path() {
        let request = request();
        assert_eq!(request.claim::<Vec<&str>>("https://news.example/roles"), None);
        assert_eq!(request.claim_at::<Vec<&str>>(&["https://news.example/roles"]), Some(vec!["editor", "admin"]));
        assert_eq!(request.claim_at::<&str>(&["a.b", "c.d"]), Some("literal"));
    }

    #[test]
    fn all_claims_fit_a_struct_or_say_why_not() {
        #[derive(Debug, Deserialize)]
        struct Reader<'a> {
            age: u8,
            #[serde(borrow)]
            subscription: Subscription<'a>,
        }
        #[derive(Debug, Deserialize)]
        struct Subscription<'a> {
            tier: &'a str,
        }
        let request = request();
        let reader: Reader<'_> = request.claims().unwrap();
        assert_eq!((reader.age, reader.subscription.tier), (41, "gold"));

        let anonymous = testing::request().build();
        let error = anonymous.claims::<Reader<'_>>().unwrap_err().to_string();
        assert_eq!(error, "the claims are not what was expected: missing field `age`");
    }
}
