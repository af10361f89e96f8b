//! A shadow: a release that makes live decisions again, beside them, and says what would be different.

mod budget;
mod cohort;
mod difference;
mod findings;
mod late_view;
mod report;
mod sample;
mod worker;

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Notify;
use usher_decision::Bot;
use usher_sandbox::Sandbox;
use usher_sandbox::request::Request;

pub use cohort::{Cohort, Dimension};
pub use difference::Change;
pub use report::{Difference, Example, ShadowReport};

use crate::canary::Share;
use crate::data::UserData;
use crate::decision::Decision;
use crate::last_good::LastGood;
use crate::release::Release;
use budget::Budget;
use findings::{ExampleKey, Findings};
use sample::{Sample, is_of_the_moment};
use worker::Worker;

/// How a shadow goes about it.
///
/// ```
/// use usher_host::{ShadowConfig, Share};
///
/// # fn secret_of_this_machine() -> [u8; 32] { [0; 32] }
/// # fn main() -> Result<(), usher_host::ShareError> {
/// let config = ShadowConfig::new(secret_of_this_machine())
///     .with_sample("25 %".parse()?)
///     .with_processor("5 %".parse()?);
/// # drop(config);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ShadowConfig {
    sample: Share,
    processor: Share,
    queue: usize,
    examples: usize,
    key: ExampleKey,
}

/// Why there is no shadow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShadowError {
    /// There is nothing that would drive its look-ups. The move of whoever starts it.
    #[error("a shadow: expected to be started within a Tokio runtime, the one that decisions are made in; found none")]
    NoRuntime,
    /// There is no thread for it. The operator's move.
    #[error("a shadow: expected a thread of its own; the operator has to look at how many this process may have")]
    NoThread(#[source] io::Error),
}

/// A release that makes live decisions again, off their way, and says what would be different: who would gain or lose which plan, and
/// which property would have another value.
///
/// Nothing that it does reaches a decision. It runs on one thread, which has a share of one processor at most, only while nobody else
/// wants that (on Linux); it makes one decision at a time, and leaves the last free place of the sandbox to others. What it cannot
/// keep up with is dropped and counted. It reads user data and changes nothing: it has breakers and memories of no one. What a
/// decision is given, who it is for, where they are and what billing knows of them, it is given as well.
///
/// It begins with [`Host::start_shadow`](crate::Host::start_shadow).
#[derive(Debug)]
pub struct Shadow {
    release: Arc<Release>,
    sample: Share,
    queue: SyncSender<Sample>,
    worker: Thread,
    shared: Arc<Shared>,
}

/// What a shadow and its worker share.
#[derive(Debug)]
struct Shared {
    is_over: AtomicBool,
    sampled: AtomicU64,
    dropped: AtomicU64,
    /// Decisions of the sample that say nothing, before anything was done about them.
    inconclusive: AtomicU64,
    /// Nobody who decides takes this lock.
    findings: Mutex<Findings>,
    /// Tells that a decision was made again.
    made: Notify,
}

/// What a host lends its shadow.
#[derive(Debug)]
pub(crate) struct ShadowGround {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) data: Arc<dyn UserData>,
    pub(crate) last_good: Arc<LastGood>,
    pub(crate) deadline: Duration,
}

/// What the user of an example is called: the first half of the BLAKE3 hash of their type, a NUL and their identifier, under the key of
/// [`ShadowConfig::new`], in hexadecimal. The type is `anonymous` or `authenticated`.
///
/// ```
/// let key = [7; 32];
/// assert_eq!(usher_host::hashed_user(&key, "authenticated", "ada").len(), 32);
/// assert_ne!(usher_host::hashed_user(&key, "authenticated", "ada"), usher_host::hashed_user(&key, "anonymous", "ada"));
/// ```
#[must_use]
pub fn hashed_user(key: &[u8; 32], user_type: &str, identifier: &str) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(user_type.as_bytes()).update(&[0]).update(identifier.as_bytes());
    let mut hash = hasher.finalize().to_hex().to_string();
    hash.truncate(hash.len() / 2);
    hash
}

impl ShadowConfig {
    /// A shadow of all decisions that a tenth of a processor can make, with five examples of each difference. Users are called in
    /// these by a hash under this key, which is a secret.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        let processor = Share::new(1_000).unwrap_or_default();
        Self { sample: Share::ALL, processor, queue: 1_024, examples: 5, key: ExampleKey(key) }
    }

    /// Makes this share of the decisions again. Default all.
    #[must_use]
    pub fn with_sample(self, sample: Share) -> Self {
        Self { sample, ..self }
    }

    /// Takes at most this share of one processor. In a short time it may be 10 ms more, and what the last decision took.
    /// Default 10 %.
    #[must_use]
    pub fn with_processor(self, processor: Share) -> Self {
        Self { processor, ..self }
    }

    /// Lets so many decisions wait to be made again, at least one. Each takes what its request does. Default 1 024.
    #[must_use]
    pub fn with_queue(self, queue: usize) -> Self {
        Self { queue: queue.max(1), ..self }
    }

    /// Keeps so many examples of each difference. Default 5.
    #[must_use]
    pub fn with_examples(self, examples: usize) -> Self {
        Self { examples, ..self }
    }
}

