//! Why a call did not come to its end. It is returned, and becomes an error of JavaScript where the promise is rejected.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::values::{set_member, to_js};
use super::wait::message_of;
use crate::call::Sent;
use crate::error::{Doubt, Error, Outcome};
use crate::json::Json;
use crate::switchover::Report;
use crate::text::concat;

#[wasm_bindgen(module = "/src/js/errors.js")]
extern "C" {
    /// An error of the class `name`, with these fields.
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(name: &str, message: &str, fields: &JsValue) -> JsValue;
    /// An error that several calls share, for one of them.
    #[wasm_bindgen(js_name = withOutcome)]
    fn with_outcome(error: &JsValue, outcome: Option<&str>, doubt: Option<&str>) -> JsValue;
}

/// Why a call, a switchover or the following of a job did not come to its end.
pub(super) enum Failure {
    /// An error of the core.
    Error {
        /// The error.
        error: Error,
        /// What JavaScript threw, if that is behind it; undefined otherwise.
        cause: JsValue,
    },
    /// An error that JavaScript has already, perhaps for several calls: of options, of a provider, of a look-up.
    Shared(JsValue),
    /// The caller's signal, and the reason it gave. The promise is rejected with that reason.
    Aborted(JsValue),
    /// A switchover that cannot say "swapped", or a job that ended without success: the error that tells it.
    Ended(JsValue),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let cause = JsValue::UNDEFINED;
        Self::Error { error, cause }
    }
}

impl Failure {
    /// The error as the core has it, for a machine that decides what follows from it.
    pub(super) fn to_error(&self) -> Error {
        match self {
            Self::Error { error, .. } => error.clone(),
            Self::Aborted(_) => Error::aborted(),
            Self::Shared(error) | Self::Ended(error) => Error::credentials(&message_of(error)),
        }
    }

    /// What the promise is rejected with. `sent` is given for a swap: what was sent for it, and what became of that.
    pub(super) fn to_js(&self, sent: Option<Sent>) -> JsValue {
        let outcome = sent.map(|sent| sent.outcome);
        let doubt = sent.and_then(|sent| sent.doubt);
        match self {
            Self::Aborted(error) | Self::Ended(error) => error.clone(),
            Self::Shared(error) => with_outcome(
                error,
                outcome.map(Outcome::as_str),
                doubt.map(Doubt::as_str),
            ),
            Self::Error { error, cause } => {
                let fields = to_js(&error.to_json(outcome, doubt));
                set_member(&fields, "cause", cause);
                make_error(error.name(), &error.message(), &fields)
            }
        }
    }
}

/// The error of a switchover that cannot say "swapped".
pub(super) fn switchover_failure(report: &Report, value: &JsValue, cause: &JsValue) -> Failure {
    let mut fields = switchover_fields();
    fields.add_text("outcome", report.outcome.as_str());
    fields.add_given("doubt", report.doubt.map(Doubt::as_str));
    let fields = to_js(&fields);
    set_member(&fields, "report", value);
    set_member(&fields, "cause", cause);
    let message = concat(&[report.verdict.as_str(), ": ", &report.reason]);
    Failure::Ended(make_error(SWITCHOVER_ERROR, &message, &fields))
}

/// The error of a job that ended without success.
pub(super) fn job_failure(why: &str, job: &JsValue) -> Failure {
    let fields = to_js(&switchover_fields());
    set_member(&fields, "job", job);
    let message = concat(&["the job failed: ", why]);
    Failure::Ended(make_error(SWITCHOVER_ERROR, &message, &fields))
}

const SWITCHOVER_ERROR: &str = "SwitchoverError";

fn switchover_fields() -> Json {
    let mut fields = Json::object();
    fields.add_text("code", "SWITCHOVER");
    fields.add("retryable", Json::Bool(false));
    fields
}
