//! The core's errors as JavaScript has them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(feature = "client")]
use crate::error::Outcome;
use crate::error::{Error, Problem};

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = invalidArgument)]
    fn invalid_argument(field: &str, message: &str) -> JsValue;
}

/// What stands behind an error; the numbers are those of `platform.js`.
#[cfg(feature = "client")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Nothing of JavaScript.
    Plain,
    /// What was thrown is its cause.
    Cause,
    /// What was thrown is the error, made already, maybe for several calls.
    Made,
    /// What was thrown is the reason of the caller's signal: it is given as it is.
    Reason,
}

/// Why a call did not come to its end.
#[cfg(feature = "client")]
#[derive(Debug)]
pub struct Fail {
    /// For the core.
    pub error: Error,
    /// For JavaScript.
    pub how: How,
}

#[cfg(feature = "client")]
impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self {
            error,
            how: How::Plain,
        }
    }
}

#[cfg(feature = "client")]
impl Fail {
    /// The caller has given up.
    pub fn aborted() -> Self {
        Self {
            error: Error::aborted(),
            how: How::Reason,
        }
    }

    /// What a promise is rejected with. `outcome` is given for a swap.
    pub fn to_js(&self, room: &JsValue, outcome: Option<Outcome>) -> JsValue {
        let fields = super::platform::to_js(&self.error.to_json(outcome));
        let message = self.error.message();
        super::platform::fail(room, self.how as u32, self.error.name(), &message, &fields)
    }
}

/// The error of a synchronous call: an option was wrong.
pub fn refused(error: &Error) -> JsValue {
    match &**error {
        Problem::InvalidArgument { field, message } => invalid_argument(field, message),
        other => invalid_argument("credentials", &other.message()),
    }
}
