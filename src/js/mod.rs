//! The WebAssembly boundary: thin. It turns JavaScript's options into the core's values, does what the core asks for
//! with `fetch` and timers, and gives answers and errors back as JavaScript has them.
//!
//! # The life of a call
//! 1. `Client::call` ([`client`]) has `options.js` read the options object once, and `config` check it.
//! 2. `task` makes the promise, and starts the one future behind it.
//! 3. `call` asks for the credential and the project id, then asks the core's machine what is next:
//! 4. to send, it signs (`request`), calls `fetch`, and waits for the answer (`wait`), which `response.js` reads;
//! 5. to wait, it waits; at the end it gives the answer, or a `failure`, which becomes the error of the promise.
//!
//! # What crosses, and how
//! | what | how | on this side | on the other |
//! |---|---|---|---|
//! | plain values that come in: options, what the core reads of an answer, a signer's headers | packed in one string | `Json::unpack` | `pack` of `client/values.js` |
//! | plain values that go out: events, fields of errors, headers | serde | `client/values.rs` | |
//! | what is JavaScript's own (signal, `fetch`, listener, an answer for the caller) | as it is, in an object whose members are read by name | `ReadOptions`, `WaitEnd`, `Answer` | the types of those names in `client/*.js` |
//! | what is signed, and the signature | bytes in two buffers | `memory.rs`, `sign.rs` | `memory.mjs`, `sign.mjs` of the package |
//! | credentials | packed in one string or in the input buffer | `credential.rs` | `credential.js` |
//!
//! Nothing that a getter, a proxy or a function of the caller throws passes through wasm, which would leave the instance
//! in disorder: it is caught in JavaScript, and comes as a value.

#[cfg(feature = "client")]
mod client;
#[cfg_attr(
    not(feature = "signer"),
    allow(dead_code, reason = "a page's client has no credential")
)]
mod credential;
#[cfg_attr(
    not(feature = "signer"),
    allow(dead_code, reason = "only credentials and signing cross in memory")
)]
mod memory;
#[cfg(feature = "signer")]
mod sign;

#[cfg(feature = "client")]
pub use client::{Client, Follow};
#[cfg(all(feature = "client", feature = "signer"))]
pub use client::{change_master_standby_async, regions};
pub use credential::Credential;
#[cfg(feature = "signer")]
pub use credential::{access_key_id, take_credential, token_of};
pub use memory::{linear_memory, output, output_size, reserve};
#[cfg(feature = "signer")]
pub use sign::{SignedBody, read_from, sign};

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use zeroizing_alloc::ZeroAlloc;

/// A fifth of the size of the default allocator. Memory is wiped when it is freed: tokens pass through headers and
/// canonical requests, whose texts nobody else would wipe.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<WasmDynamicTalc> = ZeroAlloc(new_wasm_dynamic_allocator());
