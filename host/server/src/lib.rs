#![doc = include_str!("../README.md")]

mod config;
mod server;

mod connections;
mod leftover;

mod app;
mod around;
mod keys;
mod request_id;
mod routes;

mod decide;

mod admin;

mod blueprint;
mod environments;
mod fleet;
mod publish;
mod rollout;
mod to_the_end;
mod unknown_slugs;

mod health;
mod metrics;

mod openapi;

mod echo;
mod extract;
mod respond;
mod whole;

pub use config::{Patience, ServerConfig};
pub use publish::PublishError;
pub use server::{Server, StartError};
pub use to_the_end::Abandoned;
pub use unknown_slugs::UnknownSlug;
