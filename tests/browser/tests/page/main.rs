//! The boundary in a page of a real browser.
#![cfg(target_arch = "wasm32")]

mod abort;
mod answers;
mod change_master_standby_async;
mod credentials;
mod options;
mod switchover;
mod vectors;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
