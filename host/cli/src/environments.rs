//! `usher environments`: where releases are live, and which.

mod view;

use std::process::ExitCode;

use serde_json::json;

use crate::client::{Call, ClientError};
use crate::config::{EnvironmentsAction, EnvironmentsOptions};
use crate::output::{self, OutputError};
pub(crate) use view::Deployment;
use view::Environment;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentsError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Does what is asked, and prints what came of it.
pub(crate) fn environments(options: &EnvironmentsOptions) -> Result<ExitCode, EnvironmentsError> {
    match &options.action {
        EnvironmentsAction::List { asked } => {
            let (answer, all) = Call::new(&asked.server, "GET", "environments").ask::<Vec<Environment>>()?;
            output::answer(asked.json, &answer, &all.iter().map(ToString::to_string).collect::<String>())?;
        }
        EnvironmentsAction::Create { name, asked } => {
            let body = json!({"name": name.as_str()}).to_string();
            let call = Call::new(&asked.server, "POST", "environments");
            let (answer, made) = call.send::<Environment>("application/json", body.as_bytes())?;
            output::answer(asked.json, &answer, &made.to_string())?;
        }
        EnvironmentsAction::History { name, limit, asked } => {
            let path = format!("environments/{name}/deployments?limit={limit}");
            let (answer, all) = Call::new(&asked.server, "GET", &path).ask::<Vec<Deployment>>()?;
            output::answer(asked.json, &answer, &all.iter().map(ToString::to_string).collect::<String>())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
