//! The emulator without its shell: a request in, an answer out.
//!
//! It has no socket, no thread, no clock and no randomness of its own; a [`world::World`] is given.
//! So it runs in a process behind a socket, in a page, and in a test with a clock of its own.
//!
//! | module | what is in it |
//! |---|---|
//! | [`app`] | what all requests share, and where one is answered |
//! | [`world`] | time, randomness, and doing something meanwhile: given |
//! | [`config`] | options, and the built-in ids and keys |
//! | [`auth`] | who sent a request |
//! | [`gateway`] | the way of a request: fault, authentication, operation, fault, log |
//! | [`service`] | the operations |
//! | [`fleet`] | instances, their nodes, their jobs and tasks |
//! | [`faults`] | what can be made to go wrong |
//! | [`script`] | answers that HTTP libraries refuse to give |
//! | [`admin`] | `/_emulator/...`: arming faults, reading the truth |

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
pub mod script;
pub mod service;
pub mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere: the emulator's tables have no state between two writes.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
