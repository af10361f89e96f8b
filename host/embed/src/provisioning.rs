//! Provisioning: the static plans, and what every workflow adds to them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_decision::{Catalog, Origin, Provisioning, Visitor};
use usher_sandbox::request::Request;
use usher_sandbox::{IdentityLink, JwtVerification, LookupFuture, ReadOnly, Run, Sandbox, Scope, User, VerifiedJwt};

use crate::data::UserDataView;
use crate::jwt::{JwtVerifier, json_text};
use crate::release::Release;

/// What one workflow did in a decision.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkflowReport {
    /// Which workflow.
    pub slug: Arc<str>,
    /// SHA-256 of its module, in hexadecimal; empty when it could not be loaded.
    pub digest: Arc<str>,
    /// How its run ended, and what it cost.
    pub run: Run,
    /// The slugs it returned that name a plan, each once, in its own order.
    pub plans: Vec<String>,
    /// The slugs it returned that name no plan of the catalog, each once.
    pub dropped: Vec<String>,
}

/// Runs every workflow of a release and unites what they return with the static plans.
pub(crate) async fn provision(
    sandbox: &Sandbox,
    release: &Release,
    request: &Arc<Request>,
    visitor: &Visitor<'_>,
    host: (&dyn UserDataView, Instant),
) -> (Provisioning, Vec<WorkflowReport>) {
    let (data, ends) = host;
    let reader = Reader { data, verifier: &release.verifier, now_ms: request.instant };
    let mut evaluation =
        usher_sandbox::Evaluation::new(Arc::clone(request), Arc::clone(&release.variables), &reader, ends);
    let mut provisioning = Provisioning::of_static(release.catalog(), visitor);
    let mut reports = Vec::with_capacity(release.workflows.len());
    for active in &release.workflows {
        let (run, digest) = match &active.workflow {
            Ok(workflow) => (sandbox.run(workflow, &mut evaluation).await, Arc::clone(workflow.digest())),
            Err(reason) => (Run::unavailable(reason), Arc::default()),
        };
        let mut report =
            WorkflowReport { slug: Arc::clone(&active.slug), digest, run, plans: Vec::new(), dropped: Vec::new() };
        report.unite(release.catalog(), &mut provisioning);
        reports.push(report);
    }
    (provisioning, reports)
}

impl WorkflowReport {
    /// Grants what the workflow returned, as far as the catalog knows it.
    fn unite(&mut self, catalog: &Catalog, provisioning: &mut Provisioning) {
        for slug in std::mem::take(&mut self.run.slugs) {
            let origin = Origin::Workflow(Arc::clone(&self.slug));
            let kept = match provisioning.grant(catalog, &slug, origin) {
                Ok(()) => &mut self.plans,
                Err(_unknown) => &mut self.dropped,
            };
            if !kept.contains(&slug) {
                kept.push(slug);
            }
        }
    }
}

/// What workflows may look up: the operator's user data and JWT keys, for reading.
#[derive(Debug)]
struct Reader<'a> {
    data: &'a dyn UserDataView,
    verifier: &'a JwtVerifier,
    now_ms: u64,
}

impl ReadOnly for Reader<'_> {
    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>> {
        self.data.custom_data(user, key, scope)
    }

    fn resolve_jwt<'a>(&'a self, token: &'a str) -> LookupFuture<'a, JwtVerification> {
        Box::pin(async move {
            // The look-up has a deadline of its own, which is shorter.
            match self.verifier.verify(token, self.now_ms, Duration::MAX).await {
                Ok(token) => Ok(JwtVerification::Verified(VerifiedJwt {
                    identifier: token.identifier,
                    claims: json_text(&token.claims),
                })),
                Err(error) => Ok(JwtVerification::Rejected(error.to_string())),
            }
        })
    }

    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        self.data.linked_sources(user)
    }

    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        self.data.linked_targets(user)
    }
}
