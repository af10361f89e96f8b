//! `usher run`, as far as it comes without a workflow.

use crate::usher::{check_failure, file};

#[test]
fn what_cannot_be_run_is_no_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let module = file(&folder, "garbage.wasm", "hello");
    let good = file(&folder, "good.json", "{}");
    let bad = file(&folder, "bad.json", "{\n  \"identty\": {}\n}");
    check_failure(&["run", &module, "--request", &good], 2, "error: the file is not WebAssembly");
    check_failure(&["run", &module, "--request", &bad], 2, "unknown field `identty`");
    check_failure(&["run", &module, "--request", &bad], 2, "line 2 column 11");
    check_failure(&["run", &module, "--request", "none.json"], 2, "error: the file `none.json` cannot be read: ");
    check_failure(&["run", &module], 2, "--request");
    check_failure(&["run", &module, "--request", &good, "--fuel", "much"], 2, "--fuel");
    for (deadline, message) in [("0", "--deadline-ms"), ("1", "not WebAssembly"), ("600001", "--deadline-ms")] {
        check_failure(&["run", &module, "--request", &good, "--deadline-ms", deadline], 2, message);
    }
}
