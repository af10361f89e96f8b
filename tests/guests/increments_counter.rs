//! Imports a function that the contract's own interface does not have: one that counts.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({
    inline: r#"
        package usher:provisioning@0.1.0;
        interface identity { increment-counter: func(counter: string); }
        world guest { import identity; export provision: func(); }
    "#,
});

use usher::provisioning::identity;

struct Workflow;

impl Guest for Workflow {
    fn provision() {
        identity::increment_counter("articles");
    }
}

export!(Workflow);
