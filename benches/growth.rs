//! How the cost of a decision grows with what there is more of, and what a loaded workflow takes of memory. Each curve is held
//! to a bound; the program fails when one is broken, and says which.
//!
//! All sizes of a curve take turns, so that what slows the machine slows all of them alike; ratios are of one round, and the
//! median of all rounds counts. `--plot` draws the curves as `docs/performance/growth.svg`, and `--memory` measures memory
//! alone.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

mod catalogs;
mod checked;
#[path = "growth/curve.rs"]
mod curve;
#[path = "growth/distinct.rs"]
mod distinct;
#[path = "growth/held.rs"]
mod held;
#[path = "growth/memory.rs"]
mod memory;
mod now;
#[path = "growth/plot.rs"]
mod plot;
mod sandbox;
#[path = "growth/subjects.rs"]
mod subjects;
#[path = "growth/table.rs"]
mod table;

use std::process::ExitCode;

use tokio::runtime::Runtime;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let runtime = Runtime::new().expect("this machine can run threads");
    let _timers = runtime.enter();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [held::HOLD, loaded] => held::hold(loaded.parse().expect("it is told a number")),
        [memory::WEIGH] => memory::weigh(),
        ref all if all.contains(&"--memory") => print!("{}", table::of_memory(&memory::weights())),
        ref all => return measure(all.contains(&"--plot")),
    }
    ExitCode::SUCCESS
}

fn measure(plot: bool) -> ExitCode {
    let curves =
        [subjects::loaded(), subjects::active(), subjects::claims(), subjects::catalog_size(), subjects::resolution()];
    let weights = memory::weights();
    print!("{}", table::of(&curves, &weights));
    if plot {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/performance");
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(format!("{folder}/growth.svg"), plot::of(&curves)));
        written.expect("the plot can be written");
    }
    let mut code = ExitCode::SUCCESS;
    for curve in &curves {
        for bound in curve.bounds.iter().filter(|bound| !bound.holds()) {
            println!(
                "BROKEN  {}: {} is {:.2}, at most {:.2} is allowed",
                curve.title, bound.what, bound.found, bound.most
            );
            code = ExitCode::FAILURE;
        }
    }
    code
}
