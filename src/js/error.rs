//! The core's errors as JavaScript has them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::sign::field_and_message;
use crate::error::{Error, Outcome};

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = invalidArgument)]
    fn invalid_argument(field: &str, message: &str) -> JsValue;
}

/// What stands behind an error; the numbers are those of `platform.js`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum How {
    /// Nothing of JavaScript.
    #[default]
    Plain,
    /// What was thrown is its cause.
    Cause,
    /// What was thrown is the error, made already, maybe for several calls.
    Made,
    /// What was thrown is the reason of the caller's signal: it is given as it is.
    Reason,
}

/// An error as JavaScript has it. `outcome` is given for a swap.
pub fn to_js(error: &Error, how: How, room: &JsValue, outcome: Option<Outcome>) -> JsValue {
    let fields = super::platform::to_js(&error.to_json(outcome));
    super::platform::fail(room, how as u32, error.name(), &error.message(), &fields)
}

/// The error of a synchronous call: an option was wrong.
pub fn refused(error: &Error) -> JsValue {
    let (field, message) = field_and_message(error);
    invalid_argument(field, message)
}
