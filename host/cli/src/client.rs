//! The client of a server's admin API: like any other, over HTTP.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::http::{self, Request, Response, request};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, AsSendBody};

use crate::config::ServerOptions;

/// Time for one call: compiling the largest module takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes that an answer may have: the largest is a module, of at most 16 MiB.
const ANSWER_BYTES: u64 = 20 << 20;

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The caller's move, or the operator's whose server it is.
    #[error("the server at `{url}` cannot be asked")]
    Unreachable {
        /// Where it was looked for.
        url: String,
        source: Box<ureq::Error>,
    },
    /// In the server's own words, which say whose move it is.
    #[error("{message}")]
    Refused {
        /// What the server said.
        message: String,
    },
    /// The caller's move: the URL is of something else.
    #[error(
        "the server at `{url}` answers with status {status}, and not as Usher does; expected the URL that `usher serve` prints"
    )]
    Stranger {
        /// Where it was looked for.
        url: String,
        /// What it answered.
        status: u16,
    },
}

/// What is read of the server's errors.
#[derive(Deserialize)]
struct ServerError {
    message: String,
}

/// A call to the admin API, on its way.
pub(crate) struct Call<'a> {
    server: &'a ServerOptions,
    request: request::Builder,
}

impl<'a> Call<'a> {
    /// A call to this path, which begins after `/admin/v1/`.
    pub(crate) fn new(server: &'a ServerOptions, method: &str, path: &str) -> Self {
        let url = format!("{}/admin/v1/{path}", server.url.trim_end_matches('/'));
        let request = Request::builder().method(method).uri(url);
        Self { server, request: request.header("authorization", format!("Bearer {}", server.key)) }
    }

    /// Sends it, and returns the answer as it is and as what is read of it.
    pub(crate) fn send<T: for<'de> Deserialize<'de>>(
        self,
        content_type: &str,
        body: &[u8],
    ) -> Result<(Value, T), ClientError> {
        // A server that refuses the key has not read the body, and would close the connection under it.
        let request = self.request.header("content-type", content_type).header("expect", "100-continue").body(body);
        read(self.server, &answer(self.server, request)?)
    }

    /// Sends it without a body, and returns the answer in the same way.
    pub(crate) fn ask<T: for<'de> Deserialize<'de>>(self) -> Result<(Value, T), ClientError> {
        read(self.server, &answer(self.server, self.request.body(()))?)
    }

    /// Sends it without a body, and returns an answer that is a text of this type.
    pub(crate) fn fetch(self, content_type: &str) -> Result<String, ClientError> {
        let url = self.server.url.clone();
        let body = self.fetch_bytes(content_type)?;
        String::from_utf8(body).map_err(|_not_ours| ClientError::Stranger { url, status: 200 })
    }

    /// Sends it without a body, and returns an answer that is bytes of this type.
    pub(crate) fn fetch_bytes(self, content_type: &str) -> Result<Vec<u8>, ClientError> {
        let Answered { status, content_type: found, body } = answer(self.server, self.request.body(()))?;
        match found == content_type {
            true => Ok(body),
            false => Err(ClientError::Stranger { url: self.server.url.clone(), status }),
        }
    }
}

/// What a server answered.
struct Answered {
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

/// An answer as it is, and as what is read of it.
fn read<T: for<'de> Deserialize<'de>>(server: &ServerOptions, answered: &Answered) -> Result<(Value, T), ClientError> {
    let stranger = |_not_ours| ClientError::Stranger { url: server.url.clone(), status: answered.status };
    let answer: Value = serde_json::from_slice(&answered.body).map_err(stranger)?;
    let read = T::deserialize(&answer).map_err(stranger)?;
    Ok((answer, read))
}

/// The answer to a request, if it is a success.
fn answer(server: &ServerOptions, request: http::Result<Request<impl AsSendBody>>) -> Result<Answered, ClientError> {
    let url = || server.url.clone();
    let answer = request.map_err(ureq::Error::from).and_then(|request| whole(agent().run(request)?));
    let answer = answer.map_err(|source| ClientError::Unreachable { url: url(), source: Box::new(source) })?;
    let status = answer.status;
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    let stranger = |_not_ours| ClientError::Stranger { url: url(), status };
    let error: ServerError = serde_json::from_slice(&answer.body).map_err(stranger)?;
    Err(ClientError::Refused { message: error.message })
}

/// All of an answer, whatever it is.
fn whole(mut response: Response<ureq::Body>) -> Result<Answered, ureq::Error> {
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let body = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec()?;
    Ok(Answered { status: response.status().as_u16(), content_type, body })
}

/// A client that trusts whom this machine trusts, and takes a key nowhere but where it was sent.
fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .new_agent()
}

/// A part of a path that holds any text.
pub(crate) fn path_segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::path_segment;

    #[test]
    fn a_path_segment_holds_any_text() {
        assert_eq!(path_segment("reader-1_a~"), "reader-1_a~");
        assert_eq!(path_segment("../ä b"), "%2E%2E%2F%C3%A4%20b");
    }
}
