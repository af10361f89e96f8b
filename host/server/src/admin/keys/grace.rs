//! For how long a key that was rotated is good.

use std::time::Duration;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::workflows::{OptionError, within};

/// The longest, in seconds: 30 days.
const MOST: u64 = 30 * 24 * 60 * 60;
/// What holds when nothing is said: a day.
const DEFAULT: u64 = 24 * 60 * 60;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct GraceQuery {
    /// For how many seconds the old key is good. A day when nothing is said.
    #[param(minimum = 0, maximum = 2_592_000)]
    grace_seconds: Option<u64>,
}

impl GraceQuery {
    pub(super) fn grace(&self) -> Result<Duration, OptionError> {
        within("grace-seconds", self.grace_seconds, &(0..=MOST))?;
        Ok(Duration::from_secs(self.grace_seconds.unwrap_or(DEFAULT)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_has_0_seconds_to_30_days() {
        for (asked, granted) in
            [(None, Some(86_400)), (Some(0), Some(0)), (Some(2_592_000), Some(2_592_000)), (Some(2_592_001), None)]
        {
            let grace = GraceQuery { grace_seconds: asked }.grace();
            assert_eq!(grace.ok().map(|grace| grace.as_secs()), granted);
        }
    }
}
