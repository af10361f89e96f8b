//! Imports an interface of the right name from a package that is not the contract.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({
    inline: r#"
        package acme:provisioning@0.1.0;
        interface identity { write-custom-data: func(key: string, value: string); }
        world guest { import identity; export provision: func(); }
    "#,
});

use acme::provisioning::identity;

struct Workflow;

impl Guest for Workflow {
    fn provision() {
        identity::write_custom_data("tier", "gold");
    }
}

export!(Workflow);
