//! The host a test makes up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::Serialize;

use super::to_json;
use crate::identity::{CustomDataScope, IdentityLink, ReadError, User, VerifiedJwt};
use crate::log::Level;

/// Makes up a host that keeps nothing, knows nobody and has no variables.
///
/// A test that installs none gets the same answers.
pub fn host() -> FakeHost {
    FakeHost::default()
}

/// Collects what a made-up host answers.
#[derive(Clone, Debug, Default)]
#[must_use = "it answers only once it is installed"]
pub struct FakeHost {
    pub(super) env: BTreeMap<String, String>,
    pub(super) custom_data: Vec<KeptValue>,
    pub(super) jwts: BTreeMap<String, VerifiedJwt>,
    pub(super) links: Vec<IdentityLink>,
    pub(super) failure: Option<ReadError>,
    pub(super) logged: Vec<LogLine>,
}

/// One value of custom data, as JSON text.
#[derive(Clone, Debug)]
pub(super) struct KeptValue {
    pub(super) user: User,
    pub(super) key: String,
    pub(super) cross_brand: bool,
    pub(super) json: String,
}

impl FakeHost {
    /// Sets a variable.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Keeps a value for a signed-in user of this brand.
    pub fn custom_data(self, identifier: &str, key: &str, value: impl Serialize) -> Self {
        self.custom_data_with(&User::authenticated(identifier), key, CustomDataScope::ThisBrand, value)
    }

    /// Keeps a value for any user, in any scope.
    pub fn custom_data_with(mut self, user: &User, key: &str, scope: CustomDataScope, value: impl Serialize) -> Self {
        let cross_brand = scope == CustomDataScope::CrossBrand;
        let json = to_json(&value);
        self.custom_data.push(KeptValue { user: user.clone(), key: key.to_owned(), cross_brand, json });
        self
    }

    /// Makes a token genuine. All others are rejected.
    pub fn jwt(mut self, token: &str, identifier: &str, claims: impl Serialize) -> Self {
        let jwt = VerifiedJwt { identifier: identifier.to_owned(), claims: to_json(&claims) };
        self.jwts.insert(token.to_owned(), jwt);
        self
    }

    /// Links two users.
    pub fn link(mut self, source: &User, target: &User, mode: &str) -> Self {
        self.links.push(IdentityLink { source: source.clone(), target: target.clone(), mode: mode.to_owned() });
        self
    }

    /// Makes every look-up fail.
    pub fn failing(mut self, error: ReadError) -> Self {
        self.failure = Some(error);
        self
    }

    /// Lets this host answer on the current thread until the returned guard goes out of scope.
    pub fn install(self) -> InstalledHost {
        InstalledHost { before: HOST.replace(self), on_this_thread: PhantomData }
    }
}

/// Guards an installed host: when it goes out of scope, whatever answered before answers again.
#[derive(Debug)]
#[must_use = "the host answers only as long as this lives; bind it to a name such as `_host`"]
pub struct InstalledHost {
    before: FakeHost,
    on_this_thread: PhantomData<*const ()>,
}

impl InstalledHost {
    /// Lists what was logged so far, oldest first.
    pub fn logged(&self) -> Vec<LogLine> {
        HOST.with_borrow(|host| host.logged.clone())
    }
}

impl Drop for InstalledHost {
    fn drop(&mut self) {
        HOST.set(std::mem::take(&mut self.before));
    }
}

/// Shows one line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub message: String,
}

thread_local! {
    /// The host that answers on this thread. Tests of one program run side by side, each on its own.
    pub(super) static HOST: RefCell<FakeHost> = RefCell::default();
}

#[cfg(test)]
mod tests {
    use crate::{env, log, testing};

    #[test]
    fn the_host_before_answers_again() {
        let outer = testing::host().env("NAME", "outer").install();
        {
            let inner = testing::host().env("NAME", "inner").install();
            log::info("inside");
            assert_eq!(env::get("NAME").as_deref(), Some("inner"));
            assert_eq!(inner.logged().len(), 1);
        }
        assert_eq!(env::get("NAME").as_deref(), Some("outer"));
        assert_eq!(outer.logged(), []);
    }

    #[test]
    fn without_a_host_there_is_nothing_to_know() {
        assert_eq!(env::get("NAME"), None);
    }
}
