//! The rules of Usher: which plans a visitor holds, and what those plans are worth.
//!
//! This crate is pure. It reads a [`Catalog`] from text, unites plans into a [`Provisioning`], and turns that into one
//! value per feature property, a [`Resolution`]. It performs no I/O, starts no task, reads no clock, and gives the same
//! answer to the same input on every machine. Everything that a decision can reuse is computed when the catalog is
//! read, so that a decision hashes a slug where one comes in, and otherwise only walks arrays.
//!
//! ```
//! use usher_decision::{Catalog, Meter, Origin, Period, Provisioning, Resolution, UserType, Value, Visitor};
//!
//! let catalog = Catalog::parse(
//!     r#"
//!     [features.article.properties.enabled]
//!     type = "meterable"
//!
//!     [plans.reader]
//!     assign = ["anonymous"]
//!     [plans.reader.features.article]
//!     enabled = { limit = 3, per = "month" }
//!
//!     [plans.premium.features.article]
//!     enabled = "on"
//!     "#,
//! )?;
//!
//! // Everybody who comes in without an account may read three articles a month.
//! let visitor = Visitor { user_type: UserType::Anonymous, verified_bot: None, product_ids: &[] };
//! let mut provisioning = Provisioning::of_static(&catalog, &visitor);
//! let value_of_first_property = |provisioning: &Provisioning| {
//!     let resolution = Resolution::of(&catalog, provisioning);
//!     let feature = resolution.features(&catalog).next()?;
//!     feature.properties().next()?.value.cloned()
//! };
//! let metered = Meter::Metered { limit: 3, per: Period::Month };
//! assert_eq!(value_of_first_property(&provisioning), Some(Value::Meter(metered)));
//!
//! // A workflow finds that this visitor may have more. The higher value wins.
//! provisioning.grant(&catalog, "premium", Origin::Workflow("trial".into()))?;
//! assert_eq!(value_of_first_property(&provisioning), Some(Value::Meter(Meter::On)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod catalog;

mod provision;
mod visitor;

mod resolve;

mod bucket;

pub use bucket::{RolloutPlace, test_group_100};
pub use calendar::Calendar;
pub use catalog::{
    Audience, Breaker, Catalog, CatalogError, Change, Component, Difference, FailureKind, FailureLadder, FailurePolicy,
    Feature, JwtAlgorithm, JwtIntegration, JwtKeys, Meter, Part, Period, Plan, PlanIndex, Problem, Property,
    PropertyKind, Surface, Value, Wins, WorkflowRules,
};
pub use provision::{Grant, Origin, Provisioning, UnknownPlan};
pub use resolve::{Resolution, Resolved, ResolvedFeature};
pub use visitor::{Bot, UserType, Visitor};
