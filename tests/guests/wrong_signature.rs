//! Exports a function of the right name and another type.

#![expect(missing_docs, unsafe_code, clippy::mem_forget, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({
    inline: r#"
        package acme:other;
        world guest { export provision: func(user: string) -> list<string>; }
    "#,
});

struct Workflow;

impl Guest for Workflow {
    fn provision(user: String) -> Vec<String> {
        vec![user]
    }
}

export!(Workflow);
