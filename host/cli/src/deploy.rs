//! `usher deploy` and `usher rollback`: what an environment decides by.

use std::process::ExitCode;

use serde_json::{Map, Value};
use usher_store::EnvironmentName;

use crate::client::{Call, ClientError};
use crate::config::{Asked, DeployOptions, RollbackOptions, Which};
use crate::environments::Deployment;
use crate::output::{self, OutputError};

/// Why it is not in force.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeployError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Deploys a release and prints what is in force.
pub(crate) fn deploy(options: &DeployOptions) -> Result<ExitCode, DeployError> {
    let release = match options.release {
        Which::Draft => Value::from("draft"),
        Which::Release(number) => number.into(),
    };
    let mut body = Map::from_iter([("release".to_owned(), release)]);
    if options.allow_unknown_slugs {
        body.insert("allowUnknownSlugs".to_owned(), true.into());
    }
    ask(&options.env, "deployments", (options.replaces, options.note.as_deref()), body, &options.asked)
}

/// Deploys what was in force before and prints that.
pub(crate) fn roll_back(options: &RollbackOptions) -> Result<ExitCode, DeployError> {
    ask(&options.env, "rollback", (options.replaces, options.note.as_deref()), Map::new(), &options.asked)
}

fn ask(
    environment: &EnvironmentName,
    what: &str,
    (replaces, note): (Option<u64>, Option<&str>),
    mut body: Map<String, Value>,
    asked: &Asked,
) -> Result<ExitCode, DeployError> {
    body.extend(replaces.map(|replaces| ("replaces".to_owned(), replaces.into())));
    body.extend(note.map(|note| ("note".to_owned(), note.into())));
    let call = Call::new(&asked.server, "POST", &format!("environments/{environment}/{what}"));
    let (answer, made) = call.send::<Deployment>("application/json", Value::from(body).to_string().as_bytes())?;
    output::answer(asked.json, &answer, &format!("environment `{environment}`: {made}"))?;
    Ok(ExitCode::SUCCESS)
}
