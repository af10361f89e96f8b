//! Places: how many runs may go on at the same time, in the whole process and of one workflow.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::engine::SandboxConfig;

/// The places there are.
#[derive(Debug)]
pub(crate) struct Places {
    pool: Arc<Semaphore>,
    of_one_workflow: usize,
}

/// The places of one workflow among those. Its clones share them.
#[derive(Debug, Clone)]
pub(crate) struct WorkflowPlaces(Arc<Semaphore>);

/// One run's place, until it is dropped: one of the workflow's, and one in the pool; neither if its thread has one of its own.
#[derive(Debug)]
pub(crate) struct Place {
    _taken: Option<[OwnedSemaphorePermit; 2]>,
}

/// Why there was no place for a run. The operator's move, if it is anybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoPlace {
    #[error("its other runs kept every place that one workflow may have for as long as it could wait")]
    OfTheWorkflow,
    #[error("every instance of the sandbox was in use for as long as it could wait")]
    InThePool,
}

impl Places {
    /// The places of a sandbox, but for those that threads may have of their own.
    pub(crate) fn new(config: &SandboxConfig, of_threads: usize) -> Self {
        let of_one = config.concurrent_runs_of_one_workflow.unwrap_or(config.concurrent_runs / 2).max(1);
        let [pool, of_one_workflow] =
            [config.concurrent_runs, of_one].map(|places| usize::try_from(places).unwrap_or(Semaphore::MAX_PERMITS));
        Self { pool: Arc::new(Semaphore::new(pool.saturating_sub(of_threads))), of_one_workflow }
    }

    /// How many places are free.
    pub(crate) fn free(&self) -> usize {
        self.pool.available_permits()
    }

    /// The places of one more workflow.
    pub(crate) fn of_a_workflow(&self) -> WorkflowPlaces {
        WorkflowPlaces(Arc::new(Semaphore::new(self.of_one_workflow)))
    }

    /// Takes a place for a run, among those of its workflow; none for one that runs in its thread's lane. What it waits is taken
    /// from its patience, and it never waits longer.
    ///
    /// The workflow's own place comes first: who waits behind other runs of the same workflow keeps nothing from others.
    pub(crate) async fn take(&self, of: Option<&WorkflowPlaces>, patience: &mut Duration) -> Result<Place, NoPlace> {
        let Some(of) = of else { return Ok(Place { _taken: None }) };
        let of_the_workflow = permit(&of.0, patience).await.ok_or(NoPlace::OfTheWorkflow)?;
        let in_the_pool = permit(&self.pool, patience).await.ok_or(NoPlace::InThePool)?;
        Ok(Place { _taken: Some([of_the_workflow, in_the_pool]) })
    }
}

async fn permit(permits: &Arc<Semaphore>, patience: &mut Duration) -> Option<OwnedSemaphorePermit> {
    if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
        return Some(permit);
    }
    let began = Instant::now();
    let permit = timeout(*patience, Arc::clone(permits).acquire_owned()).await;
    *patience = patience.saturating_sub(began.elapsed());
    permit.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(concurrent_runs: u32, concurrent_runs_of_one_workflow: Option<u32>) -> Places {
        Places::new(&SandboxConfig { concurrent_runs, concurrent_runs_of_one_workflow, ..SandboxConfig::default() }, 0)
    }

    async fn take(places: &Places, of: &WorkflowPlaces, mut patience: Duration) -> Result<Place, NoPlace> {
        places.take(Some(of), &mut patience).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_workflow_has_half_of_the_places_and_at_least_one() {
        for (pool, said, most) in
            [(8, None, 4), (9, None, 4), (2, None, 1), (1, None, 1), (8, Some(7), 7), (8, Some(0), 1)]
        {
            let places = places(pool, said);
            let busy = places.of_a_workflow();
            let mut taken = Vec::new();
            for _ in 0..most {
                taken.push(take(&places, &busy, Duration::ZERO).await.unwrap());
            }
            assert_eq!(
                take(&places, &busy, Duration::ZERO).await.unwrap_err(),
                NoPlace::OfTheWorkflow,
                "{pool} {said:?}"
            );
            let rest = usize::try_from(pool).unwrap() - taken.len();
            let other = places.of_a_workflow();
            assert_eq!(take(&places, &other, Duration::ZERO).await.is_ok(), rest > 0, "{pool} {said:?}");
            drop(taken);
            assert!(take(&places, &busy, Duration::ZERO).await.is_ok(), "{pool} {said:?}");
            assert_eq!(places.free(), usize::try_from(pool).unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_their_patience() {
        let places = places(2, Some(1));
        let (one, two, three) = (places.of_a_workflow(), places.of_a_workflow(), places.of_a_workflow());
        let second = Duration::from_secs(1);
        let mut patience = second;
        let first = places.take(Some(&one), &mut patience).await.unwrap();
        assert_eq!(patience, second, "who need not wait has all of it left");
        let _second = take(&places, &two, second).await.unwrap();

        let began = Instant::now();
        assert_eq!(take(&places, &three, second).await.unwrap_err(), NoPlace::InThePool);
        assert!((second..second * 2).contains(&began.elapsed()), "{:?}", began.elapsed());
        let (waited, ()) = tokio::join!(places.take(Some(&three), &mut patience), async {
            tokio::time::advance(second / 4).await;
            drop(first);
        });
        assert!(waited.is_ok() && patience <= second * 3 / 4, "{patience:?}");
    }
}
