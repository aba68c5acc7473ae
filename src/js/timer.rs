//! Time: a deadline that a timer or the caller's signal reaches first.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect, global};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    // Globals of every runtime; web-sys has them only of a window.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, ms: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// What reached a deadline.
#[derive(Debug)]
pub enum Reached {
    /// The time is up.
    Time,
    /// The caller's signal, with its reason.
    Abort(JsValue),
}

/// A deadline; dropping it stops the timer and lets go of the signal.
pub struct Deadline {
    promise: Promise,
    timer: JsValue,
    signal: Option<(AbortSignal, Closure<dyn FnMut()>)>,
    _on_time: Closure<dyn FnMut()>,
}

impl Deadline {
    /// Starts one.
    pub fn new(ms: u32, signal: Option<&AbortSignal>) -> Self {
        let resolve: Rc<RefCell<Option<Function>>> = Rc::default();
        let promise = Promise::new(&mut |resolve_it, _| *resolve.borrow_mut() = Some(resolve_it));
        let fire = || {
            let resolve = Rc::clone(&resolve);
            Closure::<dyn FnMut()>::new(move || {
                if let Some(resolve) = resolve.borrow_mut().take() {
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }
            })
        };
        let on_time = fire();
        let timer = set_timeout(on_time.as_ref().unchecked_ref(), ms);
        let signal = signal.map(|signal| {
            let on_abort = fire();
            if signal.aborted() {
                if let Some(resolve) = resolve.borrow_mut().take() {
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }
            } else {
                let _ = signal
                    .add_event_listener_with_callback("abort", on_abort.as_ref().unchecked_ref());
            }
            (signal.clone(), on_abort)
        });
        Self {
            promise,
            timer,
            signal,
            _on_time: on_time,
        }
    }

    /// Waits for `work`, no longer than to the deadline.
    ///
    /// # Errors
    /// What reached the deadline first; or, inside, what `work` was rejected with.
    pub async fn guard(&self, work: &Promise) -> Result<Result<JsValue, JsValue>, Reached> {
        // The marker cannot be what `work` gives: it is made here.
        let marker = JsValue::from(js_sys::Object::new());
        let marker_copy = marker.clone();
        let to_marker = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_| marker_copy.clone());
        let stopped: JsValue = Reflect::get(&self.promise, &"then".into())
            .ok()
            .and_then(|then| then.dyn_into::<Function>().ok())
            .and_then(|then| then.call1(&self.promise, to_marker.as_ref()).ok())
            .unwrap_or_default();
        let race = Promise::race(&Array::of2(work, &stopped));
        match JsFuture::from(race).await {
            Ok(value) if value == marker => Err(self.reached()),
            other => Ok(other),
        }
    }

    /// Waits for the deadline itself.
    pub async fn reach(&self) -> Reached {
        let _ = JsFuture::from(self.promise.clone()).await;
        self.reached()
    }

    fn reached(&self) -> Reached {
        match &self.signal {
            Some((signal, _)) if signal.aborted() => Reached::Abort(signal.reason()),
            _ => Reached::Time,
        }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
        if let Some((signal, on_abort)) = &self.signal {
            let _ = signal
                .remove_event_listener_with_callback("abort", on_abort.as_ref().unchecked_ref());
        }
    }
}

/// Pauses.
///
/// # Errors
/// The reason of the caller's signal, at once when it is given.
pub async fn sleep(ms: u32, signal: Option<&AbortSignal>) -> Result<(), JsValue> {
    match Deadline::new(ms, signal).reach().await {
        Reached::Time => Ok(()),
        Reached::Abort(reason) => Err(reason),
    }
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

/// Something of the global object, looked up when it is needed: tests and frameworks replace it.
pub fn global_member(name: &str) -> JsValue {
    Reflect::get(&global(), &name.into()).unwrap_or_default()
}
