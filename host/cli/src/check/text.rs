//! The admission report for people.

use std::fmt::{Display, Write};

use usher_sandbox::{Probe, Report, World};

/// The report as lines of a name and a value.
pub(super) fn of(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn Display| {
        // Of what a module says, nothing reaches a terminal but text. A string takes everything.
        let value: String = value.to_string().chars().map(shown).collect();
        let _never_fails = writeln!(text, "{name:<9} {value}");
    };
    line("verdict", &report.verdict.as_str());
    if let (Some(reason), Some(kind)) = (&report.reason, &report.kind) {
        line("reason", &format_args!("{reason} ({kind})"));
    }
    line("digest", &report.digest);
    line("size", &format_args!("{} bytes", report.size));
    line("world", &report.world.map_or("unknown", World::name));
    line("contract", &report.contract);
    match &report.manifest {
        Some(manifest) => {
            line("sdk", &format_args!("{} {}", manifest.sdk_name(), manifest.sdk_version()));
            line("workflow", &manifest.workflow());
            line("plans", &plans(manifest.plans()));
        }
        None => line("manifest", &"none"),
    }
    for (index, import) in report.imports.iter().enumerate() {
        line(if index == 0 { "imports" } else { "" }, import);
    }
    for (index, part) in report.purity.iter().enumerate() {
        let asks = if part.imports.is_empty() { "cannot ask" } else { &part.gets };
        line(if index == 0 { "purity" } else { "" }, &format_args!("{:<12} {asks}", part.of));
    }
    if let Some(bytes) = report.memory_bytes {
        line("memory", &format_args!("{} KiB at the start", bytes / 1_024));
    }
    for (index, probe) in report.probes.iter().enumerate() {
        line(if index == 0 { "probes" } else { "" }, &Probed(probe));
    }
    if !report.probes.is_empty() {
        line("slugs", &plans(Some(&report.slugs)));
    }
    text
}

/// What came of one probe, and what it left of the limits.
struct Probed<'a>(&'a Probe);

impl Display for Probed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Probe { request, outcome, fuel, fuel_limit, memory_bytes, memory_limit_bytes, .. } = self.0;
        // Rounded up: whoever uses anything uses more than nothing.
        let percent = |used: u64, limit: u64| used.saturating_mul(100).div_ceil(limit.max(1));
        let (of_fuel, of_memory) = (percent(*fuel, *fuel_limit), percent(*memory_bytes, *memory_limit_bytes));
        write!(
            f,
            "{request:<12} {outcome}, fuel {fuel} ({of_fuel} %), memory {} KiB ({of_memory} %)",
            memory_bytes / 1_024
        )?;
        match &self.0.error {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

fn plans(plans: Option<&[String]>) -> String {
    match plans {
        Some([]) => "none".to_owned(),
        Some(plans) => plans.join(", "),
        None => "unknown".to_owned(),
    }
}

fn shown(character: char) -> char {
    if character.is_control() { char::REPLACEMENT_CHARACTER } else { character }
}
