//! The platform, as `platform.js` gives it: reading values, time, the answer of a fetch.

use js_sys::{Array, Function, Object, Promise, Reflect, global};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request};

use crate::json::Json;

#[wasm_bindgen(module = "/src/js/platform.js")]
extern "C" {
    /// The plain options packed, then credentials, signer, signal, fetch, onEvent.
    #[wasm_bindgen(catch, js_name = readOptions)]
    pub fn read_options(options: &JsValue) -> Result<Array, JsValue>;
    /// How a wait ended: a pair of [`Ended`] and a value. Never rejects.
    fn settle(work: &JsValue, ms: u32, signal: Option<&AbortSignal>) -> Promise;
    /// Fetches, and reads the answer; ends as [`settle`].
    pub fn exchange(
        fetch: &Function,
        request: &Request,
        controller: &AbortController,
        most: u32,
        ms: u32,
        signal: Option<&AbortSignal>,
    ) -> Promise;
    /// What is kept under a key.
    pub fn remember(key: &str, promise: Option<&Promise>) -> Option<Promise>;
}

/// How a wait ended.
pub enum Ended {
    /// With a value.
    Value(JsValue),
    /// With what was thrown, and the reason in words.
    Thrown(JsValue, String),
    /// The time was up.
    Time,
    /// By the caller's signal, with its reason.
    Abort(JsValue),
}

/// Waits for work, or only for time and signal when it is undefined.
pub async fn wait(work: &JsValue, ms: u32, signal: Option<&AbortSignal>) -> Ended {
    ended(&settle(work, ms, signal)).await
}

/// The end of a promise of [`settle`] or [`exchange`].
pub async fn ended(promise: &Promise) -> Ended {
    let pair: Array = JsFuture::from(promise.clone())
        .await
        .unwrap_or_default()
        .unchecked_into();
    match pair.get(0).as_f64() {
        Some(0.0) => Ended::Value(pair.get(1)),
        Some(1.0) => Ended::Thrown(pair.get(1), pair.get(2).as_string().unwrap_or_default()),
        Some(3.0) => Ended::Abort(pair.get(1)),
        _ => Ended::Time,
    }
}

/// A value on its way out.
pub fn to_js(json: &Json) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    // Fails for nothing that JSON can hold.
    json.serialize(&serializer).unwrap_or_default()
}

/// Sets a member of an object of ours, unless it is undefined.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        let _ = Reflect::set(object, &name.into(), value);
    }
}

/// Sets a member that is not enumerable.
pub fn set_hidden(object: &Object, name: &str, value: &JsValue) {
    let descriptor = Object::new();
    set(&descriptor, "value", value);
    Object::define_property(object, &name.into(), &descriptor);
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

/// The undefined value as none.
pub fn given(value: JsValue) -> Option<JsValue> {
    (!value.is_undefined()).then_some(value)
}
