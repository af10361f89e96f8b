#![doc = include_str!("../README.md")]

mod bundle;
mod draft;
mod open;

mod release;
mod text;

mod archive;
mod digest;
mod layout;
mod trailer;

mod key;
mod key_file;

mod file;

pub use bundle::Bundle;
pub use digest::Digest;
pub use draft::{Draft, DraftError, DraftWorkflow};
pub use file::{ReadError, read_whole, remove_unfinished, write_whole};
pub use key::{KeyTextError, PublicKey, SigningKey, TrustedKeys};
pub use key_file::KeyFileError;
pub use open::OpenError;
pub use release::{BundledRelease, BundledWorkflow, LimitOverrides};
