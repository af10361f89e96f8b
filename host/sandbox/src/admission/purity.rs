//! The purity statement: what of the outside world a module could even ask for, and what it gets instead.

use serde::{Deserialize, Serialize};

/// Says of one part of the outside world whether a module could ask for it, and what it gets if it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purity {
    /// Which part of the world: `clock`, `random`, `network`, `files`, `environment`, `variables`, `output` or `look-ups`.
    pub of: String,
    /// The imports by which the module could ask for it; empty when it cannot.
    pub imports: Vec<String>,
    /// What whoever asks gets, the same on every machine.
    pub gets: String,
}

/// Every part of the world: its name, the interfaces that lead to it, what is behind them.
const WORLD: [(&str, &[&str], &str); 8] = [
    ("clock", &["wasi:clocks/"], "the decision's instant; it stands still"),
    ("random", &["wasi:random/"], "numbers that are a function of the user and the decision's instant"),
    ("network", &["wasi:sockets/", "wasi:http/"], "nothing: whatever imports it is refused"),
    ("files", &["wasi:filesystem/"], "no file and no folder"),
    ("environment", &["wasi:cli/environment"], "no variable, no argument, no folder"),
    ("variables", &["usher:provisioning/env"], "the variables of the operator's catalog"),
    ("output", &["wasi:cli/std", "wasi:io/streams", "usher:provisioning/log"], "a bounded log, shown to the operator"),
    ("look-ups", &["usher:provisioning/identity"], "what the operator keeps of users, for reading"),
];

/// The statement for a module with these imports.
pub(super) fn statement(imports: &[String]) -> Vec<Purity> {
    let part = |(of, interfaces, gets): (&str, &[&str], &str)| {
        let leads_there = |import: &&String| interfaces.iter().any(|interface| import.starts_with(interface));
        let imports = imports.iter().filter(leads_there).cloned().collect();
        Purity { of: of.to_owned(), imports, gets: gets.to_owned() }
    };
    WORLD.map(part).into()
}

#[cfg(test)]
mod tests {
    use super::statement;

    #[test]
    fn each_import_is_said_where_it_leads() {
        let imports = ["wasi:cli/environment@0.2.6", "usher:provisioning/log@0.1.0", "wasi:clocks/wall-clock@0.2.6"];
        let statement = statement(&imports.map(str::to_owned));
        let asked: Vec<_> = statement.iter().filter(|part| !part.imports.is_empty()).collect();
        let asked: Vec<_> = asked.iter().map(|part| (part.of.as_str(), part.imports[0].as_str())).collect();
        assert_eq!(asked, [("clock", imports[2]), ("environment", imports[0]), ("output", imports[1])]);
        assert!(statement.iter().all(|part| !part.gets.is_empty()));
    }
}
