//! `cargo run -p example-embed -- CATALOG WORKFLOW.wasm…` serves the gateway on port 8080.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (catalog, workflows) = arguments.split_first().context("usage: example-embed CATALOG WORKFLOW.wasm…")?;
    let workflows: Vec<_> = workflows.iter().map(Path::new).collect();
    let host = Arc::new(example_embed::host(Path::new(catalog), &workflows)?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, example_embed::gateway(host)).await?;
    Ok(())
}
