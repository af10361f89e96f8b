//! The sandbox that every benchmark runs workflows in.

use std::sync::{Arc, LazyLock};

use usher_sandbox::{Sandbox, SandboxConfig};

pub(crate) static SANDBOX: LazyLock<Arc<Sandbox>> =
    LazyLock::new(|| Arc::new(Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox")));
