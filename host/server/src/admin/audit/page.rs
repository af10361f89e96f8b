//! Which entries are asked for of something that only grows: the audit log, releases, deployments.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::workflows::{OptionError, within};

/// Entries of a page when nothing is said, and at most.
const DEFAULT: u32 = 100;
const MOST: u32 = 1_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct PageQuery {
    /// Only what is before the one of this id or number.
    before: Option<u64>,
    /// How many at most. 100 when nothing is said.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<u32>,
}

impl PageQuery {
    pub(in crate::admin) fn before(&self) -> Option<u64> {
        self.before
    }

    pub(in crate::admin) fn limit(&self) -> Result<u32, OptionError> {
        within("limit", self.limit.map(u64::from), &(1..=MOST.into()))?;
        Ok(self.limit.unwrap_or(DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_1_to_1000_entries() {
        for (asked, granted) in
            [(None, Some(100)), (Some(0), None), (Some(1), Some(1)), (Some(1_000), Some(1_000)), (Some(1_001), None)]
        {
            assert_eq!(PageQuery { before: None, limit: asked }.limit().ok(), granted);
        }
    }
}
