//! `--help`: the whole of it, so that a change of the command line is a change that is seen.

use crate::usher::run;

#[test]
fn the_help_is_the_golden_one() {
    let mut found = String::new();
    for command in [
        "",
        "serve",
        "new",
        "check",
        "run",
        "bench",
        "push",
        "keys",
        "keys create",
        "keys rotate",
        "bundle",
        "bundle keygen",
        "bundle create",
        "bundle verify",
        "bundle inspect",
        "compat",
        "export",
        "import",
        "explain",
        "typegen",
    ] {
        let arguments: Vec<_> = command.split_terminator(' ').chain(["--help"]).collect();
        let output = run(&arguments);
        assert!(output.status.success());
        found.push_str(&format!("$ usher {}\n{}\n", arguments.join(" "), String::from_utf8(output.stdout).unwrap()));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/help.txt");
    if option_env!("USHER_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, golden, "if this is meant: USHER_UPDATE_GOLDEN=1 cargo test -p usher-cli --test it help");
}
