//! Rhai: a scripting language whose scripts reach what they are given. There is no memory of its own around one; an operation
//! limit is on.

use measure::{Job, Peer, record::Record};
use rhai::packages::{Package as _, StandardPackage};
use rhai::serde::to_dynamic;
use rhai::{AST, Array, Dynamic, Engine, Scope};

const SOURCE: &str = include_str!("jobs.rhai");
/// Operations that a script may take: as much as one of Usher's workflows.
const OPERATIONS: u64 = 10_000_000;

fn main() {
    let peer = Peer::new("rhai");
    let package = StandardPackage::new();
    let engine = engine(&package);
    let jobs = engine.compile(SOURCE).expect("the jobs are Rhai");
    for job in Job::ALL {
        peer.decide(job, "reused engine", |record| ask(&engine, &jobs, job, record));
        peer.decide(job, "fresh engine", |record| ask(&self::engine(&package), &jobs, job, record));
    }
}

/// An engine that shares the standard functions, which are most of what makes one costly.
fn engine(package: &StandardPackage) -> Engine {
    let mut engine = Engine::new_raw();
    engine.register_global_module(package.as_shared_module());
    engine.set_max_operations(OPERATIONS);
    engine
}

fn ask(engine: &Engine, jobs: &AST, job: Job, record: &Record) -> Vec<String> {
    let request = to_dynamic(record.opened()).expect("a record can be converted");
    // A scope for each decision: nothing that a script sets is there for the next.
    let plans: Array = engine.call_fn(&mut Scope::new(), jobs, job.name(), (request,)).expect("the job answers");
    plans.into_iter().map(|plan: Dynamic| plan.into_string().expect("plans are texts")).collect()
}
