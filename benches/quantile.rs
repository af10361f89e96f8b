//! Quantiles of what was measured.

/// The value below which this part of them lies.
pub(crate) fn quantile(of: &mut [f64], part: f64) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let place = (of.len() as f64 * part) as usize;
    of.get(place.min(of.len().saturating_sub(1))).copied().expect("something was measured")
}
