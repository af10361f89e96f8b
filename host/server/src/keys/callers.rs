//! Callers: who comes in through a door, as far as a key says it.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tracing::{Span, field};
use usher_store::{Author, KeyKind, KeyScope, KeyScopes};

use super::{GoodKey, KeyRefused};
use crate::app::App;
use crate::environments::Running;
use crate::request_id;
use crate::respond::Failure;

/// A caller of the decision API, by how far they are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretOrPublic {
    /// A site's own back end: what it says counts.
    Secret,
    /// Anybody: every visitor of a site can see its public key.
    Public,
}

/// A caller of the decision API, and the environment that decides for them.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) caller: SecretOrPublic,
    pub(crate) running: Arc<Running>,
}

/// A caller of the admin API whose key has the scope that the door needs.
#[derive(Debug, Clone)]
pub(crate) struct Admin<N> {
    pub(crate) caller: Caller,
    need: PhantomData<N>,
}

/// Who asks for a change, and what else they may do.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) author: Author,
    pub(crate) scopes: KeyScopes,
}

/// What a door of the admin API needs.
pub(crate) trait Need {
    const SCOPE: KeyScope;
}

/// Each need is a type, so that no door can be written that forgets to ask.
macro_rules! needs {
    ($($need:ident),*) => {$(
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $need;

        impl Need for $need {
            const SCOPE: KeyScope = KeyScope::$need;
        }
    )*};
}

needs!(Read, Workflows, Catalog, UsersRead, UsersWrite, Keys, Audit, Deploy);

impl FromRequestParts<Arc<App>> for Site {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let look = |key: &GoodKey| (key.kind, app.environments.by_id(&key.environment));
        let (kind, running) = app.keys.presented(&parts.headers, look)?;
        let caller = match kind {
            KeyKind::Secret => SecretOrPublic::Secret,
            KeyKind::Public => SecretOrPublic::Public,
            found @ KeyKind::Admin(_) => {
                return Err(KeyRefused::WrongKind { expected: "a secret or a public", found }.into());
            }
        };
        // A key is heard of after its environment, unless the database was changed by hand.
        Ok(Self { caller, running: running.ok_or(KeyRefused::Invalid)? })
    }
}

impl<N: Need> FromRequestParts<Arc<App>> for Admin<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let (key, kind) = app.keys.presented(&parts.headers, |key| (Arc::clone(&key.id), key.kind))?;
        Span::current().record("key", field::display(&key));
        match kind {
            KeyKind::Admin(scopes) if scopes.has(N::SCOPE) => {
                let author = Author::Key { id: key, request: request_id::of(&parts.extensions).map(Arc::from) };
                Ok(Self { caller: Caller { author, scopes }, need: PhantomData })
            }
            KeyKind::Admin(_) => Err(KeyRefused::OutOfScope { needed: N::SCOPE }.into()),
            found @ (KeyKind::Secret | KeyKind::Public) => {
                Err(KeyRefused::WrongKind { expected: "an admin", found }.into())
            }
        }
    }
}
