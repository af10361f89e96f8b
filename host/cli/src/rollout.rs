//! `usher canary` and `usher shadow`: a release that some of the users get, and one that answers nobody.

mod view;

use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use usher_host::Share;

use crate::client::{Call, ClientError};
use crate::config::{BoundsOptions, CanaryAction, CanaryOptions, Place, ShadowAction, ShadowOptions, SplitOptions};
use crate::environments::Deployment;
use crate::output::{self, OutputError};
use view::{CanaryView, ShadowView};

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RolloutError {
    /// The caller's move.
    #[error("environment `{environment}`: expected a canary, found none; the caller has to start one first")]
    NoCanary {
        /// Where it was looked for.
        environment: String,
    },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Does what is asked of a canary, and prints what came of it.
pub(crate) fn canary(options: &CanaryOptions) -> Result<ExitCode, RolloutError> {
    match &options.action {
        CanaryAction::Start { release, split, bounds, allow_unknown_slugs, place } => {
            let mut next = InForce::of(place)?;
            next.canary = Some(terms(*release, split, bounds));
            next.put(place, *allow_unknown_slugs)
        }
        CanaryAction::Share { percent, place } => {
            let mut next = InForce::of(place)?;
            next.canary_of(place)?.insert("percent".to_owned(), share(*percent));
            next.put(place, true)
        }
        CanaryAction::Promote { place } => {
            let mut next = InForce::of(place)?;
            next.release = next.canary_of(place)?.get("release").cloned().unwrap_or_default();
            next.canary = None;
            // It decides for some already.
            next.put(place, true)
        }
        CanaryAction::End { place } => {
            let mut next = InForce::of(place)?;
            next.canary_of(place)?;
            next.canary = None;
            next.put(place, true)
        }
        CanaryAction::Show { place } => {
            let path = format!("environments/{}/canary", place.env);
            let (answer, view) = Call::new(&place.asked.server, "GET", &path).ask::<CanaryView>()?;
            output::answer(place.asked.json, &answer, &view.to_string())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Does what is asked of a shadow, and prints what came of it.
pub(crate) fn shadow(options: &ShadowOptions) -> Result<ExitCode, RolloutError> {
    match &options.action {
        ShadowAction::Start { release, sample, processor, allow_unknown_slugs, place } => {
            let mut terms = Map::from_iter([("release".to_owned(), (*release).into())]);
            terms.extend(sample.map(|sample| ("sample".to_owned(), share(sample))));
            terms.extend(processor.map(|processor| ("processor".to_owned(), share(processor))));
            let next = InForce { shadow: Some(terms), ..InForce::of(place)? };
            next.put(place, *allow_unknown_slugs)
        }
        ShadowAction::End { place } => InForce { shadow: None, ..InForce::of(place)? }.put(place, true),
        ShadowAction::Show { place } => {
            let path = format!("environments/{}/shadow", place.env);
            let (answer, view) = Call::new(&place.asked.server, "GET", &path).ask::<ShadowView>()?;
            output::answer(place.asked.json, &answer, &view.to_string())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What is in force in an environment, to be put there again with one thing changed: nothing happens when something else is in
/// force by then.
#[derive(Default, Deserialize)]
struct InForce {
    id: u64,
    release: Value,
    canary: Option<Map<String, Value>>,
    shadow: Option<Map<String, Value>>,
}

impl InForce {
    fn of(place: &Place) -> Result<Self, RolloutError> {
        let path = format!("environments/{}/deployments?limit=1", place.env);
        let (_, newest) = Call::new(&place.asked.server, "GET", &path).ask::<Vec<Self>>()?;
        // There is one from the start.
        Ok(newest.into_iter().next().unwrap_or_default())
    }

    /// Its canary, which there has to be.
    fn canary_of(&mut self, place: &Place) -> Result<&mut Map<String, Value>, RolloutError> {
        self.canary.as_mut().ok_or_else(|| RolloutError::NoCanary { environment: place.env.to_string() })
    }

    fn put(self, place: &Place, allow_unknown_slugs: bool) -> Result<ExitCode, RolloutError> {
        let body = json!({
            "release": self.release,
            "replaces": self.id,
            "allowUnknownSlugs": allow_unknown_slugs,
            "canary": self.canary,
            "shadow": self.shadow,
            "note": place.note,
        });
        let call = Call::new(&place.asked.server, "POST", &format!("environments/{}/deployments", place.env));
        let (answer, made) = call.send::<Deployment>("application/json", body.to_string().as_bytes())?;
        output::answer(place.asked.json, &answer, &format!("environment `{}`: {made}", place.env))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn terms(release: u64, split: &SplitOptions, bounds: &BoundsOptions) -> Map<String, Value> {
    let mut asked = Map::new();
    let shares = [("failed", bounds.more_failed), ("degraded", bounds.more_degraded), ("plan", bounds.plan_change)];
    asked.extend(shares.into_iter().filter_map(|(name, bound)| Some((name.to_owned(), share(bound?)))));
    asked.extend(bounds.least_decisions.map(|least| ("leastDecisions".to_owned(), least.into())));
    asked.extend(bounds.fuel_percent.map(|percent| ("fuelPercent".to_owned(), percent.into())));
    if !bounds.plan.is_empty() {
        let plans: Map<_, _> = bounds.plan.iter().map(|(plan, bound)| (plan.clone(), share(*bound))).collect();
        asked.insert("plans".to_owned(), plans.into());
    }
    Map::from_iter([
        ("release".to_owned(), release.into()),
        ("percent".to_owned(), share(split.percent)),
        ("include".to_owned(), split.include.clone().into()),
        ("exclude".to_owned(), split.exclude.clone().into()),
        ("bounds".to_owned(), asked.into()),
    ])
}

/// As JSON has it, in percent.
fn share(share: Share) -> Value {
    share.percent().into()
}
