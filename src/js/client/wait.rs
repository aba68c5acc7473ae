//! Waiting, for whatever it is: no longer than its time, and no longer than the caller's signal allows.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::failure::Failure;

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
    #[wasm_bindgen(method, getter)]
    fn message(this: &WaitEnd) -> Option<String>;

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
pub enum Waited {
    /// It came.
    Value(JsValue),
    /// It was thrown.
    Thrown {
        /// What was thrown.
        thrown: JsValue,
        /// The same in words.
        message: String,
    },
    /// The time was up first.
    Late,
}

/// A wait under way. It is a future written out, because one that is `async` would be compiled into each that awaits it.
pub struct Wait(JsFuture);

/// Waits for a promise for at most so many milliseconds.
pub fn wait_for(work: &JsValue, ms: u32, signal: &JsValue) -> Wait {
    Wait(JsFuture::from(within(work, ms, signal)))
}

/// Waits so many milliseconds.
pub fn pause(ms: u32, signal: &JsValue) -> Wait {
    wait_for(&JsValue::UNDEFINED, ms, signal)
}

impl Future for Wait {
    /// What came, or [`Failure::Aborted`].
    type Output = Result<Waited, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // What `within` gives rejects for nothing.
        let end = Pin::new(&mut self.0).poll(context);
        end.map(|end| ended(end.unwrap_or_default().unchecked_ref()))
    }
}

fn ended(end: &WaitEnd) -> Result<Waited, Failure> {
    Ok(match end.result() {
        WaitResult::Value => Waited::Value(end.value()),
        WaitResult::Thrown => Waited::Thrown {
            thrown: end.value(),
            message: end.message().unwrap_or_default(),
        },
        WaitResult::Aborted => return Err(Failure::Aborted(end.value())),
        _ => Waited::Late,
    })
}

/// Whether the caller still wants it.
///
/// # Errors
/// [`Failure::Aborted`].
pub fn check_signal(signal: &JsValue) -> Result<(), Failure> {
    let reason = abort_reason(signal);
    if reason.is_undefined() {
        return Ok(());
    }
    Err(Failure::Aborted(reason))
}

/// This machine's clock, in milliseconds since 1970.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// A random number from 0 to 1.
pub fn random() -> f64 {
    // Without randomness the pause is the longest: safe, if not spread.
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}
