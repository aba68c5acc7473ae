//! The core's errors as JavaScript has them.

use js_sys::Object;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::value::{object, optional, set};
use crate::error::{Error, Outcome};

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(name: &str, message: &str, fields: &Object) -> JsValue;
}

/// Why a call did not come to its end.
#[derive(Debug)]
pub enum Fail {
    /// An error of the core, with what JavaScript threw, if it did.
    Error(Error, Option<JsValue>),
    /// The caller's signal, with its reason.
    Abort(JsValue),
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self::Error(error, None)
    }
}

impl Fail {
    /// The core's error, for its machines.
    #[cfg(feature = "client")]
    pub fn error(&self) -> Error {
        match self {
            Self::Error(error, _) => error.clone(),
            Self::Abort(_) => Error::Aborted,
        }
    }

    /// What a promise is rejected with.
    pub fn into_js(self, outcome: Option<Outcome>) -> JsValue {
        match self {
            Self::Error(error, cause) => to_js(&error, cause, outcome),
            Self::Abort(reason) => reason,
        }
    }
}

/// An error object.
pub fn to_js(error: &Error, cause: Option<JsValue>, outcome: Option<Outcome>) -> JsValue {
    let fields = object(&[
        ("code", error.code().into()),
        ("retryable", is_retryable(error, outcome).into()),
        ("outcome", optional(outcome.map(Outcome::as_str))),
    ]);
    if let Some(cause) = cause {
        set(&fields, "cause", &cause);
    }
    let name = match error {
        Error::InvalidArgument { field, .. } => {
            set(&fields, "field", &field.as_str().into());
            "InvalidArgumentError"
        }
        Error::Credentials { .. } => "CredentialsError",
        Error::Service(error) => {
            for (name, value) in [
                ("httpStatusCode", error.http_status.into()),
                ("requestId", optional(error.request_id.as_deref())),
                ("error_code", error.error_code.as_str().into()),
                ("error_msg", error.error_msg.as_str().into()),
                ("error_ext_msg", optional(error.error_ext_msg.as_deref())),
                (
                    "encodedAuthorizationMessage",
                    optional(error.encoded_authorization_message.as_deref()),
                ),
                ("hint", optional(error.hint())),
            ] {
                set(&fields, name, &value);
            }
            "ServiceResponseError"
        }
        Error::Connection { .. } | Error::Aborted => "ConnectionError",
        Error::Timeout { timeout_ms } => {
            set(&fields, "timeoutMs", &(*timeout_ms).into());
            "RequestTimeoutError"
        }
        Error::ResponseFormat(error) => {
            set(&fields, "httpStatusCode", &error.http_status.into());
            set(&fields, "requestId", &optional(error.request_id.as_deref()));
            set(&fields, "bodyExcerpt", &error.body_excerpt.as_str().into());
            "ResponseFormatError"
        }
    };
    make_error(name, &error.to_string(), &fields)
}

/// A swap may be tried again only where it surely did not run.
fn is_retryable(error: &Error, outcome: Option<Outcome>) -> bool {
    error.is_retryable() && !matches!(outcome, Some(Outcome::Unknown | Outcome::Accepted))
}

/// A switchover that did not come to changed roles.
#[cfg(feature = "client")]
pub fn switchover_error(message: &str, fields: &Object) -> JsValue {
    set(fields, "code", &"SWITCHOVER".into());
    set(fields, "retryable", &false.into());
    make_error("SwitchoverError", message, fields)
}
