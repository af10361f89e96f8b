//! Rows of the table.

use std::fmt;

use crate::clock::Times;

pub(crate) const HEAD: &str = "\
| what                                             |    median |       p99 | ratio
| ------------------------------------------------ | --------: | --------: | -----";

/// One line of the table.
pub(crate) struct Row {
    what: String,
    median: f64,
    p99: f64,
    notes: Vec<String>,
}

impl Row {
    pub(crate) fn of(block: impl fmt::Display, times: &Times) -> Self {
        let what = format!("{block}, {}", times.name);
        Self { what, median: times.median, p99: times.p99, notes: Vec::new() }
    }

    /// It takes so many times as long as something else, which should be at most the target.
    pub(crate) fn ratio(mut self, times: f64, what: &str, target: impl Into<Option<f64>>) -> Self {
        let target = target.into().map(|target| format!(" (target ≤ {target})"));
        self.notes.push(format!("{times:.2} × {what}{}", target.unwrap_or_default()));
        self
    }

    /// It does so much of what something else does, which should be at least the target.
    pub(crate) fn share(mut self, part: f64, what: &str, target: f64) -> Self {
        self.notes.push(format!("{part:.2} {what} (target ≥ {target})"));
        self
    }
}

pub(crate) fn print(rows: &[Row]) {
    for row in rows {
        println!("{}", row.to_string().trim_end());
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p99 = time(self.p99);
        let (median, notes) = (time(self.median), self.notes.join(", "));
        write!(f, "| {:48} | {median:>9} | {p99:>9} | {notes}", self.what)
    }
}

/// Three digits of a time, in nanoseconds.
fn time(nanos: f64) -> String {
    let (number, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.digits$} {unit}")
}
