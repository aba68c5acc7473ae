//! The platform, as `platform.js` gives it: reading options, waiting, fetching, telling.
//!
//! What a call has of JavaScript's own (signal, fetch, listener, provider or signer, the value of the last answer, what
//! was thrown last) stays in one object there, its room. This side only hands the room on.

use js_sys::{Array, Promise};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::RequestInit;

use crate::json::Json;

#[wasm_bindgen(module = "/src/js/platform.js")]
extern "C" {
    /// Reads options over those of `base`: a text, the room, and the credentials. The text is a letter (`h` credentials,
    /// `p` a provider, `s` a signer, `n` none of them, `e` refused: the error is the room's) and the plain options.
    #[wasm_bindgen(js_name = readOptions)]
    pub fn read_options(options: &JsValue, base: &JsValue) -> Array;
    /// Begins an [`Act`], within its time and the caller's signal.
    fn act(room: &JsValue, what: u32, ms: u32, value: &JsValue);
    /// What a caller is given: a promise that [`finish`] resolves or rejects.
    pub fn promise(room: &JsValue) -> Promise;
    /// Rejects or resolves it.
    pub fn finish(room: &JsValue, failed: bool, value: &JsValue);
    /// What is waited for: it resolves to what [`Came`] reads, and never rejects.
    pub fn waiting(room: &JsValue) -> Promise;
    /// Whether a request may leave: 0; the caller has given up: 1; there is no fetch: 2.
    pub fn ready(room: &JsValue) -> u32;
    /// The options of a request: what cancels it, and what must not happen to it. Workers of the edge kind know only what
    /// is not `strict`.
    pub fn guard(room: &JsValue, init: &JsValue, strict: bool) -> RequestInit;
    /// Keeps something thrown, as the cause of the next error or as the error itself; or what the task resolves to.
    pub fn keep(room: &JsValue, thrown: bool, value: &JsValue);
    /// Tells the listener.
    pub fn tell(room: &JsValue, event: &JsValue);
    /// The error of a call; `how` is [`super::error::How`].
    pub fn fail(room: &JsValue, how: u32, name: &str, message: &str, fields: &JsValue) -> JsValue;
    /// What the last answer held, or else what was kept; the credentials that a provider gave.
    pub fn value(room: &JsValue) -> JsValue;
    /// A room for a look-up that others may wait for: the signal of the call that asks first must not end it.
    pub fn alone(room: &JsValue) -> JsValue;
    /// What is kept under a key.
    pub fn remember(key: &str, promise: Option<&Promise>) -> Option<Promise>;
}

/// What is waited for.
#[derive(Clone, Copy)]
pub enum Act {
    /// Nothing but the time.
    Pause,
    /// Credentials of the provider; the value makes them.
    Credentials,
    /// Headers of the signer; the value is what it is given.
    Sign,
    /// The look-up of a project id.
    Project,
    /// The answer to the request.
    Send,
}

impl Act {
    /// Begins.
    pub fn begin(self, room: &JsValue, ms: u32, value: &JsValue) {
        act(room, self as u32, ms, value);
    }
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a value.
    Value,
    /// With something thrown, which the room keeps; the text is the reason in words.
    Thrown,
    /// The time was up.
    Time,
    /// By the caller's signal, whose reason the room keeps.
    Abort,
}

/// What came of a wait: a letter that says how it ended, and a text, packed where it is more than one.
#[derive(Default)]
pub struct Came(String);

impl Came {
    /// Reads what [`act`] resolves to.
    pub fn read(text: &JsValue) -> Self {
        Self(text.as_string().unwrap_or_default())
    }

    /// How it ended.
    pub fn ended(&self) -> Ended {
        match self.0.as_bytes().first() {
            Some(b't') => Ended::Thrown,
            Some(b'l') => Ended::Time,
            Some(b'a') => Ended::Abort,
            _ => Ended::Value,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.0.get(1..).unwrap_or_default()
    }
}

/// A value on its way out.
pub fn to_js(json: &Json) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    // Fails for nothing that JSON can hold.
    json.serialize(&serializer).unwrap_or_default()
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
