//! Canaries and shadows, in words.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// What is read of what a canary has come to.
#[derive(Deserialize)]
pub(super) struct CanaryView {
    report: Report,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Report {
    share: f64,
    beside: Tally,
    canary: Tally,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    release: u64,
    decisions: u64,
    failed: u64,
    degraded: u64,
    fuel_p99: u64,
    plans: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Verdict {
    verdict: String,
}

/// What is read of what a shadow has found.
#[derive(Deserialize)]
pub(super) struct ShadowView {
    report: Found,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    release: u64,
    sampled: u64,
    dropped: u64,
    evaluated: u64,
    inconclusive: u64,
    different: u64,
    differences: Vec<Difference>,
    other_differences: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    decisions: u64,
    percent_of_evaluated: f64,
    cohorts: Vec<Cohort>,
    examples: Vec<Example>,
    /// What would be different, by its kind.
    #[serde(flatten)]
    change: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cohort {
    dimension: String,
    value: String,
    percent_of_difference: f64,
    percent_of_evaluated: f64,
}

#[derive(Deserialize)]
struct Example {
    user: String,
    decision: String,
}

impl fmt::Display for CanaryView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { share, beside, canary } = &self.report;
        let verdict = match self.verdict.verdict.as_str() {
            "tooEarly" => "too early to say",
            "withinBounds" => "within its bounds",
            _ => "departed from its bounds",
        };
        writeln!(f, "canary: release {} for {share} % of the users, {verdict}", canary.release)?;
        writeln!(f, "                 {:>12}  {:>12}", format!("release {}", beside.release), "canary")?;
        let rows = [
            ("decisions", beside.decisions, canary.decisions),
            ("failed", beside.failed, canary.failed),
            ("degraded", beside.degraded, canary.degraded),
            ("fuel of 99 %", beside.fuel_p99, canary.fuel_p99),
        ];
        for (name, beside, canary) in rows {
            writeln!(f, "{name:<16} {beside:>12}  {canary:>12}")?;
        }
        for (plan, held) in &beside.plans {
            let by_canary = canary.plans.get(plan).copied().unwrap_or_default();
            let (beside, canary) = (percent(*held, beside.decisions), percent(by_canary, canary.decisions));
            writeln!(f, "{:<16} {beside:>12}  {canary:>12}", format!("plan `{plan}`"))?;
        }
        Ok(())
    }
}

fn percent(part: u64, of: u64) -> String {
    let hundredths = part.saturating_mul(10_000) / of.max(1);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

impl fmt::Display for ShadowView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { release, sampled, dropped, evaluated, inconclusive, different, .. } = &self.report;
        writeln!(
            f,
            "shadow: release {release}, {evaluated} decisions made again of {sampled} ({dropped} dropped, {inconclusive} \
             inconclusive), {different} of them different"
        )?;
        for difference in &self.report.differences {
            difference.fmt(f)?;
        }
        match self.report.other_differences {
            0 => Ok(()),
            others => writeln!(f, "and {others} differences more, which are not told apart"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |name: &str| self.change.get(name).and_then(Value::as_str).unwrap_or("nothing");
        let what = match text("change") {
            "planLost" => format!("- plan `{}` lost", text("plan")),
            "planGained" => format!("+ plan `{}` gained", text("plan")),
            "property" => {
                format!("~ `{}.{}`: {} → {}", text("feature"), text("property"), text("from"), text("to"))
            }
            "undecided" => format!("! nothing decided: workflow `{}`, {}", text("workflow"), text("failure")),
            _ => format!("! workflow `{}` fails: {}", text("workflow"), text("failure")),
        };
        writeln!(f, "{what}, for {} ({:.2} %)", self.decisions, self.percent_of_evaluated)?;
        for Cohort { dimension, value, percent_of_difference, percent_of_evaluated } in &self.cohorts {
            writeln!(
                f,
                "    {dimension} {value}: {percent_of_difference:.0} % of these, and {percent_of_evaluated:.1} % of all"
            )?;
        }
        for Example { user, decision } in self.examples.iter().take(2) {
            writeln!(f, "    such as user {user} in decision {decision}")?;
        }
        Ok(())
    }
}
