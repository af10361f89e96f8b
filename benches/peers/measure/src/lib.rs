//! What every peer in Rust is measured with: the same requests, the same check, the same clock.
//!
//! A decision starts from what a host holds, a [`Record`] whose claims are JSON text, and ends with a `Vec<String>`. What a
//! peer needs in between, its own kind of input included, is its own affair and part of its time.

mod opened;
#[expect(missing_docs, reason = "the fields are documented in wit/types.wit")]
#[path = "../../../jobs/record.rs"]
pub mod record;

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub use opened::Opened;
use record::{Case, Record};

/// Before samples are taken.
const WARM_UP: Duration = Duration::from_millis(100);
/// While samples are taken.
const SAMPLING: Duration = Duration::from_millis(400);

/// What there is to decide: see `benches/jobs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// One claim.
    Tier,
    /// Eight rules.
    Rules,
}

impl Job {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Tier, Self::Rules];

    /// The name that its files and functions have everywhere.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Rules => "rules",
        }
    }

    /// The plans that it has to find.
    fn plans(self, case: &Case) -> &[String] {
        match self {
            Self::Tier => &case.tier,
            Self::Rules => &case.rules,
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One of those who are compared.
#[derive(Debug)]
pub struct Peer {
    name: &'static str,
    cases: Vec<Case>,
}

impl Peer {
    /// Reads the requests.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, cases: record::cases() }
    }

    /// The requests, for a peer that makes something of them before the clock runs.
    pub fn records(&self) -> impl Iterator<Item = &Record> + Clone {
        self.cases.iter().map(|case| &case.request)
    }

    /// Measures decisions from records, and prints what they cost.
    ///
    /// # Panics
    ///
    /// A decision is wrong.
    pub fn decide(&self, job: Job, mode: &str, decide: impl FnMut(&Record) -> Vec<String>) {
        self.decide_prepared(job, mode, &self.records().collect::<Vec<_>>(), wrapped(decide));
    }

    /// The same from what the peer has made of the records.
    ///
    /// # Panics
    ///
    /// A decision is wrong.
    pub fn decide_prepared<Question>(
        &self,
        job: Job,
        mode: &str,
        questions: &[Question],
        mut decide: impl FnMut(&Question) -> Vec<String>,
    ) {
        for (question, case) in questions.iter().zip(&self.cases) {
            let mut found = decide(question);
            let mut plans = job.plans(case).to_vec();
            // Some answer with sets, which have no order.
            found.sort();
            plans.sort();
            assert_eq!(found, plans, "{} {mode}, {job}: {}", self.name, case.title);
        }
        let times = sample(questions, |question| drop(black_box(decide(black_box(question)))));
        println!(r#"{{"peer":"{}","mode":"{mode}","job":"{job}",{times}}}"#, self.name);
    }

    /// Measures something that belongs to no job.
    pub fn measure(&self, mode: &str, mut run: impl FnMut()) {
        let times = sample(&[()], |()| run());
        println!(r#"{{"peer":"{}","mode":"{mode}","job":null,{times}}}"#, self.name);
    }
}

fn wrapped(mut decide: impl FnMut(&Record) -> Vec<String>) -> impl FnMut(&&Record) -> Vec<String> {
    move |record| decide(record)
}

/// Takes the questions in turn, until the time is over. What takes less than a microsecond is timed in batches, because the
/// clock itself takes some 20 ns: its 99th percentile is one of batches.
fn sample<Question>(questions: &[Question], mut ask: impl FnMut(&Question)) -> Times {
    let mut questions = questions.iter().cycle();
    let mut next = move || ask(questions.next().expect("there are questions"));
    let mut asked = 0;
    let started = Instant::now();
    while started.elapsed() < WARM_UP {
        next();
        asked += 1;
    }
    let batch: u32 = if started.elapsed() / asked < Duration::from_micros(1) { 64 } else { 1 };
    let mut samples = Vec::new();
    let started = Instant::now();
    while started.elapsed() < SAMPLING {
        let began = Instant::now();
        (0..batch).for_each(|_| next());
        samples.push(began.elapsed().as_secs_f64() * 1e6 / f64::from(batch));
    }
    Times::of(samples)
}

/// What decisions took, in microseconds.
struct Times {
    p50: f64,
    p99: f64,
    samples: usize,
}

impl Times {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let percentile = |percent: usize| samples[(samples.len() * percent / 100).min(samples.len() - 1)];
        Self { p50: percentile(50), p99: percentile(99), samples: samples.len() }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, samples } = self;
        write!(f, r#""p50":{p50:.4},"p99":{p99:.4},"samples":{samples}"#)
    }
}
