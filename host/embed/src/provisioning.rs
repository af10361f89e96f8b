//! Provisioning: the static plans, and what every workflow adds to them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_decision::{Catalog, FailureKind, Provisioning, Visitor};
use usher_sandbox::request::Request;
use usher_sandbox::{
    Evaluation, IdentityLink, JwtVerification, LookupFuture, ReadOnly, Run, Sandbox, Scope, User, VerifiedJwt,
};

use crate::breaker::Admitted;
use crate::data::UserDataView;
use crate::jwt::{JwtVerifier, json_text};
use crate::ladder::{self, AppliedPolicy, WorkflowFailure};
use crate::last_good::LastGood;
use crate::release::{ActiveWorkflow, Release};

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
    /// In which way it failed, and what was done about that; none when it did not.
    pub failure: Option<WorkflowFailure>,
    /// The slugs it returned, or that stand in for those, which name a plan: each once, in its own order.
    pub plans: Vec<String>,
    /// The ones among them that name no plan of the catalog, each once.
    pub dropped: Vec<String>,
}

/// What a decision's workflows come to.
#[derive(Debug)]
pub(crate) struct Provisioned {
    pub(crate) provisioning: Provisioning,
    pub(crate) reports: Vec<WorkflowReport>,
    /// The workflow, and its failure, because of which nothing is decided. It is that of the last report.
    pub(crate) undecided: Option<(Arc<str>, FailureKind)>,
}

/// What the host lends the workflows of one decision.
#[derive(Debug)]
pub(crate) struct Lent<'a> {
    pub(crate) data: &'a dyn UserDataView,
    pub(crate) ends: Instant,
    /// The user; none of whom nobody can know anything, because they are new in this very request.
    pub(crate) known: Option<&'a User>,
    /// The user whose answers are remembered, if they are.
    pub(crate) remembered: Option<&'a User>,
    pub(crate) last_good: &'a LastGood,
    /// Whether nobody waits behind its workflows on the caller's thread.
    pub(crate) is_alone: bool,
}

/// Runs every workflow of a release and unites what they return with the static plans. It ends early when nothing is to be
/// decided.
pub(crate) async fn provision(
    sandbox: &Sandbox,
    release: &Release,
    request: &Arc<Request>,
    visitor: &Visitor<'_>,
    lent: Lent<'_>,
) -> Provisioned {
    let now_ms = request.instant;
    let reader = Reader { data: lent.data, verifier: &release.verifier, now_ms };
    let mut evaluation = Evaluation::new(Arc::clone(request), &release.variables, &reader, lent.ends);
    if lent.is_alone {
        evaluation.stay_on_thread();
    }
    let mut provisioned = Provisioned {
        provisioning: Provisioning::of_static(release.catalog(), visitor),
        reports: Vec::with_capacity(release.workflows.len()),
        undecided: None,
    };
    let mut others = u32::try_from(release.workflows.len()).unwrap_or(u32::MAX);
    for active in &release.workflows {
        others = others.saturating_sub(1);
        evaluation.share_with(others);
        let run = active.run(sandbox, &mut evaluation, now_ms).await;
        let report = provisioned.take(active, run, release.catalog(), (&lent, now_ms));
        let is_over = report.failure.filter(|failure| failure.policy == AppliedPolicy::Fail);
        provisioned.reports.push(report);
        if let Some(failure) = is_over {
            provisioned.undecided = Some((Arc::clone(&active.slug), failure.kind));
            break;
        }
    }
    provisioned
}

impl ActiveWorkflow {
    /// Runs the workflow, unless there is nothing to run or its breaker is open.
    async fn run(&self, sandbox: &Sandbox, evaluation: &mut Evaluation<'_>, now_ms: u64) -> Run {
        let workflow = match &self.workflow {
            Ok(workflow) => workflow,
            Err(reason) => return Run::unavailable(reason),
        };
        let Some(breaker) = self.breaker() else { return sandbox.run(workflow, evaluation).await };
        let admitted = breaker.admit(now_ms);
        if admitted == Admitted::Skip {
            return Run::unavailable(
                "its circuit breaker is open, because most of its runs failed; it is tried again soon",
            );
        }
        let run = sandbox.run(workflow, evaluation).await;
        breaker.settle(admitted, &run.outcome, now_ms);
        run
    }
}

impl Provisioned {
    /// Takes what there is to take of a run, or what stands in for it.
    fn take(
        &mut self,
        active: &ActiveWorkflow,
        mut run: Run,
        catalog: &Catalog,
        (lent, now_ms): (&Lent<'_>, u64),
    ) -> WorkflowReport {
        let (slug, ladder) = (Arc::clone(&active.slug), active.rules.on_failure());
        let recall = |max_age| lent.last_good.recall(&slug, lent.known?, max_age, now_ms);
        let own = std::mem::take(&mut run.slugs);
        let (failure, slugs) = match ladder::step(ladder, &run, recall) {
            None => (None, own),
            Some((failure, stand_in)) => {
                (Some(failure), if failure.policy == AppliedPolicy::Ignore { own } else { stand_in })
            }
        };
        let mut report = WorkflowReport {
            digest: active.workflow.as_ref().map(|workflow| Arc::clone(workflow.digest())).unwrap_or_default(),
            slug,
            run,
            failure,
            plans: Vec::new(),
            dropped: Vec::new(),
        };
        report.unite(slugs, catalog, &mut self.provisioning);
        if failure.is_none()
            && ladder.remembers()
            && let Some(user) = lent.remembered
        {
            lent.last_good.remember(&report.slug, user, &report.plans, now_ms);
        }
        report
    }
}

impl WorkflowReport {
    /// Grants these slugs, as far as the catalog knows them.
    fn unite(&mut self, slugs: Vec<String>, catalog: &Catalog, provisioning: &mut Provisioning) {
        let policy = self.failure.map_or(AppliedPolicy::Ignore, |failure| failure.policy);
        for slug in slugs {
            let kept = match provisioning.grant(catalog, &slug, policy.origin(&self.slug)) {
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
