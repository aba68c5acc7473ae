//! The core's errors as JavaScript has them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Error;
#[cfg(feature = "client")]
use crate::error::Outcome;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[cfg(feature = "client")]
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(name: &str, message: &str, fields: &JsValue) -> JsValue;
    #[cfg(feature = "client")]
    #[wasm_bindgen(js_name = withOutcome)]
    fn with_outcome(error: &JsValue, outcome: Option<&str>) -> JsValue;
    #[wasm_bindgen(js_name = invalidArgument)]
    fn invalid_argument(field: &str, message: &str) -> JsValue;
}

/// Why a call did not come to its end.
#[cfg(feature = "client")]
#[derive(Debug)]
pub enum Fail {
    /// An error of the core, with what JavaScript threw, or undefined.
    Error(Error, JsValue),
    /// What is given to the caller as it is: the reason of its signal.
    Thrown(JsValue),
    /// An error that is made already, maybe for several calls.
    Made(Error, JsValue),
}

#[cfg(feature = "client")]
impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self::Error(error, JsValue::UNDEFINED)
    }
}

#[cfg(feature = "client")]
impl Fail {
    /// What a promise is rejected with. `outcome` is given for a swap.
    pub fn into_js(self, outcome: Option<Outcome>) -> JsValue {
        match self {
            Self::Error(error, cause) => to_js(&error, &cause, outcome),
            Self::Made(_, made) => with_outcome(&made, outcome.map(Outcome::as_str)),
            Self::Thrown(value) => value,
        }
    }
}

/// An error object.
#[cfg(feature = "client")]
pub fn to_js(error: &Error, cause: &JsValue, outcome: Option<Outcome>) -> JsValue {
    let fields = super::platform::to_js(&error.to_json(outcome));
    super::platform::set(&fields, "cause", cause);
    make_error(error.name(), &error.message(), &fields)
}

/// A switchover that did not come to changed roles, or a job that failed.
#[cfg(feature = "client")]
pub fn switchover_error(message: &str, fields: &JsValue) -> JsValue {
    make_error("SwitchoverError", message, fields)
}

/// The error of a synchronous call: an option was wrong.
pub fn refused(error: &Error) -> JsValue {
    match error {
        Error::InvalidArgument { field, message } => invalid_argument(field, message),
        other => invalid_argument("credentials", &other.message()),
    }
}
