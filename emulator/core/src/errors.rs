//! The errors of the services, in the shapes they really have.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::config::CodeForm;

/// The table of published codes, as the rest of the project reads it.
const TABLE: &str = include_str!("../../../facts/dcs_error_codes.tsv");

/// Codes that the real service answers with, and no page lists: status, code and message. Where the
/// message is not known either, one is made up from what the code means.
const UNPUBLISHED: &[(u16, &str, &str)] = &[
    (400, "DCS.4121", "the instance is resetting the password."),
    (400, "DCS.4231", "the instance is analyzing offline keys."),
    (400, "DCS.4855", "Master standby swap is not supported."),
    (
        400,
        "DCS.4975",
        "the instance is being created or restarted.",
    ),
    (
        400,
        "CBC.99003651",
        "The resource is locked by another order.",
    ),
];

/// The codes that mean that another job is at work on the instance.
pub const BUSY: [&str; 17] = [
    "DCS.4017",
    "DCS.4026",
    "DCS.4049",
    "DCS.4096",
    "DCS.4097",
    "DCS.4111",
    "DCS.4113",
    "DCS.4114",
    "DCS.4115",
    "DCS.4116",
    "DCS.4117",
    "DCS.4118",
    "DCS.4120",
    "DCS.4121",
    "DCS.4231",
    "DCS.4975",
    "CBC.99003651",
];

/// The busy code that names what a task does.
#[must_use]
pub fn busy_with(task: &str) -> &'static str {
    match task {
        "BACKUPING" => "DCS.4096",
        "RESTORING" => "DCS.4097",
        "RESTARTING" => "DCS.4111",
        "EXTENDING" => "DCS.4113",
        "UPGRADING" => "DCS.4116",
        "ROLLBACKING" => "DCS.4117",
        "CREATING" => "DCS.4118",
        "FREEZING" => "DCS.4120",
        _ => "DCS.4026",
    }
}

/// One published error.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The HTTP status it comes with.
    pub status: u16,
    /// The code.
    pub code: &'static str,
    /// The service's words.
    pub message: &'static str,
}

/// Every published error by its code.
pub static PUBLISHED: LazyLock<HashMap<&'static str, Published>> = LazyLock::new(|| {
    let mut rows = HashMap::new();
    for &(status, code, message) in UNPUBLISHED {
        let row = Published {
            status,
            code,
            message,
        };
        rows.insert(code, row);
    }
    for line in TABLE.lines().skip(1) {
        let mut cells = line.split('\t');
        let (Some(status), Some(code), Some(message)) = (cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        if let Ok(status) = status.parse() {
            let row = Published {
                status,
                code,
                message,
            };
            rows.entry(code).or_insert(row);
        }
    }
    rows
});

/// An error of the DCS service, named for what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dcs {
    /// The project id is not 32 hex digits.
    InvalidProjectId,
    /// The instance id is not a UUID.
    InvalidInstanceId,
    /// The job id is neither 32 hex digits nor a UUID.
    InvalidJobId,
    /// A query parameter cannot be used.
    InvalidParameter(&'static str),
    /// Another job is at work on this instance; one of [`BUSY`].
    Busy(&'static str),
    /// The instance has no standby to swap with.
    OnlyMasterStandby,
    /// The project is not the caller's.
    ProjectMismatch,
    /// The caller may only read.
    ReadOnly,
    /// The caller has no permission for this operation.
    NoPermission,
    /// No such instance.
    NoInstance,
    /// No such address, or no such job.
    NoUrl,
    /// The address exists, the method does not.
    Method,
    /// A node could not do what was asked.
    Internal,
}

impl Dcs {
    /// The code in both forms: newer, and nine digits where there is one.
    fn codes(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::InvalidProjectId => ("DCS.4002", Some("111400002")),
            Self::InvalidInstanceId => ("DCS.4061", Some("111400061")),
            Self::InvalidJobId => ("DCS.4070", Some("111400070")),
            Self::InvalidParameter(_) => ("DCS.4062", Some("111400062")),
            Self::Busy("DCS.4017") => ("DCS.4017", Some("111400017")),
            Self::Busy(code) => (code, None),
            Self::OnlyMasterStandby => ("DCS.4086", Some("111400086")),
            Self::ProjectMismatch => ("DCS.1004", Some("111401004")),
            Self::ReadOnly => ("DCS.3002", Some("111403002")),
            Self::NoPermission => ("DCS.3003", Some("111403003")),
            Self::NoInstance => ("DCS.3022", Some("111404022")),
            Self::NoUrl => ("DCS.4001", Some("111404001")),
            Self::Method => ("DCS.5001", Some("111405001")),
            Self::Internal => ("DCS.5000", Some("111500000")),
        }
    }

    /// The published row in the wanted form.
    #[must_use]
    pub fn published(self, form: CodeForm) -> Published {
        let (newer, nine) = self.codes();
        let code = if form == CodeForm::NineDigit {
            nine.unwrap_or(newer)
        } else {
            newer
        };
        PUBLISHED[code]
    }

    /// The answer the service gives.
    #[must_use]
    pub fn answer(self, form: CodeForm) -> Response<Bytes> {
        let row = self.published(form);
        let message = match self {
            Self::InvalidParameter(name) => row.message.replace("{0}", name),
            _ => row.message.to_owned(),
        };
        service(row.status, row.code, &message)
    }
}

