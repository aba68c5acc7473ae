//! Plain values on their way across the boundary.
//!
//! - **Out** (events, fields of errors, what a signer is given, the headers of a request) they go through serde:
//!   [`to_js`].
//! - **In** (options, what the core reads of an answer, what a signer gave) they come packed in one string, which `pack`
//!   of `values.js` writes and [`Json::unpack`] reads. A crossing costs more than a character: the answer of ShowInstance,
//!   read whole and member by member through serde-wasm-bindgen, takes longer than its signature does.

use js_sys::Reflect;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::json::Json;

#[wasm_bindgen(module = "/src/js/client/values.js")]
extern "C" {
    /// Packs a plain value that nests no more deeply than that.
    #[wasm_bindgen(catch)]
    fn pack(value: &JsValue, depth: u32) -> Result<String, JsValue>;
}

/// A plain value on its way in; none when it nests too deeply, or a getter or proxy threw.
pub(super) fn from_js(value: &JsValue, depth: u32) -> Option<Json> {
    pack(value, depth).ok().map(|packed| Json::unpack(&packed))
}

/// A value on its way out.
pub(super) fn to_js(json: &Json) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    // Fails for nothing that JSON can hold.
    json.serialize(&serializer).unwrap_or_default()
}

/// Gives a plain object, which this crate has made, a member that only JavaScript has; undefined is not given.
pub(super) fn set_member(object: &JsValue, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        // Fails for no object of ours.
        let _ = Reflect::set(object, &name.into(), value);
    }
}
