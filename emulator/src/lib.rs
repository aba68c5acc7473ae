//! A local Huawei Cloud DCS.
//!
//! One loopback port serves IAM, the DCS operations and the cloud server's metadata service, checks
//! every signature from the raw bytes that arrived, and answers the errors the services publish.
//!
//! | module | what is in it |
//! |---|---|
//! | [`config`] | the command line and the built-in ids and keys |
//! | [`auth`] | who sent a request |
//! | [`gateway`] | the way of a request: fault, authentication, operation, fault, log |
//! | [`service`] | the operations |
//! | [`fleet`] | instances, their nodes, their jobs |
//! | [`faults`] | what can be made to go wrong |
//! | [`wire`] | answers that HTTP libraries refuse to give |
//! | [`admin`] | `/_emulator/...`: arming faults, reading the truth |
//! | [`server`] | sockets, start and end |

pub mod admin;
pub mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod cors;
pub mod errors;
pub mod faults;
pub mod fleet;
pub mod gateway;
pub mod journal;
pub mod server;
pub mod service;
pub mod site;
pub mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere: the emulator's tables have no state between two writes.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
