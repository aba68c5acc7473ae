//! The WebAssembly boundary: thin. It turns JavaScript's options into the core's values, does what the core asks for
//! with `fetch` and timers, and gives answers and errors back as JavaScript has them.

mod error;
mod sign;
mod value;

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credentials;
#[cfg(feature = "client")]
mod fetch;
#[cfg(feature = "client")]
mod follow;
#[cfg(feature = "client")]
mod project;
#[cfg(feature = "client")]
mod switchover;
#[cfg(feature = "client")]
mod timer;

#[cfg(feature = "client")]
pub use client::{Client, change_master_standby_async, regions};
#[cfg(feature = "client")]
pub use follow::Follow;
#[cfg(feature = "client")]
pub use sign::parse_profile;
pub use sign::{Credential, sign, version};
