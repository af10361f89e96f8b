//! A view of user data that is opened when something is read through it, since a shadow's workflows mostly read nothing.

use tokio::sync::OnceCell;
use usher_sandbox::{IdentityLink, LookupError, LookupFuture, Scope, User};

use crate::data::{UserData, UserDataView};

/// A view that may not be open yet. What it has no method for is not read: a shadow is told what billing knows, and does not
/// look at counters.
#[derive(Debug)]
pub(super) struct LateView<'a> {
    data: &'a dyn UserData,
    user: &'a User,
    view: OnceCell<Box<dyn UserDataView>>,
}

impl<'a> LateView<'a> {
    pub(super) fn new(data: &'a dyn UserData, user: &'a User) -> Self {
        Self { data, user, view: OnceCell::new() }
    }

    async fn open(&self) -> Result<&dyn UserDataView, LookupError> {
        self.view.get_or_try_init(|| self.data.view(self.user)).await.map(|view| &**view)
    }
}

impl UserDataView for LateView<'_> {
    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async move { self.open().await?.custom_data(user, key, scope).await })
    }

    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async move { self.open().await?.linked_sources(user).await })
    }

    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async move { self.open().await?.linked_targets(user).await })
    }
}
