#![doc = include_str!("../README.md")]

mod bindings;
mod claims;
mod context;
mod customer;
pub mod env;
mod host;
mod http;
pub mod identity;
mod json;
pub mod log;
mod manifest;
mod plan_slugs;
mod plans;
mod request;
mod resource;
mod run;
#[cfg(not(target_family = "wasm"))]
pub mod testing;
mod time;
#[cfg(all(target_os = "wasi", target_env = "p2"))]
mod wasi;

pub use usher_guest_macros::workflow;
#[cfg(feature = "heap")]
use workflow_heap as _;

pub use crate::bindings::types::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Resource, UserType, Utm,
};
pub use crate::claims::ClaimsError;
pub use crate::plan_slugs::{PlanSlugs, PlansOf};
pub use crate::plans::IntoPlans;
pub use crate::request::Request;
pub use crate::resource::ResourceError;
pub use crate::time::{CivilTime, Instant, InstantError, Weekday};

/// What `#[workflow]` expands to. Not for authors: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::__stamp_manifest as stamp_manifest;
    pub use crate::bindings::{
        __export_world_workflow_cabi, __post_return_provision, _export_provision_cabi, Guest, Request as Told,
        export_workflow,
    };
    pub use crate::manifest::{Manifest, check_slugs};
    pub use crate::run::{Answer, begin, end, end_async, end_async_of, end_of};
}
