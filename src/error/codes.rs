//! The published error codes, by kind. A code has an old nine-digit form (`111400017`) and a new one (`DCS.4017`);
//! its last three digits and its HTTP status tell most kinds, and the lists here tell the rest. Every row of
//! `facts/dcs_error_codes.tsv` is tested.

use super::ServiceError;

/// What an error code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is malformed: it will fail again.
    InvalidRequest,
    /// Who is calling cannot be told.
    Authentication,
    /// The caller may not do that.
    Permission,
    /// There is no such thing.
    NotFound,
    /// The instance cannot do that.
    Unsupported,
    /// The instance is doing something else: later it can.
    Busy,
    /// The instance does not run.
    NotRunning,
    /// The service failed.
    Server,
    /// The method is not for this address.
    Method,
}

/// Codes of status 400 for an instance that is busy, by their last three digits.
const BUSY_400: &[u16] = &[
    17, 26, 87, 96, 97, 99, 104, 108, 111, 113, 114, 115, 116, 117, 118, 120, 121, 231, 918, 975,
];
/// The same of status 500.
const BUSY_500: &[u16] = &[69];
/// Codes of status 400 for what an instance cannot do.
const UNSUPPORTED: &[u16] = &[
    6, 7, 8, 27, 50, 86, 94, 95, 102, 103, 838, 839, 840, 841, 848, 850, 855, 919, 999,
];

/// The kind of a code that came with an HTTP status.
///
/// ```
/// use huaweicloud_dcs::error::{Kind, kind};
/// assert_eq!(kind(400, "111400017"), Kind::Busy);
/// assert_eq!(kind(400, "DCS.4086"), Kind::Unsupported);
/// assert_eq!(kind(401, "APIGW.0301"), Kind::Authentication);
/// ```
pub fn kind(http_status: u16, code: &str) -> Kind {
    let number = number(code);
    let listed = |list: &[u16]| number.is_some_and(|number| list.contains(&number));
    match http_status {
        401 => Kind::Authentication,
        403 => Kind::Permission,
        404 => Kind::NotFound,
        405 => Kind::Method,
        500.. if listed(BUSY_500) => Kind::Busy,
        500.. => Kind::Server,
        _ if code == "DCS.4049" => Kind::NotRunning,
        // Its old form, 111400045, is another error.
        _ if code == "DCS.4045" => Kind::Busy,
        // Of the billing center, which holds an order back while the instance has another job.
        _ if code == "CBC.99003651" => Kind::Busy,
        _ if listed(BUSY_400) => Kind::Busy,
        _ if listed(UNSUPPORTED) => Kind::Unsupported,
        _ => Kind::InvalidRequest,
    }
}

/// The last three digits of a code of DCS.
fn number(code: &str) -> Option<u16> {
    let digits = match code.as_bytes() {
        [b'D', b'C', b'S', b'.', digits @ ..] => digits,
        [b'1', b'1', b'1', digits @ ..] if digits.len() == 6 => digits,
        _ => return None,
    };
    let last = digits.last_chunk::<3>()?;
    crate::text::number(last)?.try_into().ok()
}

/// What to do about an error, where this package knows.
pub(super) fn hint(error: &ServiceError) -> Option<&'static str> {
    let says = |text: &str| crate::text::has(&error.error_msg, text);
    match error.kind() {
        Kind::Authentication if says("limit") => {
            Some("This access key is locked for five minutes: wait, then correct it")
        }
        Kind::Authentication if says("verify aksk signature fail") => {
            Some("Check the secret key, and that no proxy changes the request")
        }
        Kind::Authentication if says("date") || says("time") || says("expire") => {
            Some("Check the clock, or set clockOffsetMs; a token or temporary key may have ended")
        }
        Kind::Authentication => Some("Check the access key, security token and project id"),
        // IAM is asked for one thing only, and tells the status as its code; DCS and the gateway have codes of their own.
        Kind::Permission if says("iam:") || says("identity:") => Some(
            "The caller may not list projects: give projectId, or ask for iam:projects:listProjects",
        ),
        Kind::Permission if error.error_code == "403" => Some(
            "If IAM refused to look the project id up, give projectId; else something in between refused, for DCS names a code",
        ),
        Kind::Permission => Some(
            "Ask for a policy that allows dcs:instance:swap, dcs:instance:get, dcs:instance:list and dcs:job:get",
        ),
        Kind::NotFound if says("instance") => Some("Check instance id, project id and region"),
        Kind::Busy => Some("The instance is busy: try again when its job has ended"),
        Kind::NotRunning => Some("Only an instance that is RUNNING can be swapped"),
        Kind::Unsupported => Some("Only instances of mode ha and ha_rw_split can be swapped"),
        _ if error.http_status == 429 => Some("Too many requests: slow down"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_code_has_its_kind() {
        let rows = include_str!("../../facts/dcs_error_codes.tsv")
            .lines()
            .skip(1);
        let mut count = 0;
        for row in rows {
            let cells: Vec<_> = row.split('\t').collect();
            let expected = match cells[3] {
                "invalid_request" => Kind::InvalidRequest,
                "authentication" => Kind::Authentication,
                "permission" => Kind::Permission,
                "not_found" => Kind::NotFound,
                "unsupported" => Kind::Unsupported,
                "busy" => Kind::Busy,
                "not_running" => Kind::NotRunning,
                "server" => Kind::Server,
                "method" => Kind::Method,
                other => panic!("{other} is no kind"),
            };
            assert_eq!(kind(cells[0].parse().unwrap(), cells[1]), expected, "{row}");
            count += 1;
        }
        assert_eq!(count, 290);
    }

    #[test]
    fn a_missing_permission_is_named_and_that_of_iam_leads_to_the_project_id() {
        let refused = |error_code: &str, error_msg: &str| {
            let error = ServiceError {
                http_status: 403,
                error_code: error_code.to_owned(),
                error_msg: error_msg.to_owned(),
                ..ServiceError::default()
            };
            hint(&error).unwrap()
        };
        for code in ["DCS.3002", "111403002", "APIGW.0302"] {
            let told = refused(code, "read permission only");
            for action in ["instance:swap", "instance:get", "instance:list", "job:get"] {
                assert!(told.contains(&format!("dcs:{action}")), "{code}: {told}");
            }
            assert!(!told.contains("projectId"), "{code}: {told}");
        }
        for (code, message) in [
            ("403", "Forbidden"),
            (
                "403",
                "You are not authorized to perform: identity:list_projects",
            ),
            (
                "PAP5.0001",
                "Policy doesn't allow iam:projects:listProjects to be performed",
            ),
        ] {
            let told = refused(code, message);
            assert!(told.contains("projectId"), "{code}: {told}");
            assert!(!told.contains("dcs:"), "{code}: {told}");
        }
    }

    #[test]
    fn foreign_codes_have_no_number() {
        for code in [
            "",
            "DCS.",
            "DCS.é",
            "APIGW.0017",
            "17",
            "1114000017",
            "111é017",
        ] {
            assert_eq!(kind(400, code), Kind::InvalidRequest, "{code}");
        }
    }
}
