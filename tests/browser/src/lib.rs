//! What the browser tests share: the emulator's admin addresses, and calls of the boundary with JSON options.
//!
//! The tests are in tests/: `page` runs in a page, `worker` in a dedicated worker. `wasm-pack test` runs both in
//! Chromium, Firefox or WebKitGTK, against the emulator that `DCS_EMULATOR_URL` named when they were compiled.
#![cfg(target_arch = "wasm32")]

pub mod call;
pub mod emulator;
