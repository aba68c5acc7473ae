//! The error model: one type, an enum of what a caller can act on, and the reading of a service's error.

mod codes;

use std::fmt;

use crate::http::{Failure, Response, excerpt};
use crate::json::Json;
use crate::text::decimal;

pub use codes::{Kind, kind};

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
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
    Service(Box<ServiceError>),
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
    ResponseFormat(Box<FormatError>),
    /// The caller's signal.
    Aborted,
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
        Self::InvalidArgument {
            field: field.to_owned(),
            message: message.to_owned(),
        }
    }

    #[inline(never)]
    pub(crate) fn credentials(message: &str) -> Self {
        Self::Credentials {
            message: message.to_owned(),
        }
    }

    /// An answer that is not what `expected` says.
    pub(crate) fn format(response: &Response, expected: &str) -> Self {
        Self::ResponseFormat(Box::new(FormatError {
            http_status: response.status,
            request_id: response.request_id.clone(),
            message: ["the answer is not what the API promises: ", expected].concat(),
            body_excerpt: excerpt(&response.body, 200),
        }))
    }

    /// A value, from an answer of 200, that is not what `expected` says.
    pub(crate) fn unexpected(expected: &str) -> Self {
        Self::format(
            &Response {
                status: 200,
                ..Response::default()
            },
            expected,
        )
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
            error.error_msg = "the service gave no message".to_owned();
        }
        Self::Service(Box::new(error))
    }

    /// The error of a request that got no answer.
    pub fn from_failure(failure: &Failure) -> Self {
        match failure {
            Failure::NotSent(message) | Failure::Connection(message) => Self::Connection {
                message: message.clone(),
            },
            Failure::Timeout(timeout_ms) => Self::Timeout {
                timeout_ms: *timeout_ms,
            },
        }
    }

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
        let text = |text: &Option<String>| text.as_deref().map(Json::text);
        // A swap may be tried again only where it surely did not run.
        let sure = !matches!(outcome, Some(Outcome::Unknown | Outcome::Accepted));
        let json = Json::object()
            .with("code", Json::text(self.code()))
            .with("retryable", Json::Bool(sure && self.is_retryable()))
            .with(
                "outcome",
                outcome.map(|outcome| Json::text(outcome.as_str())),
            );
        match self {
            Self::InvalidArgument { field, .. } => json.with("field", Json::text(field)),
            Self::Service(error) => json
                .with("httpStatusCode", Json::Number(error.http_status.into()))
                .with("requestId", text(&error.request_id))
                .with("error_code", Json::text(&error.error_code))
                .with("error_msg", Json::text(&error.error_msg))
                .with("error_ext_msg", text(&error.error_ext_msg))
                .with(
                    "encodedAuthorizationMessage",
                    text(&error.encoded_authorization_message),
                )
                .with("hint", error.hint().map(Json::text)),
            Self::Timeout { timeout_ms } => {
                json.with("timeoutMs", Json::Number((*timeout_ms).into()))
            }
            Self::ResponseFormat(error) => json
                .with("httpStatusCode", Json::Number(error.http_status.into()))
                .with("requestId", text(&error.request_id))
                .with("bodyExcerpt", Json::text(&error.body_excerpt)),
            _ => json,
        }
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

impl Error {
    /// What happened, where, and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::InvalidArgument { field, message } => [field, " ", message].concat(),
            Self::Credentials { message } => message.clone(),
            Self::Connection { message } => ["no answer: ", message].concat(),
            Self::Timeout { timeout_ms } => {
                ["no answer within ", &decimal((*timeout_ms).into()), " ms"].concat()
            }
            Self::ResponseFormat(error) => {
                let status = decimal(error.http_status.into());
                [&error.message, " (HTTP ", &status, ")"].concat()
            }
            Self::Aborted => "aborted by the caller".to_owned(),
            Self::Service(error) => {
                let status = decimal(error.http_status.into());
                let (comma, id) = match &error.request_id {
                    Some(id) => (", request ", id.as_str()),
                    None => ("", ""),
                };
                let (stop, hint) = error.hint().map_or(("", ""), |hint| (". ", hint));
                let code = &error.error_code;
                [
                    &error.error_msg,
                    " (",
                    code,
                    ", HTTP ",
                    &status,
                    comma,
                    id,
                    ")",
                    stop,
                    hint,
                ]
                .concat()
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
