//! The allow-list: the only place that decides what a module may import. What is not here is refused by name, and
//! there is no switch that turns this off.

use super::shape::{Import, ImportKind};
use super::{CONTRACT_VERSION, Refusal};

const CONTRACT: &str = "usher:provisioning/";

/// The contract's interfaces, with every function they have.
const INTERFACES: [(&str, &[&str]); 4] = [
    ("types", &[]),
    ("env", &["get"]),
    ("identity", &["read-custom-data", "resolve-jwt", "get-linked-sources", "get-linked-targets"]),
    ("log", &["write"]),
];

/// What a language's standard library imports of its own accord, whether the author uses it or not. Each is there, and
/// frozen: see `frozen.rs`.
const FROZEN: [&str; 20] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];
/// The line of WASI versions whose interfaces are frozen here.
const WASI_VERSIONS: &str = "0.2.";

pub(super) fn check(import: &Import) -> Result<(), Refusal> {
    let (interface, version) = import.name.split_once('@').unwrap_or((&import.name, ""));
    let ImportKind::Interface { functions } = &import.kind else {
        return forbidden(import, None, "a workflow imports interfaces and nothing else");
    };
    if let Some(name) = interface.strip_prefix(CONTRACT) {
        if version != CONTRACT_VERSION {
            return Err(Refusal::WrongContract { import: import.name.clone() });
        }
        let known = INTERFACES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, known)| *known);
        let is_contract = INTERFACES.iter().any(|(known, _)| *known == name);
        return match functions.iter().find(|function| !known.contains(&function.as_str())) {
            None if is_contract => Ok(()),
            function => forbidden(import, function, "the contract has nothing of that name, and nothing that writes"),
        };
    }
    let frozen = FROZEN.contains(&interface);
    if frozen && version.starts_with(WASI_VERSIONS) {
        return Ok(());
    }
    forbidden(import, functions.first(), reason(interface))
}

fn forbidden(import: &Import, function: Option<&String>, why: &'static str) -> Result<(), Refusal> {
    let import = match function {
        Some(function) => format!("{}#{function}", import.name),
        None => import.name.clone(),
    };
    Err(Refusal::ForbiddenImport { import, why: why.into() })
}

fn reason(interface: &str) -> &'static str {
    match interface.split_once('/').map_or(interface, |(package, _)| package) {
        "wasi:sockets" | "wasi:http" => "a workflow has no network",
        "wasi:cli" | "wasi:clocks" | "wasi:filesystem" | "wasi:io" | "wasi:random" => {
            "only the WASI 0.2 interfaces of a standard library are there, frozen"
        }
        _ => "it is not part of the contract",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_import(name: &str, functions: &[&str], expected: Result<(), &str>) {
        let functions = functions.iter().map(|name| (*name).to_owned()).collect();
        let import = Import { name: name.to_owned(), kind: ImportKind::Interface { functions } };
        let verdict = check(&import).map_err(|refusal| match refusal {
            Refusal::ForbiddenImport { import, .. } => import,
            refusal => refusal.kind().to_owned(),
        });
        assert_eq!(verdict, expected.map_err(str::to_owned));
    }

    #[test]
    fn the_contract_and_frozen_wasi_pass() {
        check_import("usher:provisioning/types@0.1.0", &[], Ok(()));
        check_import("usher:provisioning/identity@0.1.0", &["read-custom-data"], Ok(()));
        check_import("wasi:cli/environment@0.2.0", &["get-environment"], Ok(()));
        check_import("wasi:random/random@0.2.6", &["get-random-u64"], Ok(()));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        let cases = [
            ("usher:provisioning/identity@0.1.0", "increment-counter"),
            ("usher:provisioning/triggers@0.1.0", "fire"),
            ("acme:provisioning/identity@0.1.0", "read-custom-data"),
            // The host has it, but for nobody who asks for it.
            ("wasi:sockets/tcp@0.2.0", "[method]tcp-socket.start-connect"),
            ("wasi:http/outgoing-handler@0.2.0", "handle"),
            ("wasi:cli/environment@0.3.0", "get-environment"),
            ("wasi:cli/environment", "get-environment"),
            ("wasi:keyvalue/store@0.2.0", "open"),
        ];
        for (name, function) in cases {
            check_import(name, &[function], Err(&format!("{name}#{function}")));
        }
        check_import("usher:provisioning/triggers@0.1.0", &[], Err("usher:provisioning/triggers@0.1.0"));
        check_import("usher:provisioning/identity@0.0.9", &["read-custom-data"], Err("wrong-contract"));
        check_import("usher:provisioning/identity@0.1.1", &["read-custom-data"], Err("wrong-contract"));
    }

    #[test]
    fn a_lone_function_is_no_interface() {
        let import = Import { name: "fire".to_owned(), kind: ImportKind::Other };
        assert!(matches!(check(&import), Err(Refusal::ForbiddenImport { import, .. }) if import == "fire"));
    }
}
