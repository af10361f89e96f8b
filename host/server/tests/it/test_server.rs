//! A server on a port of its own, and a client for it.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use ureq::Agent;
use ureq::http::{HeaderMap, Request, request};
use usher_host::{AdmissionWorker, Clock, SystemClock};
use usher_server::{Server, ServerConfig};
use usher_store::{Location, Store};

/// What admits modules in these tests, whose own program begins otherwise.
pub(crate) fn worker() -> AdmissionWorker {
    AdmissionWorker::of(env!("CARGO_BIN_EXE_usher-test-admission-worker"))
}

/// A server that is gone with its value.
pub(crate) struct TestServer {
    runtime: Runtime,
    pub(crate) address: String,
    agent: Agent,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
    pub(crate) keys: Keys,
}

/// The keys of a new server; of one that was there before there are none to be seen.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    pub(crate) secret: String,
    pub(crate) public: String,
    pub(crate) admin: String,
}

impl TestServer {
    /// A server on a new database in memory.
    pub(crate) fn start() -> Self {
        Self::on(&Location::Memory)
    }

    pub(crate) fn on(location: &Location) -> Self {
        // Time enough that a slow machine changes no answer.
        Self::with(location, ServerConfig { decision_deadline: Duration::from_secs(60), ..ServerConfig::default() })
    }

    pub(crate) fn with(location: &Location, config: ServerConfig) -> Self {
        Self::with_clock(location, config, Arc::new(SystemClock))
    }

    /// A server on a new database in memory, by this clock.
    pub(crate) fn by_clock(clock: Arc<dyn Clock>) -> Self {
        let config = ServerConfig { decision_deadline: Duration::from_secs(60), ..ServerConfig::default() };
        Self::with_clock(&Location::Memory, config, clock)
    }

    pub(crate) fn with_clock(location: &Location, config: ServerConfig, clock: Arc<dyn Clock>) -> Self {
        let config = match config.admission == AdmissionWorker::this_program() {
            true => ServerConfig { admission: worker(), ..config },
            false => config,
        };
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let (server, keys) = runtime.block_on(async {
            let store = Store::open(location, Arc::clone(&clock)).await.unwrap();
            let server = Server::start(store, clock, config).await.unwrap();
            let keys = server.create_first_keys().await.unwrap();
            (server, keys)
        });
        let keys = keys.map(|keys| Keys {
            secret: keys.secret.text().to_owned(),
            public: keys.public.text().to_owned(),
            admin: keys.admin.text().to_owned(),
        });
        let serving = runtime.spawn(server.serve(listener, async { stopped.await.unwrap_or_default() }));
        let config = Agent::config_builder().proxy(None).http_status_as_error(false).allow_non_standard_methods(true);
        let agent = config.timeout_await_100(None).build().new_agent();
        Self { runtime, address, agent, stop, serving, keys: keys.unwrap_or_default() }
    }

    /// Ends it gracefully, and waits until it has.
    pub(crate) fn stop(self) {
        drop(self.agent);
        self.stop.send(()).unwrap();
        self.runtime.block_on(self.serving).unwrap().unwrap();
    }

    /// A request with the key that opens every door there is at this path.
    pub(crate) fn to(&self, method: &str, path: &str) -> Call<'_> {
        let key = if path.starts_with("/admin/") { &self.keys.admin } else { &self.keys.secret };
        let request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        Call { agent: &self.agent, request, key: Some(key.clone()) }
    }

    /// The answer to an access check with the secret key.
    pub(crate) fn access_check(&self, body: &str) -> Reply {
        self.to("POST", "/api/v1/access-checks").send(body)
    }

    /// The same, with everything there is to know: user data has a deadline of its own, which a slow machine may miss.
    pub(crate) fn whole_answer(&self, body: &str) -> Value {
        let answers = std::iter::repeat_with(|| self.access_check(body).ok().json());
        let whole = answers.take(100).find(|answer| answer["diagnostics"]["degraded"] == false);
        whole.expect("one answer of a hundred that is not degraded")
    }

    /// Makes a catalog live.
    pub(crate) fn publish(&self, catalog: &str) -> Reply {
        self.to("PUT", "/admin/v1/catalog").send(catalog)
    }
}

/// A request on its way.
pub(crate) struct Call<'a> {
    agent: &'a Agent,
    request: request::Builder,
    key: Option<String>,
}

impl Call<'_> {
    pub(crate) fn key(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    pub(crate) fn no_key(self) -> Self {
        Self { key: None, ..self }
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    /// Sends it without a body.
    pub(crate) fn get(self) -> Reply {
        let (agent, request) = self.signed();
        Reply::of(agent.run(request.body(()).unwrap()))
    }

    /// Sends it with a body, but not before the server wants it: one that answers without it closes the connection.
    pub(crate) fn send(self, body: impl AsRef<[u8]>) -> Reply {
        let (agent, request) = self.header("expect", "100-continue").signed();
        Reply::of(agent.run(request.body(body.as_ref()).unwrap()))
    }

    fn signed(self) -> (Agent, request::Builder) {
        let request = match self.key {
            Some(key) => self.request.header("authorization", format!("Bearer {key}")),
            None => self.request,
        };
        (self.agent.clone(), request)
    }
}

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// As text, as far as it is.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    fn of(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        let mut response = response.unwrap();
        let bytes = response.body_mut().read_to_vec().unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: response.status().as_u16(), headers: response.headers().clone(), body, bytes }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The answer itself, when it is a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        self
    }

    /// Holds the answer to be an error with this status, and its message to contain this text.
    #[track_caller]
    pub(crate) fn check_error(&self, status: u16, message: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        let body = self.json();
        assert_eq!((&body["status"], &body["statusCode"]), (&"error".into(), &status.into()), "{body}");
        let found = body["message"].as_str().expect("a message");
        assert!(found.contains(message), "{found}");
    }
}
