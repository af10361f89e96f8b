//! The two jobs of `benches/jobs`, ready to be measured.

#[expect(unreachable_pub, reason = "those who are compared with have it in a crate of its own")]
pub(crate) mod record;
pub(crate) mod told;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_sandbox::{Evaluation, Limits, NoLookups, Outcome, Sandbox, Variables, Workflow};
use usher_tests::jobs;

use crate::now::now;
use crate::sandbox::SANDBOX;
use record::{Case, Record};
use told::told;

/// What there is to decide.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Job {
    /// One claim.
    Tier,
    /// Eight rules.
    Rules,
}

impl Job {
    pub(crate) const ALL: [Self; 2] = [Self::Tier, Self::Rules];

    /// The job in Rust, in the production sandbox.
    pub(crate) fn workflow(self) -> Workflow {
        self.workflow_in(&SANDBOX)
    }

    /// The job in Rust.
    pub(crate) fn workflow_in(self, sandbox: &Sandbox) -> Workflow {
        let wasm = match self {
            Self::Tier => jobs::TIER,
            Self::Rules => jobs::RULES,
        };
        load_in(sandbox, &std::fs::read(wasm).expect("the jobs are built"))
    }

    /// The requests, as whoever is measured takes them.
    pub(crate) fn questions<Asked>(self, asked: impl Fn(Record) -> Asked) -> Vec<Question<Asked>> {
        let question = |Case { title, request, tier, rules }| {
            let plans = match self {
                Self::Tier => tier,
                Self::Rules => rules,
            };
            Question { title, asked: asked(request), plans }
        };
        record::cases().into_iter().map(question).collect()
    }

    /// One decision of the production path, each time it is called. Needs a runtime with timers around it.
    pub(crate) fn fresh(self, workflow: Workflow) -> impl FnMut() -> Vec<String> {
        let variables = Arc::new(Variables::new());
        in_turn(self.questions(|record| Arc::new(told(record))), move |request| {
            let ends = Instant::now() + Duration::from_millis(250);
            let mut evaluation = Evaluation::new(Arc::clone(request), &variables, &NoLookups, ends);
            let run = now(SANDBOX.run(&workflow, &mut evaluation));
            assert_eq!(run.outcome, Outcome::Ok);
            run.slugs
        })
    }
}

/// One request, and the plans that have to be found.
pub(crate) struct Question<Asked> {
    title: String,
    asked: Asked,
    plans: Vec<String>,
}

/// Decides the next question, each time it is called. All have been answered rightly before it is there to be called.
pub(crate) fn in_turn<Asked>(
    questions: Vec<Question<Asked>>,
    mut decide: impl FnMut(&Asked) -> Vec<String>,
) -> impl FnMut() -> Vec<String> {
    for Question { title, asked, plans } in &questions {
        assert_eq!(&decide(asked), plans, "{title}");
    }
    let mut turn = 0;
    move || {
        turn = (turn + 1) % questions.len();
        decide(&questions.get(turn).expect("there are questions").asked)
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tier => "tier",
            Self::Rules => "rules",
        })
    }
}

/// Admits and loads a workflow.
pub(crate) fn load(wasm: &[u8]) -> Workflow {
    load_in(&SANDBOX, wasm)
}

fn load_in(sandbox: &Sandbox, wasm: &[u8]) -> Workflow {
    let artifact = sandbox.admit(wasm).verdict.expect("the job is admitted");
    sandbox.load(&artifact, Limits::default()).expect("the job loads")
}
