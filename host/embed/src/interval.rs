//! The interval that a rate is in, of which some decisions are known.

/// Standard errors to each side.
pub(crate) const ERRORS: f64 = 4.0;

/// Wilson's interval of a part that was found among so many decisions.
pub(crate) fn interval(part: f64, decisions: f64) -> (f64, f64) {
    let squared = ERRORS * ERRORS;
    let scale = 1.0 + squared / decisions;
    let middle = (part + squared / (2.0 * decisions)) / scale;
    let half =
        ERRORS / scale * (part * (1.0 - part) / decisions + squared / (4.0 * decisions * decisions)).max(0.0).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The part that some decisions are of others, from 0 to 1; nothing of nothing.
pub(crate) fn part(some: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { real(some) / real(all) }
}

/// A count to calculate with.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "no count comes near 2^52")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed apart, from the formula of the paper.
    #[test]
    fn an_interval_is_that_of_the_paper() {
        for (part, decisions, (lower, upper)) in [
            (0.0, 100.0, (0.0, 0.1379)),
            (0.5, 100.0, (0.3143, 0.6857)),
            (1.0, 64.0, (0.8, 1.0)),
            (0.99, 1_000.0, (0.9676, 0.9970)),
        ] {
            let found = interval(part, decisions);
            assert!((found.0 - lower).abs() < 5e-4 && (found.1 - upper).abs() < 5e-4, "{part} {found:?}");
        }
    }
}
