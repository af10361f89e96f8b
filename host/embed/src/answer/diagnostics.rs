//! `diagnostics`: what led to a decision, for callers with a secret key.

use std::time::Duration;

use usher_decision::Grant;
use usher_sandbox::{Found, LookupReport};

use crate::decision::Decision;
use crate::json::JsonText;
use crate::provisioning::WorkflowReport;

/// Writes what led to a decision, and how long ago it was last known that its release is the newest, if that is known.
pub(super) fn write(json: &mut JsonText, decision: &Decision, stale_seconds: Option<u64>) {
    json.raw(r#"{"release":"#).value(&decision.release().number());
    if decision.is_canary() {
        json.raw(r#","canary":true"#);
    }
    if let Some(seconds) = stale_seconds {
        json.raw(r#","staleSeconds":"#).value(&seconds);
    }
    json.raw(r#","instant":"#).value(&decision.instant_ms);
    json.raw(r#","micros":"#).value(&micros(decision.elapsed));
    let catalog = decision.release().catalog();
    let plans = decision.provisioning.grants().iter().filter_map(|grant| Some((catalog.plan(grant.plan())?, grant)));
    json.raw(r#","plans":"#).list(plans, |json, (plan, grant)| write_plan(json, plan.slug(), grant));
    json.raw(r#","workflows":"#).list(&decision.workflows, write_workflow);
    // What was read of user data besides the look-ups of workflows.
    json.raw(r#","reads":"#).list(&decision.reads, write_lookup);
    json.raw(r#","degraded":"#).flag(!decision.degraded.is_empty());
    if !decision.degraded.is_empty() {
        json.raw(r#","degradedBecause":"#).list(&decision.degraded, |json, because| {
            json.shown(because);
        });
    }
    json.raw("}");
}

/// A plan, what granted it first, and everything that granted it.
fn write_plan(json: &mut JsonText, slug: &str, grant: &Grant) {
    json.raw(r#"{"slug":"#).text(slug).raw(r#","origin":"#);
    match grant.origins() {
        [first, ..] => json.shown(first),
        [] => json.text(""),
    };
    json.raw(r#","origins":"#)
        .list(grant.origins(), |json, origin| {
            json.shown(origin);
        })
        .raw("}");
}

fn write_workflow(json: &mut JsonText, report: &WorkflowReport) {
    let run = &report.run;
    json.raw(r#"{"slug":"#).text(&report.slug).raw(r#","digest":"#).text(&report.digest);
    json.raw(r#","outcome":"#).text(run.outcome.kind());
    if let Some(failure) = report.failure {
        json.raw(r#","failure":"#).text(failure.kind.name()).raw(r#","policy":"#).text(failure.policy.name());
    }
    json.raw(r#","plans":"#).value(&report.plans).raw(r#","dropped":"#).value(&report.dropped);
    json.raw(r#","fuel":"#).value(&run.fuel).raw(r#","micros":"#).value(&micros(run.elapsed));
    json.raw(r#","log":"#).list(run.log.lines(), |json, line| {
        json.shown(format_args!("{}: {}", line.level, line.message));
    });
    json.raw(r#","logTruncated":"#).flag(run.log.is_truncated());
    json.raw(r#","lookups":"#).list(&run.lookups, write_lookup);
    json.raw(r#","error":"#);
    match run.outcome.error() {
        Some(error) => json.text(&error),
        None => json.raw("null"),
    };
    json.raw("}");
}

fn write_lookup(json: &mut JsonText, lookup: &LookupReport) {
    let found = match lookup.found {
        Found::Something => "something",
        Found::Nothing => "nothing",
        Found::Unavailable => "unavailable",
    };
    json.raw(r#"{"question":"#).text(&lookup.question).raw(r#","found":"#).text(found);
    json.raw(r#","micros":"#).value(&micros(lookup.elapsed)).raw("}");
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
