//! Targets the contract's asynchronous world.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({ path: "../../wit", world: "workflow-async" });

struct Workflow;

impl Guest for Workflow {
    async fn provision(request: Request) -> Result<Vec<String>, String> {
        Ok(vec![format!("asked-by-{}", request.identity.identifier)])
    }
}

export!(Workflow);
