//! The WebAssembly boundary: thin. It turns JavaScript's options into the core's values, does what the core asks for
//! with `fetch` and timers, and gives answers and errors back as JavaScript has them.

#[cfg(feature = "client")]
mod error;
mod sign;

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod context;
#[cfg(feature = "client")]
mod platform;
#[cfg(feature = "client")]
mod run;
#[cfg(feature = "client")]
mod switchover;

#[cfg(feature = "client")]
pub use client::{Client, change_master_standby_async, regions};
pub use sign::{Credential, hold, made, part, read_from, refusal, reserve, sign};

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use zeroizing_alloc::ZeroAlloc;

/// A fifth of the size of the default allocator. Memory is wiped when it is freed: tokens pass through headers and
/// canonical requests, whose texts nobody else would wipe.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<WasmDynamicTalc> = ZeroAlloc(new_wasm_dynamic_allocator());
