//! Waiting, for whatever it is: no longer than its time, and no longer than the caller's signal allows.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::failure::Failure;
use crate::retry::Random;
use crate::text::{from_ascii, hex_into};
use crate::time::Now;

/// How a wait ended, in the words of `wait.js`.
#[wasm_bindgen]
#[derive(Clone, Copy, PartialEq, Eq)]
enum WaitResult {
    Value = "value",
    Thrown = "thrown",
    Late = "late",
    Aborted = "aborted",
}

#[wasm_bindgen(module = "/src/js/client/wait.js")]
extern "C" {
    /// `WaitEnd` of `wait.js`.
    type WaitEnd;
    #[wasm_bindgen(method, getter)]
    fn result(this: &WaitEnd) -> WaitResult;
    #[wasm_bindgen(method, getter)]
    fn value(this: &WaitEnd) -> JsValue;

    /// Waits for a promise, or for the time alone when there is none. What it gives never rejects.
    fn within(work: &JsValue, ms: u32, signal: &JsValue) -> Promise;
    /// The reason of a signal that is aborted; undefined when it is not.
    #[wasm_bindgen(js_name = abortReason)]
    fn abort_reason(signal: &JsValue) -> JsValue;
    /// What was thrown, in words.
    #[wasm_bindgen(js_name = messageOf)]
    pub fn message_of(thrown: &JsValue) -> String;
    /// Milliseconds of a clock that nobody sets.
    #[wasm_bindgen(js_name = monotonicMs)]
    fn monotonic_ms() -> f64;
}

/// What came of a wait that the caller did not end.
pub(super) enum Waited {
    /// It came.
    Value(JsValue),
    /// It was thrown.
    Thrown(JsValue),
    /// The time was up first.
    Late,
}

/// A wait under way. It is a future written out, because one that is `async` would be compiled into each that awaits it.
pub(super) struct Wait(JsFuture);

/// Waits for a promise for at most so many milliseconds.
pub(super) fn wait_for(work: &JsValue, ms: u32, signal: &JsValue) -> Wait {
    Wait(JsFuture::from(within(work, ms, signal)))
}

/// Waits so many milliseconds.
pub(super) fn pause(ms: u32, signal: &JsValue) -> Wait {
    wait_for(&JsValue::UNDEFINED, ms, signal)
}

impl Future for Wait {
    /// What came, or [`Failure::Aborted`].
    type Output = Result<Waited, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = Pin::new(&mut self.0).poll(context);
        end.map(|end| match end {
            Ok(end) => ended(end.unchecked_ref()),
            // What `within` gives rejects only where the platform's own timer throws.
            Err(thrown) => Ok(Waited::Thrown(thrown)),
        })
    }
}

fn ended(end: &WaitEnd) -> Result<Waited, Failure> {
    Ok(match end.result() {
        WaitResult::Value => Waited::Value(end.value()),
        WaitResult::Thrown => Waited::Thrown(end.value()),
        WaitResult::Aborted => return Err(Failure::Aborted(end.value())),
        _ => Waited::Late,
    })
}

/// Whether the caller still wants it.
///
/// # Errors
/// [`Failure::Aborted`].
pub(super) fn check_signal(signal: &JsValue) -> Result<(), Failure> {
    let reason = abort_reason(signal);
    if reason.is_undefined() {
        return Ok(());
    }
    Err(Failure::Aborted(reason))
}

/// The time, by both clocks.
pub(super) fn now() -> Now {
    Now {
        monotonic_ms: monotonic_ms() as i64,
        unix_ms: js_sys::Date::now() as i64,
    }
}

thread_local! {
    /// Drawn at random once for all calls of the module: a draw takes longer than a signature.
    // Without randomness the pauses are those of one seed: safe, if not spread.
    static SEED: Cell<u64> = Cell::new(getrandom::u64().unwrap_or_default());
}

/// A seed for the pauses of a call.
pub(super) fn random() -> Random {
    let seed = SEED.get();
    SEED.set(seed.wrapping_add(1));
    Random::new(seed)
}

/// A text, drawn at random, that tells a switchover from every other one in a journal, and a call from every other one.
pub(super) fn record_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness the time has to do.
    if getrandom::fill(&mut bytes).is_err() {
        bytes[..8].copy_from_slice(&now().unix_ms.to_be_bytes());
    }
    let mut hex = Vec::with_capacity(32);
    hex_into(&mut hex, &bytes);
    from_ascii(hex)
}
