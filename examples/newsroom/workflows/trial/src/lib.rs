//! A trial that began elsewhere: a sister paper keeps it for all brands, and it ends here, too.

use serde::Deserialize;
use usher_guest::identity::{CustomDataScope, ReadError, read_custom_data_with};
use usher_guest::{Instant, Request, log, workflow};

/// What the sister paper keeps about a reader's trial.
#[derive(Deserialize)]
struct Trial {
    plan: String,
    until: Instant,
}

/// The trial ends at its very instant. One that was never begun is no reason to fail; one that cannot be read is.
#[workflow]
fn trial(request: &Request) -> Result<Option<&'static str>, ReadError> {
    let identity = request.identity();
    if !identity.is_authenticated() {
        return Ok(None);
    }
    let trial: Option<Trial> = read_custom_data_with(&identity.user(), "trial", CustomDataScope::CrossBrand)?;
    let Some(trial) = trial else { return Ok(None) };
    if trial.until <= request.instant() {
        log::debug(format_args!("the trial ended at {}", trial.until));
        return Ok(None);
    }
    Ok((trial.plan == "premium").then_some("premium-trial"))
}

#[cfg(test)]
mod tests;
