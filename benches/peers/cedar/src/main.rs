//! Cedar: policies that answer yes or no. It is asked once for each plan that there could be.
//!
//! The language has no remainder and searches no records, so its host hands over the hour and the verified bots. It hands over
//! only what the policies look at, which is less than the others get. No limits are needed: a policy always ends.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression};
use measure::{
    Job, Peer,
    record::{Record, UserType},
};

const POLICIES: &str = include_str!("jobs.cedar");

fn main() {
    let peer = Peer::new("cedar");
    let policies: PolicySet = POLICIES.parse().expect("the policies are Cedar");
    let authorizer = Authorizer::new();
    for job in Job::ALL {
        let questions = Questions::new(job);
        peer.decide(job, "shared policies", |record| questions.ask(&authorizer, &policies, record));
    }
}

/// Who may do what to each of the plans.
struct Questions {
    principal: EntityUid,
    action: EntityUid,
    plans: Vec<(&'static str, EntityUid)>,
    entities: Entities,
}

impl Questions {
    fn new(job: Job) -> Self {
        let uid = |kind: &str, id: &str| format!("{kind}::\"{id}\"").parse().expect("it is an entity's name");
        let plans: &[&str] = match job {
            Job::Tier => &["premium", "registered", "anonymous"],
            Job::Rules => {
                &["staff", "eu-privacy", "search-index", "evening", "newsletter", "pocket", "new-paywall", "archive"]
            }
        };
        Self {
            principal: uid("User", "visitor"),
            action: uid("Action", job.name()),
            plans: plans.iter().map(|plan| (*plan, uid("Plan", plan))).collect(),
            entities: Entities::empty(),
        }
    }

    fn ask(&self, authorizer: &Authorizer, policies: &PolicySet, record: &Record) -> Vec<String> {
        let context = context(record);
        let holds = |plan: &EntityUid| {
            let (principal, action) = (self.principal.clone(), self.action.clone());
            let request = Request::new(principal, action, plan.clone(), context.clone(), None);
            let request = request.expect("there is no schema to break");
            authorizer.is_authorized(&request, policies, &self.entities).decision() == Decision::Allow
        };
        self.plans.iter().filter(|(_, plan)| holds(plan)).map(|(slug, _)| (*slug).to_owned()).collect()
    }
}

fn context(record: &Record) -> Context {
    let opened = record.opened();
    let claims = opened.claims();
    let text = |text: Option<&str>| RestrictedExpression::new_string(text.unwrap_or_default().to_owned());
    let set = |texts: &mut dyn Iterator<Item = String>| {
        RestrictedExpression::new_set(texts.map(RestrictedExpression::new_string))
    };
    let roles = claims["roles"].as_array().into_iter().flatten().filter_map(|role| role.as_str());
    let bots = record.context.bot_tags.iter().filter(|bot| bot.is_verified).map(|_| "search-crawler".to_owned());
    let long = |number: u64| RestrictedExpression::new_long(i64::try_from(number).expect("it is small"));
    let members = [
        ("premium", RestrictedExpression::new_bool(claims["premium"] == true)),
        ("isAuthenticated", RestrictedExpression::new_bool(record.identity.user_type == UserType::Authenticated)),
        ("roles", set(&mut roles.map(str::to_owned))),
        ("countryCode", text(record.context.country_code.as_deref())),
        ("verifiedBots", set(&mut { bots })),
        ("hour", long(record.instant / 3_600_000 % 24)),
        ("url", text(record.http.url.as_deref())),
        ("userAgent", text(record.context.user_agent.as_deref())),
        ("testGroup100", long(record.identity.test_group_100.into())),
        ("productIds", set(&mut record.customer_data.product_ids.iter().cloned())),
    ];
    Context::from_pairs(members.map(|(name, value)| (name.to_owned(), value))).expect("no name is there twice")
}
