//! Identity: from what a caller claims to who is asking.

use std::time::Duration;

use serde_json::Map;
use usher_decision::test_group_100;
use usher_sandbox::User;
use usher_sandbox::request::{AuthType, Identity as WireIdentity, UserType};
use uuid::Uuid;

use crate::access::{IdentityClaim, JwtFallback};
use crate::jwt::{Claims, JwtError, JwtVerifier, json_text};

/// Bytes that an identifier may have.
const IDENTIFIER_BYTES: usize = 512;

/// Who is asking, established.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// How they proved it.
    pub auth_type: AuthType,
    /// Whether they have an account.
    pub user_type: UserType,
    /// Their stable identifier.
    pub identifier: String,
    /// The verified claims of their token; empty without one.
    pub claims: Claims,
    /// Whether the identifier was made for this very request.
    pub is_new: bool,
}

/// Why nobody could be established. The caller's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The token proves nothing.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// The identifier is empty, too long, or has control characters.
    #[error(
        "identity: expected an identifier of 1 to {IDENTIFIER_BYTES} bytes without control characters; found {found}"
    )]
    Identifier {
        /// What is wrong with it.
        found: String,
    },
}

impl Identity {
    /// Establishes who is asking. An anonymous identifier comes out of the visitor's own cookie: one that cannot be is as
    /// good as none.
    pub(crate) async fn establish(
        claim: IdentityClaim,
        verifier: &JwtVerifier,
        now_ms: u64,
        patience: Duration,
    ) -> Result<Self, IdentityError> {
        match claim {
            IdentityClaim::Anonymous(identifier) => {
                Ok(Self::anonymous(identifier).unwrap_or_else(|_unusable| Self::minted()))
            }
            IdentityClaim::NewAnonymous => Ok(Self::minted()),
            IdentityClaim::Provided(identifier) => Self::authenticated(AuthType::Provided, identifier, Map::new()),
            IdentityClaim::Jwt { token, otherwise } => {
                let established = verifier
                    .verify(&token, now_ms, patience)
                    .await
                    .map_err(IdentityError::from)
                    .and_then(|token| Self::authenticated(AuthType::Jwt, token.identifier, token.claims));
                match (established, otherwise) {
                    (Err(_), JwtFallback::NewAnonymous) => Ok(Self::minted()),
                    (established, _) => established,
                }
            }
        }
    }

    /// Establishes who is meant, who is to be found again: nobody new stands in for whom the claim does not establish.
    pub(crate) async fn establish_known(
        claim: &IdentityClaim,
        verifier: &JwtVerifier,
        now_ms: u64,
        patience: Duration,
    ) -> Result<Self, IdentityError> {
        match claim {
            IdentityClaim::Anonymous(identifier) => Self::anonymous(identifier.clone()),
            IdentityClaim::Jwt { token, .. } => {
                let strict = IdentityClaim::Jwt { token: token.clone(), otherwise: JwtFallback::Refuse };
                Self::establish(strict, verifier, now_ms, patience).await
            }
            IdentityClaim::NewAnonymous | IdentityClaim::Provided(_) => {
                Self::establish(claim.clone(), verifier, now_ms, patience).await
            }
        }
    }

    /// An identity that nobody has to prove. Claims are those of a token that is not there.
    pub(crate) fn assumed(user: User, claims: Claims) -> Result<Self, IdentityError> {
        let auth_type = match user.user_type {
            UserType::Anonymous => return Self::anonymous(user.identifier),
            UserType::Authenticated if claims.is_empty() => AuthType::Provided,
            UserType::Authenticated => AuthType::Jwt,
        };
        Self::authenticated(auth_type, user.identifier, claims)
    }

    fn authenticated(auth_type: AuthType, identifier: String, claims: Claims) -> Result<Self, IdentityError> {
        check(&identifier)?;
        Ok(Self { auth_type, user_type: UserType::Authenticated, identifier, claims, is_new: false })
    }

    fn anonymous(identifier: String) -> Result<Self, IdentityError> {
        check(&identifier)?;
        Ok(Self::visitor(identifier, false))
    }

