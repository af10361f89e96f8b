#![doc = include_str!("../README.md")]

mod server;

mod app;
mod keys;
mod routes;

mod decide;

mod admin;

mod admission;
mod blueprint;
mod publish;
mod to_the_end;

mod health;
mod metrics;

mod echo;
mod extract;
mod respond;

pub use admission::AdmissionError;
pub use publish::PublishError;
pub use server::{Server, ServerConfig, StartError};
pub use to_the_end::Abandoned;
