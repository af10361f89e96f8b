//! `usher release`: drafts frozen, and looked at.

mod view;

use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::client::{Call, ClientError};
use crate::config::{ReleaseAction, ReleaseOptions, Which};
use crate::output::{self, OutputError};
use view::{Content, Diff, NewRelease, Release};

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReleaseError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Does what is asked, and prints what came of it.
pub(crate) fn release(options: &ReleaseOptions) -> Result<ExitCode, ReleaseError> {
    match &options.action {
        ReleaseAction::Create { note, draft, asked } => {
            let mut body = Map::new();
            body.extend(note.as_deref().map(|note| ("note".to_owned(), note.into())));
            body.extend(draft.map(|draft| ("draft".to_owned(), draft.into())));
            let call = Call::new(&asked.server, "POST", "releases");
            let (answer, made) =
                call.send::<NewRelease>("application/json", Value::from(body).to_string().as_bytes())?;
            output::answer(asked.json, &answer, &made.to_string())?;
        }
        ReleaseAction::List { limit, asked } => {
            let call = Call::new(&asked.server, "GET", &format!("releases?limit={limit}"));
            let (answer, releases) = call.ask::<Vec<Release>>()?;
            output::answer(asked.json, &answer, &releases.iter().map(ToString::to_string).collect::<String>())?;
        }
        ReleaseAction::Show { release, asked } => {
            let call = Call::new(&asked.server, "GET", &format!("releases/{}", named(*release)));
            let (answer, content) = call.ask::<Content>()?;
            output::answer(asked.json, &answer, &content.to_string())?;
        }
        ReleaseAction::Diff { release, from, asked } => {
            let from = from.map(|from| format!("?from={}", named(from))).unwrap_or_default();
            let call = Call::new(&asked.server, "GET", &format!("releases/{}/diff{from}", named(*release)));
            let (answer, diff) = call.ask::<Diff>()?;
            output::answer(asked.json, &answer, &diff.to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// As a path has it.
fn named(which: Which) -> String {
    match which {
        Which::Draft => "draft".to_owned(),
        Which::Release(number) => number.to_string(),
    }
}
