//! The server from the outside: a URL and three keys.

use std::fmt;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::Agent;
use usher_store::FirstKeys;

pub(crate) struct Api {
    agent: Agent,
    url: String,
    keys: FirstKeys,
}

impl Api {
    pub(crate) fn new(url: String, keys: Option<FirstKeys>) -> Result<Self> {
        let keys = keys.context("a new server makes its first keys")?;
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Ok(Self { agent, url, keys })
    }

    /// Sends something as the operator.
    pub(crate) fn put(&self, path: &str, body: &[u8]) -> Result<Value> {
        let request = self.agent.put(format!("{}{path}", self.url));
        let response = request.header("authorization", format!("Bearer {}", self.keys.admin.text())).send(body)?;
        read(path, response)
    }

    /// Asks something as the newsroom's own back end.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.header("authorization", format!("Bearer {}", self.keys.secret.text()));
        read(path, request.send(body.to_string())?)
    }
}

fn read(path: &str, mut response: ureq::http::Response<ureq::Body>) -> Result<Value> {
    let body = response.body_mut().read_to_string()?;
    ensure!(response.status().is_success(), "{path} answered {}: {body}", response.status());
    if body.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&body).context("an answer is JSON") }
}

/// The lines by which a program finds the server.
impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "USHER_URL={}", self.url)?;
        writeln!(f, "USHER_SECRET_KEY={}", self.keys.secret.text())?;
        writeln!(f, "USHER_PUBLIC_KEY={}", self.keys.public.text())?;
        write!(f, "USHER_ADMIN_KEY={}", self.keys.admin.text())
    }
}
