//! The error model: one type, an enum of what a caller can act on, and the reading of a service's error.

mod codes;

use std::fmt;
use std::ops::Deref;

use crate::http::{Failure, Response};
use crate::json::Json;
use crate::text::{concat, decimal, excerpt};

pub use codes::{Kind, kind};

/// What went wrong. One word wherever it is handed on; [`Problem`] says more.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Problem>);

/// What went wrong, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// An option is missing or malformed; nothing was sent.
    InvalidArgument {
        /// The option, for example `instanceId`.
        field: String,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// No credentials, or their provider or the remote signer failed.
    Credentials {
        /// What failed.
        message: String,
    },
    /// The service answered 4xx or 5xx.
    Service(ServiceError),
    /// There is no answer.
    Connection {
        /// What the platform said.
        message: String,
    },
    /// The time for one attempt passed.
    Timeout {
        /// The time, in milliseconds.
        timeout_ms: u32,
    },
    /// An answer that is not what the API promises.
    ResponseFormat(FormatError),
    /// The caller's signal.
    Aborted,
}

impl Deref for Error {
    type Target = Problem;

    fn deref(&self) -> &Problem {
        &self.0
    }
}

impl From<Problem> for Error {
    #[inline(never)]
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

/// An error answer of the service, whatever its shape.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceError {
    /// 400 to 599.
    pub http_status: u16,
    /// `X-Request-Id`, or `request_id` of the body.
    pub request_id: Option<String>,
    /// The service's code; the HTTP status where the body has none.
    pub error_code: String,
    /// The service's message; the start of the body where it has none.
    pub error_msg: String,
    /// More, from DCS.
    pub error_ext_msg: Option<String>,
    /// Of a refusal by policy.
    pub encoded_authorization_message: Option<String>,
}

/// An answer that cannot be used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FormatError {
    /// The HTTP status.
    pub http_status: u16,
    /// `X-Request-Id`
    pub request_id: Option<String>,
    /// What is wrong.
    pub message: String,
    /// The first 200 characters.
    pub body_excerpt: String,
}

/// What became of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing that could swap was sent.
    NotSent,
    /// The service refused it.
    Rejected,
    /// It may have run.
    Unknown,
    /// The service accepted it.
    Accepted,
}

impl Outcome {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
        }
    }
}

impl Error {
    #[inline(never)]
    pub(crate) fn invalid(field: &str, message: &str) -> Self {
        let (field, message) = (field.to_owned(), message.to_owned());
        Problem::InvalidArgument { field, message }.into()
    }

    /// Something about credentials.
    #[inline(never)]
    pub fn credentials(message: &str) -> Self {
        let message = message.to_owned();
        Problem::Credentials { message }.into()
    }

    /// No answer, for what the platform says.
    #[inline(never)]
    pub fn connection(message: &str) -> Self {
        let message = message.to_owned();
        Problem::Connection { message }.into()
    }

    /// No answer within so many milliseconds.
    #[inline(never)]
    pub fn timeout(timeout_ms: u32) -> Self {
        Problem::Timeout { timeout_ms }.into()
    }

    /// The caller's signal.
    #[inline(never)]
    pub fn aborted() -> Self {
        Problem::Aborted.into()
    }

    /// An answer that is not what `expected` says.
    pub(crate) fn format(response: &Response, expected: &str) -> Self {
        Problem::ResponseFormat(FormatError {
            http_status: response.status,
            request_id: response.request_id.clone(),
            message: concat(&["the answer is not what the API promises: ", expected]),
            body_excerpt: excerpt(&response.body, 200),
        })
        .into()
    }

    /// A value, from an answer of 200, that is not what `expected` says.
    pub(crate) fn unexpected(expected: &str) -> Self {
        let response = Response {
            status: 200,
            ..Response::default()
        };
        Self::format(&response, expected)
    }

    /// Reads the error of an answer of status 400 and above.
    ///
    /// Every body gives an error: the shapes of DCS, of the gateway, of IAM and of other services are read, also nested;
    /// anything else becomes the message, under the HTTP status as its code.
    pub fn from_response(response: &Response) -> Self {
        let mut error = ServiceError {
            http_status: response.status,
            request_id: response.request_id.clone(),
            ..ServiceError::default()
        };
        if let Some(json) = &response.json {
            error.read(json);
        }
        if error.error_code.is_empty() {
            error.error_code = decimal(response.status.into());
        }
        if error.error_msg.is_empty() {
            error.error_msg = excerpt(&response.body, MESSAGE_CHARS);
        }
        if error.error_msg.is_empty() {
            error.error_msg.push_str("the service gave no message");
        }
        Problem::Service(error).into()
    }

    /// The error of a request that got no answer.
    pub fn from_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Connection(message) => Self::connection(message),
            Failure::Timeout(timeout_ms) => Self::timeout(*timeout_ms),
        }
    }
}

