//! What the operator may set about a server.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ipnetwork::IpNetwork;
use usher_host::{AdmissionWorker, CrawlerRanges, Geography, SandboxConfig};

/// What the operator may set about a server. The default serves anybody who has a key.
#[derive(Debug)]
pub struct ServerConfig {
    /// Time that one decision may take, whatever its workflows do; after it the answer goes out with the plans that are
    /// there. Default 250 ms.
    pub decision_deadline: Duration,
    /// Requests that one key may make in a second; a second's worth may come at once. More are answered with 429. Default
    /// 10 000; none is no limit.
    pub rate_limit: Option<NonZeroU32>,
    /// How long a server waits for its callers.
    pub patience: Patience,
    /// Connections that may be open at the same time; further ones wait. Default 10 000.
    pub connections: usize,
    /// The proxies whose `X-Forwarded-For` and country headers are believed. Default none.
    pub trusted_proxies: Vec<IpNetwork>,
    /// Where visitors are of whom the caller knows only the address. Default none.
    pub geography: Option<Geography>,
    /// The addresses by which crawlers prove who they are. Default none.
    pub crawler_ranges: CrawlerRanges,
    /// The folder in which the machine code of admitted modules is kept and mapped from, so that a start compiles nothing, and
    /// what does not run takes no memory. Default none: code is in memory, and every start admits every module again.
    pub artifacts: Option<PathBuf>,
    /// How many modules that nobody has asked yet are kept ready to run; beyond these, one is made ready when it is first asked: see
    /// [`SandboxConfig::kept_ready`](usher_host::SandboxConfig::kept_ready). Default 256.
    pub kept_ready: usize,
    /// What admits modules, each in a process of its own. Default this very program, which then has to begin with
    /// [`AdmissionWorker::take_over`].
    pub admission: AdmissionWorker,
}

/// How long a server waits for its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the next request on a connection, until its head is there: what serves connections has one time for both.
    /// Default 75 s, longer than the 60 s for which most proxies keep a connection, so that it is theirs to end it.
    pub head: Duration,
    /// For the next part of a body. Default 10 s.
    pub body: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            decision_deadline: Duration::from_millis(250),
            rate_limit: NonZeroU32::new(10_000),
            patience: Patience::default(),
            connections: 10_000,
            trusted_proxies: Vec::new(),
            geography: None,
            crawler_ranges: CrawlerRanges::default(),
            artifacts: None,
            kept_ready: SandboxConfig::default().kept_ready,
            admission: AdmissionWorker::this_program(),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(75), body: Duration::from_secs(10) }
    }
}
