//! The host: what a gateway embeds. It holds the live release and makes decisions by it.

mod rollout;

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use serde_json::{Map, Value};
use usher_decision::{Period, Resolution, UserType, Visitor};
use usher_sandbox::request::{self, Customer};
use usher_sandbox::{Sandbox, User};
use uuid::Uuid;

use crate::access::{AccessRequest, IdentityClaim};
use crate::canary::Canary;
use crate::clock::{Clock, SystemClock};
use crate::context;
use crate::counter::{CounterRequest, CounterUpdate};
use crate::crawler_ranges::CrawlerRanges;
use crate::data::{NoUserData, UserData};
use crate::decide_error::{DecideError, Undecided};
use crate::decision::{Decision, Degradation};
use crate::geography::Geography;
use crate::identity::{Identity, IdentityError};
use crate::jwt::KeySets;
use crate::last_good::LastGood;
use crate::live::{Chosen, Live, Purpose};
use crate::meter::{Allowances, Usage};
use crate::provisioning::{Lent, provision};
use crate::reading::{READ_DEADLINE, Reading};
use crate::release::Release;
use crate::surroundings::Surroundings;

/// Time that one decision may take, whatever its workflows do.
const DECISION_DEADLINE: Duration = Duration::from_millis(250);

/// Decides, for every request, which plans a user holds and what they may do.
///
/// Share one between all threads. The live release is replaced atomically; a decision runs on one release from start to
/// end.
#[derive(Debug)]
pub struct Host {
    sandbox: Arc<Sandbox>,
    live: ArcSwap<Live>,
    key_sets: Arc<KeySets>,
    surroundings: Surroundings,
    data: Arc<dyn UserData>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
    last_good: Arc<LastGood>,
}

