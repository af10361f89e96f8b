//! The host: what a gateway embeds. It holds the live release and makes decisions by it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use usher_decision::{Resolution, UserType, Visitor};
use usher_sandbox::request::{self, Customer};
use usher_sandbox::{Sandbox, User};
use uuid::Uuid;

use crate::access::AccessRequest;
use crate::clock::{Clock, SystemClock};
use crate::context;
use crate::data::{NoUserData, UserData};
use crate::decision::{Decision, Degradation};
use crate::identity::{Identity, IdentityError};
use crate::provisioning::provision;
use crate::release::Release;

/// Time that one decision may take, whatever its workflows do.
const DECISION_DEADLINE: Duration = Duration::from_millis(250);
/// Time that reading what billing knows may take.
const CUSTOMER_DEADLINE: Duration = Duration::from_millis(20);

/// Decides, for every request, which plans a user holds and what they may do.
///
/// Share one between all threads. The live release is replaced atomically; a decision runs on one release from start to
/// end.
#[derive(Debug)]
pub struct Host {
    sandbox: Arc<Sandbox>,
    live: ArcSwap<Release>,
    data: Arc<dyn UserData>,
    clock: Arc<dyn Clock>,
    deadline: Duration,
}

impl Host {
    /// A host that decides by this release, without user data, by the machine's clock.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, release: Release) -> Self {
        Self {
            sandbox,
            live: ArcSwap::from_pointee(release),
            data: Arc::new(NoUserData),
            clock: Arc::new(SystemClock),
            deadline: DECISION_DEADLINE,
        }
    }

    /// Reads user data from here.
    #[must_use]
    pub fn with_user_data(mut self, data: Arc<dyn UserData>) -> Self {
        self.data = data;
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

    /// The sandbox that workflows are admitted to and loaded into.
    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    /// The release that the next decision will be made by.
    #[must_use]
    pub fn live(&self) -> Arc<Release> {
        self.live.load_full()
    }

    /// Makes a release the live one, and hands back the one before. Decisions under way end on theirs.
    pub fn swap(&self, release: Release) -> Arc<Release> {
        self.live.swap(Arc::new(release))
    }

    /// Makes one decision. Whatever workflows do, it comes in time and holds at least the static plans.
    ///
    /// Needs a Tokio runtime with its timer on.
    ///
    /// # Errors
    ///
    /// The request does not establish who is asking.
    pub async fn decide(&self, access: &AccessRequest) -> Result<Decision, IdentityError> {
        let started = Instant::now();
        let ends = started.checked_add(self.deadline).unwrap_or(started);
        let release = self.live.load_full();
        let now_ms = self.clock.now_ms();
        let identity = Identity::establish(&access.identity, &release.verifier, now_ms)?;
        let mut degraded = Vec::new();
        let customer = self.customer(&identity, &mut degraded).await;

        let visitor = Visitor {
            user_type: match identity.user_type {
                request::UserType::Authenticated => UserType::Authenticated,
                request::UserType::Anonymous => UserType::Anonymous,
            },
            verified_bot: context::verified_bot(&access.bots),
            product_ids: &customer.product_ids,
        };
        let request = Arc::new(access.to_workflow_request(identity.to_wire(), customer.clone(), now_ms));
        let host = (&*self.data, ends);
        let (provisioning, workflows) = provision(&self.sandbox, &release, &request, &visitor, host).await;
        degraded.extend(workflows.iter().filter_map(Degradation::of_workflow));
        let resolution = Resolution::of(release.catalog(), &provisioning);
        Ok(Decision {
            id: Uuid::new_v4(),
            instant_ms: now_ms,
            elapsed: started.elapsed(),
            release,
            identity,
            customer,
            provisioning,
            resolution,
            workflows,
            degraded,
        })
    }

    /// What billing knows of the user. A user made just now is not asked about: nobody can know them.
    async fn customer(&self, identity: &Identity, degraded: &mut Vec<Degradation>) -> Customer {
        if identity.is_new {
            return Customer::default();
        }
        let user = User { identifier: identity.identifier.clone(), user_type: identity.user_type };
        let deadline = CUSTOMER_DEADLINE.min(self.deadline);
        let record = match tokio::time::timeout(deadline, self.data.customer(&user)).await {
            Ok(Ok(record)) => record,
            Ok(Err(error)) => {
                degraded.push(Degradation::CustomerUnavailable { reason: error.to_string() });
                None
            }
            Err(_elapsed) => {
                let reason = format!("no answer within {deadline:?}");
                degraded.push(Degradation::CustomerUnavailable { reason });
                None
            }
        };
        record.map_or_else(Customer::default, |record| Customer {
            is_customer: true,
            has_products: !record.product_ids.is_empty(),
            customer_identifiers: record.customer_identifiers,
            product_ids: record.product_ids,
        })
    }
}
