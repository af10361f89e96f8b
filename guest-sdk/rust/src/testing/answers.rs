//! The imports of the contract as the made-up host answers them. Same names and types as the generated ones, except
//! where a name alone would say too little.

use super::host::{FakeHost, HOST, LogLine};
use crate::bindings::identity::{CustomDataOptions, ReadError as HostError};
use crate::identity::{IdentityLink, JwtVerification, ReadError, User};
use crate::log::Level;

pub(crate) fn get_variable(name: &str) -> Option<String> {
    HOST.with_borrow(|host| host.env.get(name).cloned())
}

pub(crate) fn write_log(level: Level, message: &str) {
    HOST.with_borrow_mut(|host| host.logged.push(LogLine { level, message: message.to_owned() }));
}

pub(crate) fn read_custom_data(
    user: &User,
    key: &str,
    options: CustomDataOptions,
) -> Result<Option<String>, HostError> {
    if !(1..=999).contains(&key.chars().count()) {
        return Err(HostError::Invalid("a key has 1 to 999 characters".to_owned()));
    }
    ask(|host| {
        let kept = host
            .custom_data
            .iter()
            .rfind(|kept| kept.user == *user && kept.key == key && kept.cross_brand == options.cross_brand);
        kept.map(|kept| kept.json.clone())
    })
}

pub(crate) fn resolve_jwt(token: &str) -> Result<JwtVerification, HostError> {
    ask(|host| match host.jwts.get(token) {
        Some(jwt) => JwtVerification::Verified(jwt.clone()),
        None => JwtVerification::Rejected("no test made this token genuine".to_owned()),
    })
}

pub(crate) fn get_linked_sources(user: &User) -> Result<Vec<IdentityLink>, HostError> {
    ask(|host| host.links.iter().filter(|link| link.target == *user).cloned().collect())
}

pub(crate) fn get_linked_targets(user: &User) -> Result<Vec<IdentityLink>, HostError> {
    ask(|host| host.links.iter().filter(|link| link.source == *user).cloned().collect())
}

/// Answers a look-up, unless this host lets all of them fail.
fn ask<T>(answer: impl FnOnce(&FakeHost) -> T) -> Result<T, HostError> {
    HOST.with_borrow(|host| match &host.failure {
        None => Ok(answer(host)),
        Some(ReadError::Invalid(reason)) => Err(HostError::Invalid(reason.clone())),
        Some(ReadError::Exhausted(reason)) => Err(HostError::Exhausted(reason.clone())),
        Some(ReadError::Unavailable(reason)) => Err(HostError::Unavailable(reason.clone())),
        Some(unexpected @ ReadError::Unexpected { .. }) => Err(HostError::Unavailable(unexpected.to_string())),
    })
}
