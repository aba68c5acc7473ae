//! The error answers of services, in all their shapes.
//!
//! The pairs of code and message, and the order in which they are looked for, are those of the official cores.

use super::codes::{self, ServiceErrorKind, service_error_kind};
use crate::json::Json;
use crate::text::{concat, decimal, excerpt};

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
    /// A back end of the page's own says that it sent nothing to the service.
    pub nothing_sent: bool,
    /// How long the service asks to wait, in milliseconds, from `Retry-After`; a minute at most.
    pub retry_after_ms: Option<u32>,
}

/// Characters of a message of the service that are kept.
pub(super) const MESSAGE_CHARS: usize = 1000;
/// The pairs in which services write code and message, in the order the official cores look for them.
const PAIRS: [(&str, &str); 3] = [
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("code", "message"),
];

impl ServiceError {
    /// Takes what the value tells; true when it has a pair of code and message.
    pub(super) fn read(&mut self, json: &Json) -> bool {
        let Json::Object(members) = json else {
            return false;
        };
        fill(
            &mut self.encoded_authorization_message,
            json.get("encoded_authorization_message"),
        );
        fill(&mut self.request_id, json.get("request_id"));
        for (code, message) in PAIRS {
            if let (Some(code), Some(message)) = (json.get(code), json.get(message)) {
                self.error_code = scalar(code).unwrap_or_default();
                self.error_msg = scalar(message).unwrap_or_default();
                fill(&mut self.error_ext_msg, json.get("error_ext_msg"));
                // It says with each refusal what became of the request.
                self.nothing_sent =
                    self.is_of_back_end() && json.str("outcome") == Some("not_sent");
                return true;
            }
        }
        members.iter().any(|(_, member)| self.read(member))
    }

    /// What kind of error the code is.
    pub fn kind(&self) -> ServiceErrorKind {
        service_error_kind(self.http_status, &self.error_code)
    }

    /// What happened and what to do; `request` names what was asked where, and may be empty.
    pub(super) fn message(&self, request: &str) -> String {
        let status = decimal(self.http_status.into());
        let (comma, id) = match &self.request_id {
            Some(id) => (", request ", id.as_str()),
            None => ("", ""),
        };
        let (stop, hint) = match self.hint() {
            Some(hint) => (". ", hint),
            None => ("", ""),
        };
        let code = &self.error_code;
        concat(&[
            &self.error_msg,
            " (",
            code,
            ", HTTP ",
            &status,
            comma,
            id,
            request,
            ")",
            stop,
            hint,
        ])
    }

    /// What to do, where this package knows.
    pub fn hint(&self) -> Option<&str> {
        codes::hint(self)
    }

    /// Whether a back end of the page's own refused it (`huaweicloud-dcs/server`), and not the service.
    pub(super) fn is_of_back_end(&self) -> bool {
        self.error_code.starts_with("PROXY_")
    }
}

fn fill(slot: &mut Option<String>, value: Option<&Json>) {
    if slot.is_none() {
        *slot = value.and_then(scalar).filter(|text| !text.is_empty());
    }
}

/// A scalar as text: some services give their code as a number.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(excerpt(text, MESSAGE_CHARS)),
        // Codes are whole numbers; a float is cut, which no message needs.
        Json::Number(number) => Some(decimal(*number as u64)),
        Json::Bool(true) => Some("true".to_owned()),
        Json::Bool(false) => Some("false".to_owned()),
        _ => None,
    }
}