/// An error in the shape of the DCS service.
#[must_use]
pub fn service(status: u16, code: &str, message: &str) -> Response<Bytes> {
    let body = json!({ "error_code": code, "error_msg": message, "error_ext_msg": Value::Null });
    answer(status, body)
}

/// An error in the shape of the gateway.
#[must_use]
pub fn gateway(status: u16, code: &str, message: &str, request_id: &str) -> Response<Bytes> {
    let body = json!({ "error_msg": message, "error_code": code, "request_id": request_id });
    answer(status, body)
}

/// An error in the shape of IAM.
#[must_use]
pub fn iam(status: u16, message: &str) -> Response<Bytes> {
    let title = StatusCode::from_u16(status)
        .ok()
        .and_then(|s| s.canonical_reason())
        .unwrap_or("Error");
    answer(
        status,
        json!({ "error": { "code": status, "message": message, "title": title } }),
    )
}

/// Any JSON with any status.
#[must_use]
pub fn answer(status: u16, body: Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

/// What the gateway says when an `X-Sdk-Date` is outside the window.
pub const EXPIRED: &str =
    "Incorrect IAM authentication information: calc ak sk signature fail:signature expired";
/// What the gateway says when a signature does not match.
pub const BAD_SIGNATURE: &str =
    "Incorrect IAM authentication information: verify aksk signature fail";
/// What the gateway says when an access key is locked.
pub const LOCKED: &str =
    "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden";
/// What the gateway says when a token cannot be read.
pub const BAD_TOKEN: &str = "Incorrect IAM authentication information: decrypt token fail";
/// What the gateway says when a request proves nothing.
pub const NO_AUTHENTICATION: &str =
    "Incorrect IAM authentication information: x-auth-token not found";
/// The gateway's code for every failed authentication.
pub const AUTHENTICATION_CODE: &str = "APIGW.0301";
/// The gateway's code for a request it throttled, and so never passed on.
pub const THROTTLED_CODE: &str = "APIGW.0308";
/// What the gateway says when it throttles.
pub const THROTTLED: &str =
    "The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 minute";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_busy_code_has_a_message() {
        for code in BUSY {
            let row = Dcs::Busy(code).published(CodeForm::Dcs);
            assert!(row.status == 400 && !row.message.is_empty(), "{code}");
        }
        for task in ["BACKUPING", "EXTENDING", "anything"] {
            assert!(BUSY.contains(&busy_with(task)));
        }
    }

    #[test]
    fn every_named_error_is_published() {
        let all = [
            Dcs::InvalidProjectId,
            Dcs::InvalidInstanceId,
            Dcs::InvalidJobId,
            Dcs::InvalidParameter("limit"),
            Dcs::Busy("DCS.4017"),
            Dcs::NoPermission,
            Dcs::Busy("DCS.4049"),
            Dcs::OnlyMasterStandby,
            Dcs::ProjectMismatch,
            Dcs::ReadOnly,
            Dcs::NoInstance,
            Dcs::NoUrl,
            Dcs::Method,
            Dcs::Internal,
        ];
        for error in all {
            let newer = error.published(CodeForm::Dcs);
            let nine = error.published(CodeForm::NineDigit);
            assert!(newer.code.starts_with("DCS."), "{error:?}");
            assert_eq!(
                (newer.status, newer.message),
                (nine.status, nine.message),
                "{error:?}"
            );
        }
    }
}
