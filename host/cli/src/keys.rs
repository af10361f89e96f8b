//! `usher keys`: who may come in, through the admin API.

mod view;

use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Map, Value};
use usher_store::KeyScope;

use crate::client::{Call, ClientError, path_segment};
use crate::config::{KeysAction, KeysOptions};
use crate::output::{self, OutputError};
use view::{Key, NewKey};

/// Why the keys are as before, or cannot be listed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// What is read of an answer that says no more than that it is done.
#[derive(Deserialize)]
struct Done {}

/// Asks a server about its keys, or for a change of them.
pub(crate) fn keys(options: &KeysOptions) -> Result<ExitCode, KeysError> {
    match &options.action {
        KeysAction::List { asked } => {
            let (answer, keys) = Call::new(&asked.server, "GET", "keys").ask::<Vec<Key>>()?;
            output::answer(asked.json, &answer, &keys.iter().map(ToString::to_string).collect::<String>())?;
        }
        KeysAction::Create { kind, env, scopes, name, asked } => {
            let mut body = new_key(kind.as_str(), scopes, name.as_deref());
            body.extend(env.as_ref().map(|name| ("environment".to_owned(), name.as_str().into())));
            let body = Value::from(body);
            let call = Call::new(&asked.server, "POST", "keys");
            let (answer, key) = call.send::<NewKey>("application/json", body.to_string().as_bytes())?;
            output::answer(asked.json, &answer, &key.created())?;
        }
        KeysAction::Rotate { id, grace_seconds, asked } => {
            let path = format!("keys/{}/rotate?grace-seconds={grace_seconds}", path_segment(id));
            let (answer, key) = Call::new(&asked.server, "POST", &path).send::<NewKey>("application/json", b"")?;
            output::answer(asked.json, &answer, &key.instead_of(id))?;
        }
        KeysAction::Revoke { id, asked } => {
            let path = format!("keys/{}", path_segment(id));
            let (answer, Done {}) = Call::new(&asked.server, "DELETE", &path).ask()?;
            output::answer(asked.json, &answer, &format!("key `{id}` opens nothing any more\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn new_key(kind: &str, scopes: &[KeyScope], name: Option<&str>) -> Map<String, Value> {
    let mut body = Map::from_iter([("kind".to_owned(), Value::from(kind))]);
    if !scopes.is_empty() {
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        body.insert("scopes".to_owned(), scopes.into());
    }
    if let Some(name) = name {
        body.insert("name".to_owned(), name.into());
    }
    body
}
