//! Switch the master and standby nodes of a Huawei Cloud DCS (Redis) instance: at most once per call, followed to its
//! end, verified. Compiled to WebAssembly this is the npm package `huaweicloud-dcs`.
//!
//! The core is pure: values and functions without JavaScript, clock, randomness or network, so that every path can be
//! tested natively. The boundary turns JavaScript's options into those values, and does what the core asks for.
//!
//! | module | what is in it |
//! |---|---|
//! | [`sign`] | canonical request, string to sign, the algorithms |
//! | [`credential`] | access keys and tokens, wiped when dropped; the profile file |
//! | [`region`] | regions and endpoints |
//! | [`operation`] | one file an operation: what it is given, sends and is promised |
//! | [`http`], [`json`] | requests, responses and JSON as plain values |
//! | [`error`] | the error model, and reading a service's error |

pub mod call;
pub mod config;
pub mod credential;
pub mod error;
pub mod http;
#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod json;
pub mod operation;
pub mod region;
pub mod retry;
pub mod sign;
pub mod switchover;
mod text;