impl Host {
    /// A host that decides by this release, without user data, by the machine's clock.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, mut release: Release) -> Self {
        let key_sets = Arc::new(KeySets::default());
        release.make_ready(&key_sets, &sandbox);
        context::compile_patterns();
        Self {
            sandbox,
            live: ArcSwap::from_pointee(Live::of(Arc::new(release))),
            key_sets,
            surroundings: Surroundings::default(),
            data: Arc::new(NoUserData),
            clock: Arc::new(SystemClock),
            deadline: DECISION_DEADLINE,
            last_good: Arc::new(LastGood::new(LastGood::ANSWERS)),
        }
    }

    /// A host beside this one, for another environment: it decides by this release, and shares with this one what does not depend
    /// on a release. What workflows last granted is not shared.
    #[must_use]
    pub fn beside(&self, mut release: Release) -> Self {
        release.make_ready(&self.key_sets, &self.sandbox);
        Self {
            sandbox: Arc::clone(&self.sandbox),
            live: ArcSwap::from_pointee(Live::of(Arc::new(release))),
            key_sets: Arc::clone(&self.key_sets),
            surroundings: self.surroundings.clone(),
            data: Arc::clone(&self.data),
            clock: Arc::clone(&self.clock),
            deadline: self.deadline,
            last_good: Arc::new(self.last_good.empty()),
        }
    }

    /// Reads user data from here.
    #[must_use]
    pub fn with_user_data(mut self, data: Arc<dyn UserData>) -> Self {
        self.data = data;
        self
    }

    /// Finds out here where visitors are of whom the caller knows no more than the address.
    #[must_use]
    pub fn with_geography(mut self, geography: Geography) -> Self {
        self.surroundings.geography = Some(Arc::new(geography));
        self
    }

    /// Believes bots that come from these addresses that they are who they say.
    #[must_use]
    pub fn with_crawler_ranges(mut self, crawlers: CrawlerRanges) -> Self {
        self.surroundings.crawlers = crawlers;
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Ends every decision after this time, with the plans that are there by then. Default 250 ms.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Remembers so many last good answers of workflows whose policy in the catalog is `last-good`. One that is longer than 256
    /// bytes, its user's identifier included, counts as several. Default 100 000.
    #[must_use]
    pub fn with_last_good_answers(mut self, answers: usize) -> Self {
        self.last_good = Arc::new(LastGood::new(answers));
        self
    }

    /// The sandbox that workflows are admitted to and loaded into.
    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    /// Makes one decision. Whatever workflows do, it comes in time and holds at least the static plans, unless the catalog says
    /// of one that nothing is decided when it fails.
    ///
    /// Needs a Tokio runtime with its timer on.
    ///
    /// # Errors
    ///
    /// The request does not establish who is asking; or such a workflow failed.
    pub async fn decide(&self, access: &AccessRequest) -> Result<Decision, DecideError> {
        self.decide_owned(access.clone()).await
    }

    /// Makes one decision, as [`decide`](Self::decide) does, of a request that is not needed any more: workflows are told what it
    /// says, and need no copy of it then.
    ///
    /// # Errors
    ///
    /// As of [`decide`](Self::decide).
    pub async fn decide_owned(&self, mut access: AccessRequest) -> Result<Decision, DecideError> {
        let started = Instant::now();
        let live = self.live.load_full();
        let now_ms = self.clock.now_ms();
        let claim = std::mem::replace(&mut access.identity, IdentityClaim::NewAnonymous);
        let identity = Identity::establish(claim, &live.release.verifier, now_ms, self.deadline / 2).await?;
        let chosen = live.choose(&identity.identifier, Purpose::Decide);
        self.decide_for(identity, access, (chosen, now_ms), started).await
    }

    /// Makes the decision that a user would get, without proof of who they are: for an operator who asks why somebody
    /// has what they have. The identity that the request claims is not looked at.
    ///
    /// # Errors
    ///
    /// The identifier cannot be that of any user; or a workflow failed without which nothing is decided.
    pub async fn decide_as(
        &self,
        user: User,
        claims: Map<String, Value>,
        access: &AccessRequest,
    ) -> Result<Decision, DecideError> {
        let started = Instant::now();
        let identity = Identity::assumed(user, claims)?;
        let chosen = self.live.load_full().choose(&identity.identifier, Purpose::Suppose);
        self.decide_for(identity, access.clone(), (chosen, self.clock.now_ms()), started).await
    }

    /// Makes one decision for an identity that is established. What the request claims of that is not looked at.
    async fn decide_for(
        &self,
        identity: Identity,
        mut access: AccessRequest,
        (chosen, now_ms): (Chosen, u64),
        started: Instant,
    ) -> Result<Decision, DecideError> {
        let (release, canary) = (chosen.release(), chosen.canary());
        let ends = started.checked_add(self.deadline).unwrap_or(started);
        let user = identity.user();
        // Nobody can know a visitor who is new in this very request.
        let known = Some(&user).filter(|_| !identity.is_new);
        let mut reading = match known {
            None if release.is_static() => Reading::nothing(ends),
            _ => Reading::open(&*self.data, &user, ends).await,
        };
        let customer = match known {
            Some(user) => reading.customer(user).await,
            None => Customer::default(),
        };

        self.surroundings.complete(&mut access);
        let verified_bot = context::verified_bot(&access.bots);
        let visitor = Visitor {
            user_type: match identity.user_type {
                request::UserType::Authenticated => UserType::Authenticated,
                request::UserType::Anonymous => UserType::Anonymous,
            },
            verified_bot,
            product_ids: &customer.product_ids,
        };
        let request = Arc::new(access.into_request(identity.to_wire(), customer.clone(), now_ms));
        let workflows_end = ends.checked_sub(READ_DEADLINE.min(self.deadline / 4)).unwrap_or(ends);
        let remembered = known.filter(|_| chosen.purpose == Purpose::Decide);
        let last_good = canary.map_or(&self.last_good, Canary::last_good);
        let lent = Lent { data: reading.view(), ends: workflows_end, known, remembered, last_good, is_alone: false };
        let provisioned = provision(&self.sandbox, release, &request, &visitor, lent).await;
        let (provisioning, workflows) = (provisioned.provisioning, provisioned.reports);
        let id = Uuid::new_v4();
        if let Some((workflow, kind)) = provisioned.undecided {
            chosen.count(Err(&workflows));
            return Err(Box::new(Undecided { id, workflow, kind, workflows }).into());
        }
        let resolution = Resolution::of(release.catalog(), &provisioning);

        let resource_id = request.resource.as_ref().map(|resource| resource.id.as_str());
        let usage = Usage { user: known, resource_id, now_ms };
        let allowances = Allowances::read(release.catalog(), &resolution, usage, &mut reading).await;
        let Reading { reports: reads, mut degraded, .. } = reading;
        degraded.extend(workflows.iter().filter_map(Degradation::of_workflow));
        let decision = Decision {
            id,
            instant_ms: now_ms,
            elapsed: started.elapsed(),
            chosen,
            identity,
            customer,
            provisioning,
            resolution,
            allowances,
            workflows,
            reads,
            degraded,
        };
        decision.chosen.compare(&decision, &request, verified_bot);
        Ok(decision)
    }

    /// Puts together a change of a counter: establishes whose it is, and which periods it falls into. Nothing is counted
    /// yet; that is for a store to do.
    ///
    /// # Errors
    ///
    /// The request does not establish whose counter it is.
    pub async fn counter_update(&self, request: &CounterRequest) -> Result<CounterUpdate, IdentityError> {
        const PERIODS: [Period; 5] = [Period::Lifetime, Period::Hour, Period::Day, Period::Week, Period::Month];
        let live = self.live.load_full();
        let at_ms = self.clock.now_ms();
        let verifier = &live.release.verifier;
        let identity = Identity::establish_known(&request.identity, verifier, at_ms, self.deadline).await?;
        let chosen = live.choose(&identity.identifier, Purpose::Decide);
        let calendar = chosen.release().catalog().calendar();
        Ok(CounterUpdate {
            user: identity.user(),
            counter_id: request.counter_id.clone(),
            resource_id: request.resource_id.clone(),
            update: request.update,
            at_ms,
            periods: PERIODS.map(|period| (period, calendar.start_of(period, at_ms))).into(),
        })
    }
}
