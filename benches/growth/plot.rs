//! The curves as small multiples, both axes in decades: what grows in proportion is a straight line of one slope, and what
//! does not grow is level.

use std::fmt::Write as _;

use super::curve::{Curve, Point, Shape};
use super::table::time;

const COLUMNS: usize = 3;
/// A panel with all that belongs to it, and the room within for the curve.
const PANEL: (f64, f64) = (320.0, 260.0);
const ROOM: (f64, f64) = (232.0, 160.0);
const MARGIN: (f64, f64) = (64.0, 44.0);
/// Colours for a light page, and for a dark one.
const STYLE: &str = "
  svg { --page: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d9dee3; --curve: #0b6bcb; }
  @media (prefers-color-scheme: dark) {
    svg { --page: #0d1117; --ink: #e6edf3; --faint: #9198a1; --grid: #2c333b; --curve: #58a6ff; }
  }
  text { font: 11px system-ui, sans-serif; fill: var(--faint); }
  .title { font-size: 13px; font-weight: 600; fill: var(--ink); }
  .value { fill: var(--ink); stroke: var(--page); stroke-width: 4; paint-order: stroke; }
  .grid { stroke: var(--grid); }
  .meant { stroke: var(--faint); stroke-dasharray: 4 4; fill: none; }
  .curve { stroke: var(--curve); stroke-width: 2; fill: none; }
  circle { fill: var(--curve); stroke: var(--page); stroke-width: 2; }
";

pub(crate) fn of(curves: &[Curve]) -> String {
    let rows = curves.len().div_ceil(COLUMNS);
    let (width, height) = (PANEL.0 * real(COLUMNS), PANEL.1 * real(rows));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"How the cost of a \
         decision grows\">\n<style>{STYLE}</style>\n<rect width=\"{width}\" height=\"{height}\" fill=\"var(--page)\"/>\n"
    );
    for (number, curve) in curves.iter().enumerate() {
        let (x, y) = (PANEL.0 * real(number % COLUMNS), PANEL.1 * real(number / COLUMNS));
        add(&mut svg, format_args!("<g transform=\"translate({} {})\">", x + MARGIN.0, y + MARGIN.1));
        panel(&mut svg, curve);
        add(&mut svg, format_args!("</g>"));
    }
    svg + "</svg>\n"
}

/// One curve, in a room whose upper left corner is the origin.
fn panel(svg: &mut String, curve: &Curve) {
    let (across, up) = (Axis::of(&curve.points, |point| point.size), Axis::of(&curve.points, |point| point.nanos));
    let x = |size: f64| across.part(size) * ROOM.0;
    let y = |nanos: f64| (1.0 - up.part(nanos)) * ROOM.1;
    let (right, bottom) = ROOM;
    add(svg, format_args!("<text class=\"title\" x=\"0\" y=\"-22\">{}</text>", curve.title));
    for size in across.decades() {
        let x = x(size);
        add(svg, format_args!("<path class=\"grid\" d=\"M{x:.1} 0V{bottom}\"/>"));
        add(
            svg,
            format_args!("<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 16.0, count(size)),
        );
    }
    for nanos in up.decades() {
        let y = y(nanos);
        add(svg, format_args!("<path class=\"grid\" d=\"M0 {y:.1}H{right}\"/>"));
        add(svg, format_args!("<text x=\"-8\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", y + 4.0, decade(nanos)));
    }
    let middle = right / 2.0;
    add(svg, format_args!("<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 34.0, curve.of));

    let [Some(first), Some(last)] = [curve.points.first(), curve.points.last()] else { return };
    let (begin, meant) = match curve.shape {
        Shape::Flat => ((across.from(), first.nanos), "dashed: no growth"),
        Shape::Proportional => {
            // Through the last size, as far down as there is room.
            let size = across.from().max(last.size * up.from() / last.nanos);
            ((size, last.nanos * size / last.size), "dashed: in proportion")
        }
    };
    let end = if curve.shape == Shape::Flat { (last.size, first.nanos) } else { (last.size, last.nanos) };
    let [begin, end] = [begin, end].map(|(size, nanos)| format!("{:.1} {:.1}", x(size), y(nanos)));
    add(svg, format_args!("<path class=\"meant\" d=\"M{begin}L{end}\"/>"));
    add(svg, format_args!("<text x=\"{right}\" y=\"-6\" text-anchor=\"end\">{meant}</text>"));

    let line: Vec<_> = curve.points.iter().map(|point| format!("{:.1} {:.1}", x(point.size), y(point.nanos))).collect();
    add(svg, format_args!("<path class=\"curve\" d=\"M{}\"/>", line.join("L")));
    for Point { size, nanos, .. } in &curve.points {
        add(svg, format_args!("<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>", x(*size), y(*nanos)));
    }
    for (point, anchor) in [(first, "start"), (last, "end")] {
        let (x, y) = (x(point.size), y(point.nanos) - 11.0);
        let value = time(point.nanos);
        add(
            svg,
            format_args!("<text class=\"value\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{value}</text>"),
        );
    }
}

/// An axis of whole decades.
struct Axis {
    least: f64,
    most: f64,
}

impl Axis {
    fn of(points: &[Point], value: fn(&Point) -> f64) -> Self {
        let logarithms = || points.iter().map(|point| value(point).log10());
        let least = logarithms().fold(f64::INFINITY, f64::min).floor();
        let most = logarithms().fold(f64::NEG_INFINITY, f64::max).ceil().max(least + 1.0);
        Self { least, most }
    }

    fn from(&self) -> f64 {
        10_f64.powf(self.least)
    }

    /// Where a value lies, from 0 to 1.
    fn part(&self, value: f64) -> f64 {
        (value.log10() - self.least) / (self.most - self.least)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        let (least, most) = (self.least, self.most);
        std::iter::successors(Some(least), |decade| Some(decade + 1.0))
            .take_while(move |decade| *decade <= most)
            .map(|decade| 10_f64.powf(decade))
    }
}

/// A decade of time.
fn decade(nanos: f64) -> String {
    match nanos {
        ..1e3 => format!("{nanos:.0} ns"),
        1e3..1e6 => format!("{:.0} µs", nanos / 1e3),
        _ => format!("{:.0} ms", nanos / 1e6),
    }
}

/// A decade of sizes.
fn count(size: f64) -> String {
    if size >= 1e3 { format!("{:.0}k", size / 1e3) } else { size.to_string() }
}

fn add(svg: &mut String, element: std::fmt::Arguments<'_>) {
    writeln!(svg, "{element}").expect("a string takes all that is written");
}

#[expect(clippy::as_conversions, reason = "a place on a page need not be exact")]
fn real(number: usize) -> f64 {
    number as f64
}