impl Shadow {
    pub(crate) fn start(
        release: Arc<Release>,
        config: &ShadowConfig,
        ground: ShadowGround,
    ) -> Result<Self, ShadowError> {
        let runtime = Handle::try_current().map_err(|_none| ShadowError::NoRuntime)?;
        let (queue, samples) = sync_channel(config.queue);
        let shared = Arc::new(Shared {
            is_over: AtomicBool::new(false),
            sampled: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            inconclusive: AtomicU64::new(0),
            findings: Mutex::new(Findings::new(config.examples, config.key)),
            made: Notify::new(),
        });
        let ShadowGround { sandbox, data, last_good, deadline } = ground;
        let worker = Worker {
            release: Arc::clone(&release),
            sandbox,
            data,
            last_good,
            deadline,
            samples,
            shared: Arc::clone(&shared),
            runtime,
        };
        let budget = Budget::new(config.processor, Instant::now());
        let thread = thread::Builder::new().name("usher-shadow".to_owned()).spawn(move || worker.run(budget));
        let worker = thread.map_err(ShadowError::NoThread)?.thread().clone();
        Ok(Self { release, sample: config.sample, queue, worker, shared })
    }

    /// The release that it goes by.
    #[must_use]
    pub fn release(&self) -> &Arc<Release> {
        &self.release
    }

    /// What it has found so far. It stays when the shadow is over.
    #[must_use]
    pub fn report(&self) -> ShadowReport {
        let findings = self.shared.findings.lock().unwrap_or_else(PoisonError::into_inner);
        ShadowReport {
            release: self.release.number(),
            sampled: self.shared.sampled.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
            evaluated: findings.evaluated(),
            inconclusive: findings.inconclusive + self.shared.inconclusive.load(Ordering::Relaxed),
            different: findings.different,
            processor_micros: u64::try_from(findings.processor_time.as_micros()).unwrap_or(u64::MAX),
            differences: findings.differences(),
            other_differences: findings.others,
        }
    }

    /// Waits until nothing waits to be made again, or it has ended. While decisions come that may be never.
    pub async fn settled(&self) {
        loop {
            // Heard even when it is told between the look and the wait.
            let mut made = pin!(self.shared.made.notified());
            made.as_mut().enable();
            if self.is_over() || self.waiting() == 0 {
                return;
            }
            made.await;
        }
    }

    /// How many decisions wait to be made again.
    fn waiting(&self) -> u64 {
        let [sampled, dropped, inconclusive] = [&self.shared.sampled, &self.shared.dropped, &self.shared.inconclusive]
            .map(|count| count.load(Ordering::Relaxed));
        let findings = self.shared.findings.lock().unwrap_or_else(PoisonError::into_inner);
        let done = [dropped, inconclusive, findings.inconclusive, findings.evaluated()];
        done.into_iter().fold(sampled, u64::saturating_sub)
    }

    /// Whether it has ended: see [`Host::end_shadow`](crate::Host::end_shadow).
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.shared.is_over()
    }

    /// Ends it, after the decision that it is making. What is waiting is not looked at any more.
    pub(crate) fn end(&self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.shared.made.notify_waiters();
        self.worker.unpark();
    }

    /// Takes a live decision to be made again, if it is one of the sample and there is room. Nobody waits for that.
    pub(crate) fn offer(&self, decision: &Decision, request: &Arc<Request>, verified_bot: Option<Bot>) {
        // An id is random but for six bits, and these are not among the first.
        let [one, two, three, four, ..] = *decision.id.as_bytes();
        let random = u64::from(u32::from_le_bytes([one, two, three, four]));
        let place = (random * u64::from(Share::ALL.basis_points())) >> 32;
        if !u16::try_from(place).is_ok_and(|place| self.sample.has(place)) || self.is_over() {
            return;
        }
        self.shared.sampled.fetch_add(1, Ordering::Relaxed);
        if is_of_the_moment(decision.workflows()) {
            self.shared.inconclusive.fetch_add(1, Ordering::Relaxed);
        } else if self.queue.try_send(Sample::of(decision, request, verified_bot)).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

/// Whoever still has its report holds nothing else of it.
impl Drop for Shadow {
    fn drop(&mut self) {
        self.end();
    }
}
