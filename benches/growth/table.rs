//! All that was found, as one table in Markdown.

use std::fmt::Write as _;

use super::curve::{Curve, Point, Shape};
use super::memory::Weight;

/// What a loaded workflow may take, cold and hot, in KiB.
const TARGETS: [(&str, f64); 2] = [("KiB, cold:", 16.0), ("KiB, hot:", 300.0)];

pub(crate) fn of(curves: &[Curve], weights: &[Weight]) -> String {
    let mut table =
        String::from("| curve | size | median | to the first | each |\n| --- | ---: | ---: | ---: | ---: |\n");
    for curve in curves {
        for Point { size, nanos, ratio } in &curve.points {
            let each = if curve.shape == Shape::Flat { "–".to_owned() } else { time(nanos / size) };
            row(&mut table, [curve.title, &size.to_string(), &time(*nanos), &format!("{ratio:.2}"), &each]);
        }
    }
    table += "\n| bound | found | at most | holds |\n| --- | ---: | ---: | --- |\n";
    for bound in curves.iter().flat_map(|curve| &curve.bounds) {
        let (found, most) = (format!("{:.2}", bound.found), format!("{:.2}", bound.most));
        row(&mut table, [&bound.what, &found, &most, if bound.holds() { "yes" } else { "no" }]);
    }
    table += "\n";
    table + &of_memory(weights)
}

pub(crate) fn of_memory(weights: &[Weight]) -> String {
    let mut table = String::from("| of one loaded workflow | found | target |\n| --- | ---: | --- |\n");
    for Weight { what, found } in weights {
        let target = TARGETS.iter().find(|(name, _)| what.starts_with(name));
        let target = target.map_or("–".to_owned(), |(_, most)| {
            format!("≤ {most}: {}", if found <= most { "met" } else { "missed" })
        });
        row(&mut table, [what, &format!("{found:.0}"), &target]);
    }
    table
}

fn row<const CELLS: usize>(table: &mut String, cells: [&str; CELLS]) {
    writeln!(table, "| {} |", cells.join(" | ")).expect("a string takes all that is written");
}

/// A time in the unit that suits it.
pub(crate) fn time(nanos: f64) -> String {
    match nanos {
        ..1e3 => format!("{nanos:.0} ns"),
        1e3..1e5 => format!("{:.1} µs", nanos / 1e3),
        1e5..1e6 => format!("{:.0} µs", nanos / 1e3),
        _ => format!("{:.2} ms", nanos / 1e6),
    }
}
