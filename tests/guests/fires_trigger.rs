//! Imports the function of a full, writing contract that fires a trigger.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({
    inline: r#"
        package usher:provisioning@0.1.0;
        interface triggers { fire: func(name: string); }
        world guest { import triggers; export provision: func(); }
    "#,
});

use usher::provisioning::triggers;

struct Workflow;

impl Guest for Workflow {
    fn provision() {
        triggers::fire("welcome");
    }
}

export!(Workflow);
