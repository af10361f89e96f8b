//! The imports of the contract, one file per WIT interface. Together they are everything a workflow can ask of Usher.

pub(crate) mod env;
pub(crate) mod identity;
pub(crate) mod log;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings;
use crate::instance::RunState;

/// Gives every workflow the same imports.
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    bindings::env::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)?;
    bindings::identity::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)?;
    bindings::log::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)
}

#[cfg(test)]
mod tests {
    use wasmtime::component::Component;

    use crate::admission::World;
    use crate::engine::{Sandbox, SandboxConfig};

    /// What linking a component that imports this function comes to in each world, admission aside.
    #[track_caller]
    fn check(interface: &str, function: &str, missing: Option<&str>) {
        let text = format!(r#"(component (import "{interface}" (instance {function})))"#);
        let wasm = wat::parse_str(text).unwrap();
        let sandbox = Sandbox::new(&SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() }).unwrap();
        for runtime in [World::Workflow, World::WorkflowAsync].map(|world| sandbox.runtime(world)) {
            let component = Component::new(&runtime.engine, &wasm).unwrap();
            let error = runtime.linker.instantiate_pre(&component).map(drop).map_err(|error| format!("{error:#}"));
            match missing {
                Some(missing) => assert!(error.as_ref().is_err_and(|error| error.contains(missing)), "{error:?}"),
                None => assert_eq!(error, Ok(())),
            }
        }
    }

    #[test]
    fn i1_nothing_but_the_contract_is_there_to_link_whatever_admission_says() {
        let get = r#"(export "get" (func (param "name" string) (result (option string))))"#;
        check("usher:provisioning/env@0.1.0", get, None);
        check("acme:provisioning/env@0.1.0", get, Some("`acme:provisioning/env@0.1.0`"));
        check("usher:provisioning/variables@0.1.0", get, Some("`usher:provisioning/variables@0.1.0`"));
        check("usher:provisioning/env@0.1.0", r#"(export "set" (func (param "name" string)))"#, Some("`set`"));
        check("wasi:sockets/tcp@0.2.0", r#"(export "connect" (func))"#, Some("`wasi:sockets/tcp@0.2.0`"));
        check("wasi:http/outgoing-handler@0.2.0", r#"(export "handle" (func))"#, Some("outgoing-handler"));
    }
}
