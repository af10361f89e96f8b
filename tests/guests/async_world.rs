//! Targets the contract's asynchronous world, and never comes back from it if the claims say so.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({ path: "../../wit", world: "workflow-async" });

struct Workflow;

impl Guest for Workflow {
    async fn provision(request: Request) -> Result<Vec<String>, String> {
        let mut turns = 0_u64;
        while request.identity.claims.contains("endless") {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
        Ok(vec![format!("asked-by-{}", request.identity.identifier)])
    }
}

export!(Workflow);
