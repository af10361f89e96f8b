//! The engine that rquickjs has, in this process: a heap per runtime, and the C code around it.
//!
//! The limits are those of memory and of an interrupt handler. A fresh runtime loads the jobs as bytecode.

use std::cell::Cell;
use std::rc::Rc;

use measure::{Job, Peer, record::Record};
use rquickjs::context::intrinsic::{Json, Promise};
use rquickjs::module::{Evaluated, WriteOptions};
use rquickjs::{Context, Ctx, Function, Module, Persistent, Runtime};

const SOURCE: &str = include_str!("../../jobs.js");
/// Bytes that a runtime may have: as much as one of Usher's workflows.
const MEMORY: usize = 32 << 20;

/// What of the language is there.
#[derive(Clone, Copy)]
enum Language {
    Full,
    Minimal,
}

fn main() {
    let peer = Peer::new("quickjs");
    let bytecode = compile();
    for job in Job::ALL {
        let reused = runtime();
        let within = context(&reused, Language::Full);
        let kept = within.with(|ctx| Persistent::save(&ctx, function(&ctx, &bytecode, job)));
        peer.decide(job, "reused runtime", |record| {
            within.with(|ctx| ask(&ctx, &kept.clone().restore(&ctx).expect("it is of this runtime"), record))
        });
        for (mode, language) in [("fresh runtime", Language::Full), ("fresh runtime, minimal", Language::Minimal)] {
            peer.decide(job, mode, |record| {
                context(&runtime(), language).with(|ctx| ask(&ctx, &function(&ctx, &bytecode, job), record))
            });
        }
    }
}

fn runtime() -> Runtime {
    let runtime = Runtime::new().expect("there is memory for a runtime");
    runtime.set_memory_limit(MEMORY);
    // Counts how often it is asked whether to go on, as one that stops a workflow would.
    let checks = Rc::new(Cell::new(0_u32));
    runtime.set_interrupt_handler(Some(Box::new(move || {
        checks.set(checks.get() + 1);
        checks.get() > 10_000
    })));
    runtime
}

fn context(runtime: &Runtime, language: Language) -> Context {
    match language {
        Language::Full => Context::full(runtime),
        Language::Minimal => Context::custom::<(Json, Promise)>(runtime),
    }
    .expect("there is memory for a context")
}

fn compile() -> Vec<u8> {
    let source = format!("{SOURCE}\nexport {{ tier, rules }};");
    context(&runtime(), Language::Full).with(|ctx| {
        let module = Module::declare(ctx, "jobs", source).expect("the jobs are JavaScript");
        module.write(WriteOptions::default()).expect("a module can be written")
    })
}

#[expect(unsafe_code, reason = "bytecode is trusted to be what `compile` wrote")]
fn function<'js>(ctx: &Ctx<'js>, bytecode: &[u8], job: Job) -> Function<'js> {
    let module = unsafe { Module::load(ctx.clone(), bytecode) }.expect("it is bytecode of this engine");
    let (module, _done): (Module<'js, Evaluated>, _) = module.eval().expect("the module runs");
    module.get(job.name()).expect("the module exports the job")
}

fn ask<'js>(ctx: &Ctx<'js>, function: &Function<'js>, record: &Record) -> Vec<String> {
    let request = serde_json::to_string(record).expect("a record can be written");
    let request = ctx.json_parse(request).expect("it is JSON");
    function.call((request,)).expect("the job answers")
}
