//! Releases that are told apart by what is decided by them.

use std::time::{Duration, Instant};

use serde_json::Value;

/// Release `number`: its static plan, its variable and the plan that its workflow makes of that bear the number.
pub(crate) fn catalog(number: u32) -> String {
    format!(
        "[plans.static-{number}]\nassign = [\"authenticated\"]\n[plans.region-{number}]\n[variables]\nREGION = \"region-{number}\"\n"
    )
}

/// A client that keeps its connection, and asks nobody else the way.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().proxy(None).build().into()
}

/// The number of the release that an answer was made by; none when it has anything but the two plans of one release.
pub(crate) fn release(answer: &Value) -> Option<u32> {
    let plans = answer["diagnostics"]["plans"].as_array().into_iter().flatten();
    let slugs: Vec<_> = plans.map(|plan| &plan["slug"]).collect();
    let [Value::String(fixed), Value::String(region)] = slugs[..] else { return None };
    let (fixed, region) = (fixed.strip_prefix("static-")?, region.strip_prefix("region-")?);
    fixed.parse().ok().filter(|_| fixed == region)
}

pub(crate) fn wait_until(started: Instant, since: Duration) {
    if let Some(rest) = since.checked_sub(started.elapsed()) {
        std::thread::sleep(rest);
    }
}
