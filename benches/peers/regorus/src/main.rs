//! Rego by regorus: rules over a document. It interprets, in memory that is this program's own.
//!
//! No limits are set.

mod document;

use std::sync::Arc;

use measure::{Job, Peer, record::Record};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Engine, Value};

const POLICY: &str = include_str!("jobs.rego");

fn main() {
    let peer = Peer::new("regorus");
    for job in Job::ALL {
        let entry = format!("data.jobs.{job}");
        let policy = policy(&entry);
        let program = Compiler::compile_from_policy(&policy, &[&entry]).expect("the policy compiles for the machine");
        let fresh = |input: Value| {
            let mut machine = RegoVM::new();
            machine.load_program(Arc::clone(&program));
            ask(&mut machine, input)
        };
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&program));
        peer.decide(job, "reused machine", |record| ask(&mut machine, by_text(record)));
        peer.decide(job, "fresh machine", |record| fresh(by_text(record)));
        peer.decide(job, "fresh machine, direct input", |record| fresh(document::of(record)));
        peer.decide(job, "interpreter", |record| {
            plans(&policy.eval_with_input(by_text(record)).expect("the policy is evaluated"))
        });
    }
}

fn policy(entry: &str) -> CompiledPolicy {
    let mut engine = Engine::new();
    engine.add_policy("jobs.rego".to_owned(), POLICY.to_owned()).expect("the policy is Rego");
    engine.compile_with_entrypoint(&entry.into()).expect("the policy compiles")
}

/// The input that is made of JSON text, which is how it usually comes.
fn by_text(record: &Record) -> Value {
    Value::from_json_str(&serde_json::to_string(record).expect("a record can be written")).expect("it is JSON")
}

fn ask(machine: &mut RegoVM, input: Value) -> Vec<String> {
    machine.set_input(input);
    plans(&machine.execute().expect("the policy is evaluated"))
}

fn plans(answer: &Value) -> Vec<String> {
    let plans = answer.as_set().expect("plans are a set");
    plans.iter().map(|plan| plan.as_string().expect("plans are texts").to_string()).collect()
}
