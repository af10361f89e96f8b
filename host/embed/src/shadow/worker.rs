//! The worker: one thread that makes live decisions again, by the shadow's release, when nobody else wants the processor.

use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use usher_decision::{Resolution, UserType, Visitor};
use usher_sandbox::request;
use usher_sandbox::{Sandbox, User, processor};

use super::Shared;
use super::budget::Budget;
use super::difference::differences;
use super::late_view::LateView;
use super::sample::{Sample, SampledOutcome, failures, is_of_the_moment};
use crate::data::UserData;
use crate::last_good::LastGood;
use crate::provisioning::{Lent, WorkflowReport, provision};
use crate::release::Release;

/// How often it looks for something to do. Nobody who decides should have to wake it.
const PAUSE: Duration = Duration::from_millis(5);
/// Places that it leaves to decisions.
const PLACES_LEFT: usize = 1;

/// Everything that a worker owns.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) release: Arc<Release>,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) data: Arc<dyn UserData>,
    pub(super) last_good: Arc<LastGood>,
    pub(super) deadline: Duration,
    pub(super) samples: Receiver<Sample>,
    pub(super) shared: Arc<Shared>,
    /// Where its look-ups are driven, which are those of the live runtime: a connection that was opened by another one would end
    /// with that.
    pub(super) runtime: Handle,
}

/// What one sample came to.
struct Evaluated {
    outcome: SampledOutcome,
    reports: Vec<WorkflowReport>,
}

impl Worker {
    /// Goes on until the shadow is over.
    pub(super) fn run(self, mut budget: Budget) {
        if let Err(reason) = processor::stand_back() {
            tracing::warn!(reason, "a shadow runs beside decisions as their equal");
        }
        while !self.shared.is_over() {
            if self.sandbox.free_places() <= PLACES_LEFT {
                thread::park_timeout(PAUSE);
                continue;
            }
            match self.samples.try_recv() {
                Ok(sample) => {
                    let cost = self.evaluate(&sample);
                    self.rest(budget.pay(cost, Instant::now()));
                }
                Err(TryRecvError::Empty) => thread::park_timeout(PAUSE),
                Err(TryRecvError::Disconnected) => return,
            }
        }
    }

    fn rest(&self, time: Duration) {
        let began = Instant::now();
        while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
            if self.shared.is_over() {
                return;
            }
            // Whoever ends the shadow wakes its worker.
            thread::park_timeout(left);
        }
    }

    /// Makes a decision again and takes note of what is different. Returns what that took of a processor.
    fn evaluate(&self, sample: &Sample) -> Duration {
        let (began, had) = (Instant::now(), processor::thread_time());
        let Evaluated { outcome, reports } = self.runtime.block_on(self.decide(sample));
        let changes = (!is_of_the_moment(&reports)).then(|| differences(&sample.outcome, &outcome));
        let mut findings = self.shared.findings.lock().unwrap_or_else(PoisonError::into_inner);
        match changes {
            Some(changes) => findings.take(sample, changes),
            None => findings.inconclusive += 1,
        }
        let cost = had.and_then(|had| Some(processor::thread_time()?.saturating_sub(had)));
        let cost = cost.unwrap_or_else(|| began.elapsed());
        findings.processor_time = findings.processor_time.saturating_add(cost);
        drop(findings);
        self.shared.made.notify_waiters();
        cost
    }

    async fn decide(&self, sample: &Sample) -> Evaluated {
        let identity = &sample.request.identity;
        let user = User { identifier: identity.identifier.clone(), user_type: identity.user_type };
        let visitor = Visitor {
            user_type: match identity.user_type {
                request::UserType::Authenticated => UserType::Authenticated,
                request::UserType::Anonymous => UserType::Anonymous,
            },
            verified_bot: sample.verified_bot,
            product_ids: &sample.request.customer.product_ids,
        };
        let now = Instant::now();
        let view = LateView::new(&*self.data, &user);
        let lent = Lent {
            data: &view,
            ends: now.checked_add(self.deadline).unwrap_or(now),
            known: Some(&user).filter(|_| sample.is_known),
            remembered: None,
            last_good: &self.last_good,
            // All that it takes of a processor is taken by this thread, which stands back.
            is_alone: true,
        };
        let provisioned = provision(&self.sandbox, &self.release, &sample.request, &visitor, lent).await;
        let outcome = SampledOutcome {
            resolution: Resolution::of(self.release.catalog(), &provisioned.provisioning),
            release: Arc::clone(&self.release),
            provisioning: provisioned.provisioning,
            failures: failures(&provisioned.reports),
            undecided: provisioned.undecided,
        };
        Evaluated { outcome, reports: provisioned.reports }
    }
}
