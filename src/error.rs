//! The error model: one type, an enum of what a caller can act on, and the reading of a service's error.

mod codes;
mod service;

use std::fmt;

use crate::http::{Failure, Response};
use crate::json::Json;
use crate::text::{concat, decimal, excerpt};

pub use codes::{ServiceErrorKind, is_published_refusal, service_error_kind};
pub use service::ServiceError;

/// What went wrong. It is one word wherever it is handed on; [`Error::kind`] says more.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq)]
struct Inner {
    kind: ErrorKind,
    /// The request that the error is about, once there is one.
    request: Option<RequestName>,
}

/// What a request is called in a message.
#[derive(Debug, Clone, PartialEq)]
struct RequestName {
    operation: &'static str,
    host: String,
}

/// What went wrong, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorKind {
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
    /// A request that was only to leave within some time of what it relies on, and was not ready by then; nothing was sent.
    Stale,
    /// The caller's signal.
    Aborted,
}

impl From<ErrorKind> for Error {
    #[inline(never)]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            request: None,
        }))
    }
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
    /// The service refused it, in a way that proves that it did not run.
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

/// Why it is not known what became of a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No answer came.
    Lost,
    /// The service says that a job is at work: it may be this very swap, sent twice on its way.
    Busy,
    /// A refusal that is not on the list of those that prove that nothing ran.
    RefusalNotKnown,
    /// An answer came that says neither yes nor no: a 5xx, a 408, a redirect, a body that is not the API's.
    UnusableAnswer,
    /// The swap was accepted, and its end was not seen in time; or its job ended and the roles say otherwise.
    Late,
}

impl Doubt {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Busy => "busy",
            Self::RefusalNotKnown => "refusal_not_known",
            Self::UnusableAnswer => "unusable_answer",
            Self::Late => "late",
        }
    }
}

impl Error {
    /// What kind of error it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The error, with the request that it is about: its message names operation and host.
    #[must_use]
    pub fn about(mut self, operation: &'static str, host: &str) -> Self {
        let host = host.to_owned();
        self.0.request = Some(RequestName { operation, host });
        self
    }

    #[inline(never)]
    pub(crate) fn invalid(field: &str, message: &str) -> Self {
        let (field, message) = (field.to_owned(), message.to_owned());
        ErrorKind::InvalidArgument { field, message }.into()
    }

    /// Something about credentials.
    #[inline(never)]
    pub fn credentials(message: &str) -> Self {
        let message = message.to_owned();
        ErrorKind::Credentials { message }.into()
    }

    /// No answer, for what the platform says.
    #[inline(never)]
    pub fn connection(message: &str) -> Self {
        let message = message.to_owned();
        ErrorKind::Connection { message }.into()
    }

    /// No answer within so many milliseconds.
    #[inline(never)]
    pub fn timeout(timeout_ms: u32) -> Self {
        ErrorKind::Timeout { timeout_ms }.into()
    }

    /// The caller's signal.
    #[inline(never)]
    pub fn aborted() -> Self {
        ErrorKind::Aborted.into()
    }

