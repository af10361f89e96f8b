//! Watching canaries: one that departs from its bounds is ended at once, and why is written down.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use usher_host::{CanaryVerdict, Evidence};
use usher_store::{Author, Deployment};

use crate::app::App;
use crate::environments::Running;
use crate::publish::{DeployError, Wanted, Wish};
use crate::unknown_slugs::OnUnknownSlugs;

/// How often it is asked whether a canary has departed.
const EVERY: Duration = Duration::from_secs(1);

/// A canary that was ended here, which is not written down yet.
struct Ended {
    running: Arc<Running>,
    /// The deployment that it was part of.
    deployment: Deployment,
    why: String,
    /// Whether it was said already that this cannot be written down.
    is_late: bool,
}

/// Ends canaries that depart, for as long as it is polled.
pub(crate) async fn watch(app: Arc<App>) {
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ended: Vec<Ended> = Vec::new();
    loop {
        looks.tick().await;
        ended.extend(app.environments.all().iter().filter_map(|running| end_departed(&app, running)));
        let mut later = Vec::new();
        for one in ended {
            later.extend(write_down(&app, one).await);
        }
        ended = later;
    }
}

/// Ends the canary of an environment, if it has departed. From now on nobody gets it here, whatever becomes of the rest.
fn end_departed(app: &App, running: &Arc<Running>) -> Option<Ended> {
    let canary = running.host.canary()?;
    let CanaryVerdict::Departed { evidence } = canary.verdict() else { return None };
    let deployment = running.in_force().deployment.clone();
    if !running.host.end_canary(&canary) {
        return None;
    }
    let why = said(canary.release().number(), &evidence);
    tracing::warn!(environment = &*running.name, deployment = deployment.id, why, "a canary was ended");
    app.metrics.canary_ended(&running.name);
    Some(Ended { running: Arc::clone(running), deployment, why, is_late: false })
}

fn said(release: u64, evidence: &[Evidence]) -> String {
    let evidence: Vec<_> = evidence.iter().map(ToString::to_string).collect();
    format!("canary release {release} was ended: {}", evidence.join("; "))
}

/// Makes it so for all servers and for good. What has to be tried again is handed back.
async fn write_down(app: &App, ended: Ended) -> Option<Ended> {
    let in_force = ended.running.in_force();
    let wish = Wish {
        environment: ended.running.environment.name.clone(),
        wanted: Wanted::Target(ended.deployment.target),
        canary: None,
        shadow: in_force.on_trial.shadow_of().map(|(release, terms)| (release, terms.clone())),
        replaces: Some(ended.deployment.id),
        // It decides already.
        on_unknown: OnUnknownSlugs::Warn,
        note: Some(ended.why.clone()),
    };
    match app.publisher.deploy(Author::CanaryWatch, wish).await {
        Ok(_in_force) => None,
        // Another server has ended it, or somebody has deployed something else.
        Err(DeployError::Store(usher_store::DeployError::Overtaken { .. })) => None,
        Err(error) => {
            if !ended.is_late {
                let error: &(dyn Error + 'static) = &error;
                tracing::error!(error, "that a canary was ended is not written down; it is tried again");
            }
            Some(Ended { is_late: true, ..ended })
        }
    }
}
