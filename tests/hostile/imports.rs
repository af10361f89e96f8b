//! Modules that want more of the host than the contract has: other packages, other versions, other functions, other types,
//! and names that look like those of the contract.

use super::Hostile;
use super::guest::{NOTHING, TYPES, beside, component, main};

const FORBIDDEN: &str = "forbidden-import";

pub(super) fn all() -> Vec<Hostile> {
    let forbidden = |name, says, make| Hostile::refused(name, FORBIDDEN, says, make);
    let mut all = vec![
        forbidden(
            "the-same-function-in-another-package",
            "`acme:provisioning/identity@0.1.0#read-custom-data`",
            || foreign("acme:provisioning/identity@0.1.0", "read-custom-data"),
        ),
        forbidden(
            "the-same-function-in-another-interface",
            "`usher:provisioning/identities@0.1.0#resolve-jwt`",
            || foreign("usher:provisioning/identities@0.1.0", "resolve-jwt"),
        ),
        forbidden("a-longer-package-of-the-same-beginning", "`usher:provisioning-extra/env@0.1.0#get`", || {
            foreign("usher:provisioning-extra/env@0.1.0", "get")
        }),
        forbidden("an-interface-in-a-deeper-package", "", || foreign("usher:a:b/env@0.1.0", "get")),
        forbidden("one-function-more-in-an-interface-of-the-contract", "`usher:provisioning/env@0.1.0#set`", || {
            foreign("usher:provisioning/env@0.1.0", "set")
        }),
        forbidden(
            "a-function-beside-those-of-the-contract",
            "`usher:provisioning/identity@0.1.0#increment-counter`",
            || {
                beside(
                    r#"(import "usher:provisioning/identity@0.1.0" (instance
                     (export "resolve-jwt" (func (param "token" string)))
                     (export "increment-counter" (func (param "by" u64)))))"#,
                )
            },
        ),
        forbidden("a-lone-function", "`fire`", || beside(r#"(import "fire" (func))"#)),
        forbidden("a-lone-function-with-a-method-name", "", || {
            beside(
                r#"(import "r" (type $r (sub resource))) (import "[method]r.fire" (func (param "self" (borrow $r))))"#,
            )
        }),
        forbidden("a-resource-of-the-hosts-to-forge", "", || beside(r#"(import "user" (type (sub resource)))"#)),
        forbidden("a-core-module-as-an-import", "`parts`", || {
            beside(r#"(import "parts" (core module (export "run" (func))))"#)
        }),
        forbidden("a-component-as-an-import", "`parts`", || {
            beside(r#"(import "parts" (component (export "run" (func))))"#)
        }),
        forbidden("a-module-by-its-digest", "", || {
            beside(r#"(import "integrity=<sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=>" (core module))"#)
        }),
        forbidden("a-component-from-an-address", "", || {
            beside(r#"(import "url=<https://example.com/parts.wasm>" (component))"#)
        }),
        forbidden("a-locked-dependency", "", || beside(r#"(import "locked-dep=<acme:parts@1.0.0>" (component))"#)),
    ];
    all.extend(of_wasi());
    all.extend(of_the_contract());
    all.extend(names_and_exports());
    all
}

fn of_wasi() -> Vec<Hostile> {
    let forbidden = |name, says, make| Hostile::refused(name, FORBIDDEN, says, make);
    vec![
        forbidden("a-socket", "`wasi:sockets/tcp@0.2.0#connect`: a workflow has no network", || {
            foreign("wasi:sockets/tcp@0.2.0", "connect")
        }),
        forbidden("a-datagram-socket", "no network", || foreign("wasi:sockets/udp@0.2.3", "send")),
        forbidden("a-name-to-resolve", "no network", || {
            foreign("wasi:sockets/ip-name-lookup@0.2.0", "resolve-addresses")
        }),
        forbidden("an-http-request", "no network", || foreign("wasi:http/outgoing-handler@0.2.0", "handle")),
        forbidden("a-key-value-store", "`wasi:keyvalue/store@0.2.0-draft#open`", || {
            foreign("wasi:keyvalue/store@0.2.0-draft", "open")
        }),
        forbidden("a-newer-wasi", "`wasi:cli/environment@0.3.0#get-environment`", || {
            foreign("wasi:cli/environment@0.3.0", "get-environment")
        }),
        forbidden("a-wasi-without-a-version", "`wasi:clocks/wall-clock#now`", || {
            foreign("wasi:clocks/wall-clock", "now")
        }),
        forbidden("a-wasi-of-a-version-that-only-begins-alike", "", || foreign("wasi:clocks/wall-clock@0.20.0", "now")),
        forbidden("a-thread-of-wasi", "", || foreign("wasi:thread/spawn@0.2.0", "spawn")),
        Hostile::refused("a-function-that-frozen-wasi-does-not-have", "does-not-fit", "", || {
            foreign("wasi:cli/environment@0.2.0", "set-environment")
        }),
        Hostile::refused("a-function-of-frozen-wasi-by-another-type", "does-not-fit", "", || {
            beside(
                r#"(import "wasi:clocks/monotonic-clock@0.2.0"
                     (instance (export "now" (func (param "seed" u64) (result u64)))))"#,
            )
        }),
        Hostile::refused("a-descriptor-made-of-a-pollable", "does-not-fit", "", || {
            beside(
                r#"(import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
                   (alias export $poll "pollable" (type $pollable))
                   (import "wasi:filesystem/preopens@0.2.0" (instance
                     (export "descriptor" (type $d (eq $pollable)))
                     (export "get-directories" (func (result (list (tuple (own $d) string)))))))"#,
            )
        }),
    ]
}

fn of_the_contract() -> Vec<Hostile> {
    vec![
        Hostile::refused("an-older-contract", "wrong-contract", "`usher:provisioning/env@0.0.9`", || {
            foreign("usher:provisioning/env@0.0.9", "get")
        }),
        Hostile::refused("a-newer-contract", "wrong-contract", "`usher:provisioning/env@0.1.1`", || {
            foreign("usher:provisioning/env@0.1.1", "get")
        }),
        Hostile::refused("a-contract-of-a-prerelease", "wrong-contract", "@0.1.0-rc.1`", || {
            foreign("usher:provisioning/env@0.1.0-rc.1", "get")
        }),
        Hostile::refused("a-contract-with-a-build-number", "wrong-contract", "@0.1.0+evil`", || {
            foreign("usher:provisioning/env@0.1.0+evil", "get")
        }),
        Hostile::refused("a-contract-without-a-version", "wrong-contract", "`usher:provisioning/env`", || {
            foreign("usher:provisioning/env", "get")
        }),
        Hostile::refused("a-function-of-the-contract-by-another-type", "does-not-fit", "", || {
            foreign("usher:provisioning/env@0.1.0", "get")
        }),
        Hostile::refused("a-type-of-the-contract-with-a-field-more", "does-not-fit", "", || {
            let types = TYPES.replace(r#"(field "instant" u64)"#, r#"(field "instant" u64) (field "secret" string)"#);
            with_types(&types)
        }),
        Hostile::refused("a-type-of-the-contract-with-a-case-less", "does-not-fit", "", || {
            with_types(&TYPES.replace(r#""provided" "jwt" "anonymous""#, r#""provided" "jwt""#))
        }),
    ]
}

/// Names that are none, and exports that are not the contract's.
fn names_and_exports() -> Vec<Hostile> {
    vec![
        Hostile::refused("letters-that-only-look-latin", "malformed", "", || {
            foreign("ushеr:provisioning/env@0.1.0", "get") // the `е` is Cyrillic
        }),
        Hostile::refused("a-function-name-with-an-invisible-letter", "malformed", "", || {
            foreign("usher:provisioning/env@0.1.0", "get\u{200b}")
        }),
        Hostile::refused("a-name-with-a-line-break", "malformed", "", || {
            foreign("usher:provisioning/env@0.1.0\\0aX", "get")
        }),
        Hostile::refused("capital-letters", "malformed", "", || foreign("USHER:PROVISIONING/ENV@0.1.0", "get")),
        Hostile::refused("the-same-import-twice", "malformed", "", || {
            let import = r#"(import "usher:provisioning/env@0.1.0" (instance))"#;
            beside(&format!("{import} {import}"))
        }),
        Hostile::refused("no-export-at-all", "wrong-world", "it exports nothing", || component("")),
        Hostile::refused("an-export-that-is-no-function", "wrong-world", "", || {
            component(r#"(instance $i) (export "provision" (instance $i))"#)
        }),
        Hostile::refused("an-export-of-another-type", "does-not-fit", "", || {
            component(
                r#"(core module $m (func (export "f")))
                   (core instance $i (instantiate $m))
                   (alias core export $i "f" (core func $f))
                   (func (export "provision") (canon lift (core func $f)))"#,
            )
        }),
        Hostile::refused("an-export-of-another-type-that-is-asynchronous", "does-not-fit", "", || {
            component(
                r#"(core module $m (func (export "f") (result i32) i32.const 0)
                     (func (export "c") (param i32 i32 i32) (result i32) i32.const 0))
                   (core instance $i (instantiate $m))
                   (alias core export $i "f" (core func $f))
                   (alias core export $i "c" (core func $c))
                   (type $t (func async))
                   (func (export "provision") (type $t) (canon lift (core func $f) async (callback $c)))"#,
            )
        }),
        Hostile::answers("an-import-that-nothing-calls", &[], || {
            main(&format!(r#"(func (export "provision") (param i32) (result i32) {NOTHING})"#))
        }),
    ]
}

/// A component that imports one function, of no parameters, from an interface of this name.
fn foreign(interface: &str, function: &str) -> Vec<u8> {
    beside(&format!(r#"(import "{interface}" (instance (export "{function}" (func))))"#))
}

/// A harmless workflow but for what it takes the contract's types to be.
fn with_types(types: &str) -> Vec<u8> {
    component(&format!(
        r#"{types}
           (core module $m (memory (export "memory") 1)
             (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
             (func (export "provision") (param i32) (result i32) {NOTHING}))
           (core instance $i (instantiate $m))
           (alias core export $i "memory" (core memory $memory))
           (alias core export $i "realloc" (core func $realloc))
           (alias core export $i "provision" (core func $f))
           (func (export "provision") (param "request" $request) (result (result (list string) (error string)))
             (canon lift (core func $f) (memory $memory) (realloc $realloc)))"#
    ))
}
