//! A gateway: a host with a feed, and what bundles it is offered.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tempfile::TempDir;
use usher_bundle::{Bundle, Draft, DraftWorkflow, LimitOverrides, SigningKey};
use usher_host::{
    AccessRequest, AdmissionWorker, ArtifactFolder, BundleError, BundleFeed, BundleLocation, BundleSource,
    BundleStartError, CompileCache, Host, Refreshed, Sandbox, SandboxConfig, TrustedKeys,
};
use usher_tests::guests;

/// The key that gateways trust, unless a test says otherwise.
pub(crate) static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

pub(crate) fn trusted() -> TrustedKeys {
    TrustedKeys::one(KEY.public())
}

/// Release `number`, whose static plan bears the number and whose workflow returns the plan that the variable names.
pub(crate) fn draft(number: u64) -> Draft {
    draft_with(number, std::fs::read(guests::REGION).unwrap())
}

pub(crate) fn draft_with(number: u64, module: Vec<u8>) -> Draft {
    let catalog = format!(
        "[plans.static-{number}]\nassign = [\"authenticated\"]\n[plans.region-{number}]\n[variables]\nREGION = \"region-{number}\"\n"
    );
    let limits = LimitOverrides { deadline_ms: Some(10_000), ..LimitOverrides::default() };
    let off = DraftWorkflow { slug: "off".to_owned(), module: b"\0asm".to_vec(), enabled: false, limits };
    Draft::new("live", number, catalog).with_workflow(off).with_workflow(DraftWorkflow {
        slug: "region".to_owned(),
        module,
        enabled: true,
        limits,
    })
}

/// Release `number` as a bundle that gateways take.
pub(crate) fn bundle(number: u64) -> Vec<u8> {
    bytes(&draft(number).sign(&KEY).unwrap())
}

pub(crate) fn bytes(bundle: &Bundle) -> Vec<u8> {
    bundle.as_bytes().to_vec()
}

/// A host that goes by the bundles at a location, with its folder.
pub(crate) struct Gateway {
    pub(crate) host: Arc<Host>,
    pub(crate) feed: BundleFeed,
}

/// The machine of a gateway: what survives it.
pub(crate) struct Machine(TempDir);

impl Machine {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The folder of the last good bundle.
    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.0.path().join("bundle")
    }

    pub(crate) fn last_good(&self) -> std::path::PathBuf {
        self.folder().join("last-good.usher")
    }

    /// Bundles at this location, as this machine takes them.
    pub(crate) fn source(&self, location: impl Into<BundleLocation>) -> BundleSource {
        BundleSource::new(location, trusted(), self.folder()).with_patience(Duration::from_secs(10))
    }

    /// Starts the gateway, which admits modules with this program.
    pub(crate) async fn start_with(&self, source: BundleSource, worker: &str) -> Result<Gateway, BundleStartError> {
        let artifacts = Some(ArtifactFolder::new(self.0.path().join("artifacts"), [7; 32]));
        // Nothing is compiled in this process.
        let compile_cache = CompileCache::Memory { bytes: 0 };
        let config = SandboxConfig { concurrent_runs: 2, artifacts, compile_cache, ..SandboxConfig::default() };
        let sandbox = Arc::new(Sandbox::new(&config).unwrap());
        let (feed, release) = BundleFeed::open(source, Arc::clone(&sandbox), AdmissionWorker::of(worker)).await?;
        Ok(Gateway { host: Arc::new(Host::new(sandbox, release).with_deadline(Duration::from_secs(60))), feed })
    }

    pub(crate) async fn start(&self, location: impl Into<BundleLocation>) -> Result<Gateway, BundleStartError> {
        self.start_with(self.source(location), env!("CARGO_BIN_EXE_usher-test-host-worker")).await
    }

    /// Starts the gateway where nothing can be admitted: what runs was kept.
    pub(crate) async fn restart(&self, location: impl Into<BundleLocation>) -> Gateway {
        self.start_with(self.source(location), "/bin/false").await.unwrap()
    }

    /// A file that somebody offers bundles in.
    pub(crate) fn offer(&self, name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
        let path = self.0.path().join(name);
        usher_bundle::write_whole(&path, bytes.as_ref()).unwrap();
        path
    }
}

impl Gateway {
    pub(crate) async fn look(&mut self) -> Result<Refreshed, BundleError> {
        self.feed.refresh(&self.host).await
    }

    /// Holds it to decide by this release, with its workflow.
    #[track_caller]
    pub(crate) fn decides_by(&self, number: u64) -> impl Future<Output = ()> {
        let (host, place) = (Arc::clone(&self.host), std::panic::Location::caller());
        async move {
            let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
            let plans: Vec<_> = decision.plans().collect();
            assert_eq!(plans, [format!("static-{number}"), format!("region-{number}")], "{place}");
            assert_eq!(decision.release().number(), number, "{place}");
        }
    }

    /// Holds a look to fail with these words, and everything to be as before.
    pub(crate) async fn refuses(&mut self, words: &str) {
        let (before, state) = (self.host.live(), self.feed.watch().now());
        let error = self.look().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(Arc::ptr_eq(&before, &self.host.live()), "the release before goes on");
        let after = self.feed.watch().now();
        assert_eq!((after.release, after.failures), (state.release, state.failures + 1));
        assert!(after.error.unwrap().contains(words));
        self.decides_by(before.number()).await;
    }
}

/// What holds these bytes.
pub(crate) fn content(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