impl Problem {
    /// The name of the class in JavaScript.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidArgument { .. } => "InvalidArgumentError",
            Self::Credentials { .. } => "CredentialsError",
            Self::Service(_) => "ServiceResponseError",
            Self::Connection { .. } | Self::Aborted => "ConnectionError",
            Self::Timeout { .. } => "RequestTimeoutError",
            Self::ResponseFormat(_) => "ResponseFormatError",
        }
    }

    /// The fields that JavaScript's error has beside its message. `outcome` is given for a swap.
    pub fn to_json(&self, outcome: Option<Outcome>) -> Json {
        // A swap may be tried again only where it surely did not run.
        let sure = !matches!(outcome, Some(Outcome::Unknown | Outcome::Accepted));
        let mut json = Json::object();
        json.add_text("code", self.code());
        json.add("retryable", Json::Bool(sure && self.is_retryable()));
        json.add_given("outcome", outcome.map(Outcome::as_str));
        match self {
            Self::InvalidArgument { field, .. } => json.add_text("field", field),
            Self::Service(error) => {
                json.add_answer(error.http_status, error.request_id.as_deref());
                json.add_text("error_code", &error.error_code);
                json.add_text("error_msg", &error.error_msg);
                json.add_given("error_ext_msg", error.error_ext_msg.as_deref());
                let encoded = error.encoded_authorization_message.as_deref();
                json.add_given("encodedAuthorizationMessage", encoded);
                json.add_given("hint", error.hint());
            }
            Self::Timeout { timeout_ms } => json.add_number("timeoutMs", (*timeout_ms).into()),
            Self::ResponseFormat(error) => {
                json.add_answer(error.http_status, error.request_id.as_deref());
                json.add_text("bodyExcerpt", &error.body_excerpt);
            }
            _ => {}
        }
        json
    }

    /// The service's code, or one of this package.
    pub fn code(&self) -> &str {
        match self {
            Self::InvalidArgument { .. } => "INVALID_ARGUMENT",
            Self::Credentials { .. } => "CREDENTIALS",
            Self::Service(error) => &error.error_code,
            Self::Connection { .. } => "CONNECTION",
            Self::Timeout { .. } => "TIMEOUT",
            Self::ResponseFormat(_) => "RESPONSE_FORMAT",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connection { .. } | Self::Timeout { .. } => true,
            Self::Service(error) => {
                matches!(error.http_status, 429 | 502..=504)
                    || matches!(error.kind(), Kind::Busy | Kind::Server)
            }
            _ => false,
        }
    }
}

/// Characters of a message of the service that are kept.
const MESSAGE_CHARS: usize = 1000;
/// The pairs in which services write code and message, in the order the official cores look for them.
const PAIRS: [(&str, &str); 3] = [
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("code", "message"),
];

impl ServiceError {
    /// Takes what the value tells; true when it has a pair of code and message.
    fn read(&mut self, json: &Json) -> bool {
        let Json::Object(members) = json else {
            return false;
        };
        keep(
            &mut self.encoded_authorization_message,
            json.get("encoded_authorization_message"),
        );
        keep(&mut self.request_id, json.get("request_id"));
        for (code, message) in PAIRS {
            if let (Some(code), Some(message)) = (json.get(code), json.get(message)) {
                self.error_code = text(code).unwrap_or_default();
                self.error_msg = text(message).unwrap_or_default();
                keep(&mut self.error_ext_msg, json.get("error_ext_msg"));
                return true;
            }
        }
        members.iter().any(|(_, member)| self.read(member))
    }

    /// What kind of error the code is.
    pub fn kind(&self) -> Kind {
        kind(self.http_status, &self.error_code)
    }

    /// What to do, where this package knows.
    pub fn hint(&self) -> Option<&'static str> {
        codes::hint(self)
    }
}

fn keep(slot: &mut Option<String>, value: Option<&Json>) {
    if slot.is_none() {
        *slot = value.and_then(text).filter(|text| !text.is_empty());
    }
}

/// A scalar as text: some services give their code as a number.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(excerpt(text, MESSAGE_CHARS)),
        // Codes are whole numbers; a float is cut, which no message needs.
        Json::Number(number) => Some(decimal(*number as u64)),
        Json::Bool(true) => Some("true".to_owned()),
        Json::Bool(false) => Some("false".to_owned()),
        _ => None,
    }
}

impl Problem {
    /// What happened, where, and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::InvalidArgument { field, message } => concat(&[field, " ", message]),
            Self::Credentials { message } => message.clone(),
            Self::Connection { message } => concat(&["no answer: ", message]),
            Self::Timeout { timeout_ms } => {
                concat(&["no answer within ", &decimal((*timeout_ms).into()), " ms"])
            }
            Self::ResponseFormat(error) => {
                let status = decimal(error.http_status.into());
                concat(&[&error.message, " (HTTP ", &status, ")"])
            }
            Self::Aborted => "aborted by the caller".to_owned(),
            Self::Service(error) => {
                let status = decimal(error.http_status.into());
                let (comma, id) = match &error.request_id {
                    Some(id) => (", request ", id.as_str()),
                    None => ("", ""),
                };
                let (stop, hint) = match error.hint() {
                    Some(hint) => (". ", hint),
                    None => ("", ""),
                };
                concat(&[
                    &error.error_msg,
                    " (",
                    &error.error_code,
                    ", HTTP ",
                    &status,
                    comma,
                    id,
                    ")",
                    stop,
                    hint,
                ])
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests;
