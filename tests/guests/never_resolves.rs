//! Waits for something that never comes, in the asynchronous world.

#![expect(missing_docs, unsafe_code, reason = "generated glue between the two ABIs")]

wit_bindgen::generate!({ path: "../../wit", world: "workflow-async" });

struct Workflow;

impl Guest for Workflow {
    async fn provision(request: Request) -> Result<Vec<String>, String> {
        std::future::pending::<()>().await;
        Ok(vec![request.identity.identifier])
    }
}

export!(Workflow);