    /// A new anonymous visitor. The identifier cannot be guessed (122 random bits) and goes into a cookie as it is.
    fn minted() -> Self {
        Self::visitor(Uuid::new_v4().to_string(), true)
    }

    fn visitor(identifier: String, is_new: bool) -> Self {
        let (auth_type, user_type) = (AuthType::Anonymous, UserType::Anonymous);
        Self { auth_type, user_type, identifier, claims: Map::new(), is_new }
    }

    /// Whether the user has an account.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.user_type == UserType::Authenticated
    }

    /// The user, as user data knows them.
    pub(crate) fn user(&self) -> User {
        User { identifier: self.identifier.clone(), user_type: self.user_type }
    }

    /// What workflows are told.
    pub(crate) fn to_wire(&self) -> WireIdentity {
        let claims = if self.claims.is_empty() { "{}".to_owned() } else { json_text(&self.claims) };
        WireIdentity {
            auth_type: self.auth_type,
            user_type: self.user_type,
            identifier: self.identifier.clone(),
            claims,
            test_group_100: test_group_100(&self.identifier),
        }
    }
}

fn check(identifier: &str) -> Result<(), IdentityError> {
    let found = match identifier {
        "" => "none".to_owned(),
        long if long.len() > IDENTIFIER_BYTES => format!("{} bytes", long.len()),
        odd if odd.chars().any(char::is_control) => "a control character".to_owned(),
        _ => return Ok(()),
    };
    Err(IdentityError::Identifier { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn establish(claim: &IdentityClaim) -> Result<Identity, IdentityError> {
        let verifier = JwtVerifier::new(&[]).unwrap();
        block_on(Identity::establish(claim.clone(), &verifier, 0, Duration::ZERO))
    }

    #[track_caller]
    fn establish_known(claim: &IdentityClaim) -> Result<Identity, IdentityError> {
        let verifier = JwtVerifier::new(&[]).unwrap();
        block_on(Identity::establish_known(claim, &verifier, 0, Duration::ZERO))
    }

    fn block_on<T>(established: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(established)
    }

    #[track_caller]
    fn check_identifier(identifier: &str, is_good: bool) {
        let provided = IdentityClaim::Provided(identifier.to_owned());
        assert_eq!(establish(&provided).is_ok(), is_good, "{identifier:?}");
        let anonymous = IdentityClaim::Anonymous(identifier.to_owned());
        let established = establish(&anonymous).unwrap();
        assert_eq!((established.identifier == identifier, established.is_new), (is_good, !is_good), "{identifier:?}");
        assert_eq!(established.auth_type, AuthType::Anonymous);
        assert_eq!(establish_known(&anonymous).is_ok(), is_good, "{identifier:?}");
    }

    #[test]
    fn an_identifier_has_bounds() {
        check_identifier("reader-1", true);
        check_identifier("😀@example.com", true);
        check_identifier(&"x".repeat(512), true);
        check_identifier(&"x".repeat(513), false);
        check_identifier("", false);
        check_identifier("a\nb", false);
        check_identifier("a\0b", false);
    }

    #[test]
    fn a_minted_identifier_is_new_and_fit_for_a_cookie() {
        let (one, two) =
            (establish(&IdentityClaim::NewAnonymous).unwrap(), establish(&IdentityClaim::NewAnonymous).unwrap());
        assert_ne!(one.identifier, two.identifier);
        assert!(one.is_new && one.identifier.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    }

    #[test]
    fn a_token_without_a_key_falls_back_only_when_asked() {
        let jwt = |otherwise| IdentityClaim::Jwt { token: "not.a.jwt".to_owned(), otherwise };
        assert_eq!(establish(&jwt(JwtFallback::Refuse)), Err(JwtError::Malformed.into()));
        assert!(!establish(&jwt(JwtFallback::NewAnonymous)).unwrap().is_authenticated());
        assert_eq!(establish_known(&jwt(JwtFallback::NewAnonymous)), Err(JwtError::Malformed.into()));
    }
}
