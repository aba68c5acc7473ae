//! A local Huawei Cloud DCS: a shell around [`dcs_emulator_core`], which does what the services do.
//!
//! One loopback port serves IAM, STS, DCS, Cloud Eye and the services of a cloud server and a pod.
//!
//! | module | what is in it |
//! |---|---|
//! | [`options`] | the command line |
//! | [`server`] | sockets, start and end |
//! | [`runtime`] | the clock, the randomness and the tasks that the core is given |
//! | [`redis`] | nodes that are real Redis servers |
//! | [`wire`] | answers that HTTP libraries refuse to give |
//! | [`site`] | static files |

pub mod options;
pub mod redis;
pub mod runtime;
pub mod server;
pub mod site;
pub mod wire;

pub use dcs_emulator_core::{auth, config};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