    /// An answer that is not what `expected` says.
    pub(crate) fn format(response: &Response, expected: &str) -> Self {
        ErrorKind::ResponseFormat(FormatError {
            http_status: response.status,
            request_id: response.request_id.clone(),
            message: concat(&["the answer is not what the API promises: ", expected]),
            body_excerpt: excerpt(&response.body, 200),
        })
        .into()
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
            error.error_msg = excerpt(&response.body, service::MESSAGE_CHARS);
        }
        if error.error_msg.is_empty() {
            error.error_msg.push_str("the service gave no message");
        }
        ErrorKind::Service(error).into()
    }

    /// The error, with the time that the service asks to wait.
    #[must_use]
    pub(crate) fn retry_after(mut self, ms: Option<u32>) -> Self {
        if let ErrorKind::Service(service) = &mut self.0.kind {
            service.retry_after_ms = ms;
        }
        self
    }

    /// The error of a request that got no answer.
    pub fn from_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Connection(message) => Self::connection(message),
            Failure::Timeout(timeout_ms) => Self::timeout(*timeout_ms),
        }
    }

    /// The name of the class in JavaScript.
    pub fn name(&self) -> &'static str {
        match self.kind() {
            ErrorKind::InvalidArgument { .. } => "InvalidArgumentError",
            ErrorKind::Credentials { .. } => "CredentialsError",
            ErrorKind::Service(_) => "ServiceResponseError",
            ErrorKind::Connection { .. } | ErrorKind::Aborted | ErrorKind::Stale => {
                "ConnectionError"
            }
            ErrorKind::Timeout { .. } => "RequestTimeoutError",
            ErrorKind::ResponseFormat(_) => "ResponseFormatError",
        }
    }

    /// The fields that JavaScript's error has beside its message. `outcome` is given for a swap, and `doubt` where that
    /// is not known.
    pub fn to_json(&self, outcome: Option<Outcome>, doubt: Option<Doubt>) -> Json {
        // A swap may be tried again only where it provably did not run.
        let sure = !matches!(outcome, Some(Outcome::Unknown | Outcome::Accepted));
        let mut json = Json::object();
        json.add_text("code", self.code());
        json.add("retryable", Json::Bool(sure && self.is_retryable()));
        json.add_given("outcome", outcome.map(Outcome::as_str));
        if outcome == Some(Outcome::Unknown) {
            json.add_given("doubt", doubt.map(Doubt::as_str));
        }
        match self.kind() {
            ErrorKind::InvalidArgument { field, .. } => json.add_text("field", field),
            ErrorKind::Service(error) => {
                json.add_answer(error.http_status, error.request_id.as_deref());
                json.add_text("error_code", &error.error_code);
                json.add_text("error_msg", &error.error_msg);
                json.add_given("error_ext_msg", error.error_ext_msg.as_deref());
                let encoded = error.encoded_authorization_message.as_deref();
                json.add_given("encodedAuthorizationMessage", encoded);
                if let Some(ms) = error.retry_after_ms {
                    json.add_number("retryAfterMs", ms.into());
                }
                json.add_given("hint", error.hint());
            }
            ErrorKind::Timeout { timeout_ms } => json.add_number("timeoutMs", (*timeout_ms).into()),
            ErrorKind::ResponseFormat(error) => {
                json.add_answer(error.http_status, error.request_id.as_deref());
                json.add_text("bodyExcerpt", &error.body_excerpt);
            }
            _ => {}
        }
        json
    }

    /// The service's code, or one of this package.
    pub fn code(&self) -> &str {
        match self.kind() {
            ErrorKind::InvalidArgument { .. } => "INVALID_ARGUMENT",
            ErrorKind::Credentials { .. } => "CREDENTIALS",
            ErrorKind::Service(error) => &error.error_code,
            ErrorKind::Connection { .. } => "CONNECTION",
            ErrorKind::Timeout { .. } => "TIMEOUT",
            ErrorKind::ResponseFormat(_) => "RESPONSE_FORMAT",
            ErrorKind::Stale => "STALE",
            ErrorKind::Aborted => "ABORTED",
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connection { .. } | ErrorKind::Timeout { .. } | ErrorKind::Stale => true,
            ErrorKind::Service(error) => {
                matches!(error.http_status, 429 | 502..=504)
                    || matches!(
                        error.kind(),
                        ServiceErrorKind::Busy | ServiceErrorKind::Server
                    )
            }
            _ => false,
        }
    }

    /// What happened, where, and what to do.
    pub fn message(&self) -> String {
        match self.kind() {
            ErrorKind::InvalidArgument { field, message } => concat(&[field, " ", message]),
            ErrorKind::Credentials { message } => message.clone(),
            ErrorKind::Connection { message } => {
                concat(&["no answer", &self.request(" to "), ": ", message])
            }
            ErrorKind::Timeout { timeout_ms } => {
                let ms = decimal((*timeout_ms).into());
                concat(&["no answer", &self.request(" to "), " within ", &ms, " ms"])
            }
            ErrorKind::ResponseFormat(error) => {
                let status = decimal(error.http_status.into());
                concat(&[&error.message, " (HTTP ", &status, &self.request(", "), ")"])
            }
            ErrorKind::Stale => {
                "what was read before had grown old by the time the request was ready".to_owned()
            }
            ErrorKind::Aborted => "aborted by the caller".to_owned(),
            ErrorKind::Service(error) => error.message(&self.request(", ")),
        }
    }

    /// `showInstance at dcs.cn-north-4.myhuaweicloud.com`, once there is a request, with `before` in front of it.
    fn request(&self, before: &str) -> String {
        match &self.0.request {
            Some(request) => concat(&[before, request.operation, " at ", &request.host]),
            None => String::new(),
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
