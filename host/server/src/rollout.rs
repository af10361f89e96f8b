//! Rollouts: a release that some of the users get, and one that is tried on what is asked and answers nobody.

mod terms;
mod watch;

use std::sync::Arc;

use usher_host::{Bounds, Release, ShadowConfig, Split};
use usher_store::Trial;

use crate::blueprint::{Blueprint, BuildError};
pub(crate) use terms::{BoundsTerms, CanaryTerms, Percent, ShadowTerms, TermsError};
pub(crate) use watch::watch;

/// What is tried out beside the release that decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct OnTrial {
    pub(crate) canary: Option<(Arc<Blueprint>, CanaryTerms)>,
    pub(crate) shadow: Option<(Arc<Blueprint>, ShadowTerms)>,
}

/// The same, ready to run.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) canary: Option<(Release, Split, Bounds)>,
    pub(crate) shadow: Option<(Release, ShadowTerms)>,
}

impl OnTrial {
    /// What is stored, of which this version may not understand everything: that is not tried then.
    pub(crate) fn of(
        (canary, shadow): (&Option<Trial>, &Option<Trial>),
        blueprint: impl Fn(u64) -> Option<Arc<Blueprint>>,
    ) -> Self {
        Self { canary: read(canary.as_ref(), &blueprint), shadow: read(shadow.as_ref(), &blueprint) }
    }

    /// Builds what is tried.
    pub(crate) fn build(&self) -> Result<Tried, BuildError> {
        let canary = match &self.canary {
            Some((blueprint, terms)) => match terms.split() {
                Ok(split) => Some((blueprint.build()?, split, terms.bounds())),
                // They were good when they were stored.
                Err(error) => {
                    tracing::error!(%error, "a canary is left out");
                    None
                }
            },
            None => None,
        };
        let shadow = match &self.shadow {
            Some((blueprint, terms)) => Some((blueprint.build()?, terms.clone())),
            None => None,
        };
        Ok(Tried { canary, shadow })
    }

    /// Whether something else is tried, or in another way.
    pub(crate) fn is_other(&self, other: &Self) -> bool {
        self.canary_of() != other.canary_of() || self.shadow_of() != other.shadow_of()
    }

    /// The canary's release, and the terms that it decides by.
    fn canary_of(&self) -> Option<(u64, &CanaryTerms)> {
        self.canary.as_ref().map(|(blueprint, terms)| (blueprint.number, terms))
    }

    /// The shadow's release, and how it goes about it.
    pub(crate) fn shadow_of(&self) -> Option<(u64, &ShadowTerms)> {
        self.shadow.as_ref().map(|(blueprint, terms)| (blueprint.number, terms))
    }

    /// The blueprints that are needed for it.
    pub(crate) fn blueprints(&self) -> impl Iterator<Item = &Arc<Blueprint>> {
        let canary = self.canary.iter().map(|(blueprint, _)| blueprint);
        canary.chain(self.shadow.iter().map(|(blueprint, _)| blueprint))
    }
}

/// What a shadow goes about it with, under this key for its examples.
pub(crate) fn shadow_config(terms: &ShadowTerms, key: [u8; 32]) -> ShadowConfig {
    let mut config = ShadowConfig::new(key);
    if let Some(Percent(sample)) = terms.sample {
        config = config.with_sample(sample);
    }
    if let Some(Percent(processor)) = terms.processor {
        config = config.with_processor(processor);
    }
    config
}

fn read<T: for<'de> serde::Deserialize<'de>>(
    trial: Option<&Trial>,
    blueprint: impl Fn(u64) -> Option<Arc<Blueprint>>,
) -> Option<(Arc<Blueprint>, T)> {
    let trial = trial?;
    match serde_json::from_str(&trial.terms) {
        Ok(terms) => Some((blueprint(trial.release)?, terms)),
        Err(error) => {
            let release = trial.release;
            tracing::error!(release, %error, "a trial is left out: its terms are of another version of Usher");
            None
        }
    }
}
