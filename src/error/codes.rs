//! The published error codes, by kind. A code has an old nine-digit form (`111400017`) and a new one (`DCS.4017`);
//! its last three digits and its HTTP status tell most kinds, and the lists here tell the rest. Every row of
//! `facts/dcs_error_codes.tsv` is tested.

use super::ServiceError;
use crate::text::parse_decimal;

/// What an error code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceErrorKind {
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

/// Codes of status 400 that are about the request, the caller or the kind of instance: what is refused with one of them
/// was never begun. Codes about the state of an instance are not among them, also where the published table has them as
/// faults of the request (4045, 4107, 4119, 4300, 4957), for the state may be that of the very swap that is refused. The
/// old form of a code (`111400061`) stands under its new number.
const REFUSED_400: &[u16] = &[
    3053, 4002, 4004, 4005, 4006, 4007, 4008, 4009, 4010, 4011, 4012, 4013, 4014, 4016, 4018, 4019,
    4020, 4021, 4022, 4025, 4027, 4028, 4030, 4031, 4033, 4035, 4036, 4037, 4038, 4039, 4042, 4046,
    4047, 4048, 4053, 4054, 4060, 4061, 4062, 4063, 4064, 4065, 4066, 4067, 4068, 4070, 4072, 4073,
    4074, 4075, 4076, 4080, 4086, 4094, 4095, 4098, 4100, 4102, 4103, 4105, 4106, 4200, 4202, 4253,
    4800, 4819, 4820, 4821, 4822, 4838, 4839, 4840, 4841, 4843, 4844, 4845, 4846, 4847, 4848, 4849,
    4850, 4855, 4875, 4879, 4911, 4919, 4927, 4930, 4931, 4933, 4935, 4936, 4937, 4939, 4941, 4942,
    4998, 4999, 5050,
];

/// Whether a code of status 400 is published, and is about the request, the caller or the kind of instance.
pub fn is_published_refusal(code: &str) -> bool {
    let number = match code.as_bytes() {
        [b'D', b'C', b'S', b'.', digits @ ..] if digits.len() == 4 => parse_decimal(digits),
        [b'1', b'1', b'1', b'4', b'0', b'0', digits @ ..] if digits.len() == 3 => {
            parse_decimal(digits).map(|digits| 4000 + digits)
        }
        _ => None,
    };
    number.is_some_and(|number| {
        REFUSED_400
            .iter()
            .any(|refused| u32::from(*refused) == number)
    })
}

/// The kind of a code that came with an HTTP status.
///
/// ```
/// use huaweicloud_dcs::error::{ServiceErrorKind, service_error_kind};
/// assert_eq!(service_error_kind(400, "111400017"), ServiceErrorKind::Busy);
/// assert_eq!(service_error_kind(400, "DCS.4086"), ServiceErrorKind::Unsupported);
/// assert_eq!(service_error_kind(401, "APIGW.0301"), ServiceErrorKind::Authentication);
/// ```
pub fn service_error_kind(http_status: u16, code: &str) -> ServiceErrorKind {
    let number = number(code);
    let listed = |list: &[u16]| number.is_some_and(|number| list.contains(&number));
    match http_status {
        401 => ServiceErrorKind::Authentication,
        403 => ServiceErrorKind::Permission,
        404 => ServiceErrorKind::NotFound,
        405 => ServiceErrorKind::Method,
        500.. if listed(BUSY_500) => ServiceErrorKind::Busy,
        500.. => ServiceErrorKind::Server,
        _ if code == "DCS.4049" => ServiceErrorKind::NotRunning,
        // Its old form, 111400045, is another error.
        _ if code == "DCS.4045" => ServiceErrorKind::Busy,
        // Of the billing center, which holds an order back while the instance has another job.
        _ if code == "CBC.99003651" => ServiceErrorKind::Busy,
        _ if listed(BUSY_400) => ServiceErrorKind::Busy,
        _ if listed(UNSUPPORTED) => ServiceErrorKind::Unsupported,
        _ => ServiceErrorKind::InvalidRequest,
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
    parse_decimal(last)?.try_into().ok()
}

/// What to do about an error, where this package knows.
pub(super) fn hint(error: &ServiceError) -> Option<&str> {
    if error.is_of_back_end() {
        // It knows what it refused and why; keys and policies of the service are nothing that its page could mend.
        return error.error_ext_msg.as_deref();
    }
    let says = |text: &str| crate::text::contains(&error.error_msg, text);
    match error.kind() {
        ServiceErrorKind::Authentication if says("limit") => {
            Some("This access key is locked for five minutes: wait, then correct it")
        }
        ServiceErrorKind::Authentication if says("verify aksk signature fail") => {
            Some("Check the secret key, and that no proxy changes the request")
        }
        ServiceErrorKind::Authentication if says("date") || says("time") || says("expire") => {
            Some("Check the clock, or set clockOffsetMs; a token or temporary key may have ended")
        }
        ServiceErrorKind::Authentication => {
            Some("Check the access key, security token and project id")
        }
        // IAM is asked for one thing only, and tells the status as its code; DCS and the gateway have codes of their own.
        ServiceErrorKind::Permission if says("iam:") || says("identity:") => Some(
            "The caller may not list projects: give projectId, or ask for iam:projects:listProjects",
        ),
        ServiceErrorKind::Permission if error.error_code == "403" => Some(
            "If IAM refused to look the project id up, give projectId; else something in between refused, for DCS names a code",
        ),
        // "Policy does not allow dcs:instance:get to be performed": of DCS or Cloud Eye, whose answer knows best.
        ServiceErrorKind::Permission if says("dcs:") || says("ces:") => {
            Some("Ask for a policy that allows what the message names")
        }
        ServiceErrorKind::Permission => Some(
            "Ask for a policy that allows dcs:instance:swap, dcs:instance:get, dcs:instance:list, dcs:job:get and dcs:instance:getBackgroundTask",
        ),
        ServiceErrorKind::NotFound if says("instance") => {
            Some("Check instance id, project id and region")
        }
        ServiceErrorKind::Busy => Some("The instance is busy: try again when its job has ended"),
        ServiceErrorKind::NotRunning => Some("Only an instance that is RUNNING can be swapped"),
        ServiceErrorKind::Unsupported => {
            Some("Only instances of mode ha and ha_rw_split can be swapped")
        }
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
                "invalid_request" => ServiceErrorKind::InvalidRequest,
                "authentication" => ServiceErrorKind::Authentication,
                "permission" => ServiceErrorKind::Permission,
                "not_found" => ServiceErrorKind::NotFound,
                "unsupported" => ServiceErrorKind::Unsupported,
                "busy" => ServiceErrorKind::Busy,
                "not_running" => ServiceErrorKind::NotRunning,
                "server" => ServiceErrorKind::Server,
                "method" => ServiceErrorKind::Method,
                other => panic!("{other} is no kind"),
            };
            assert_eq!(
                service_error_kind(cells[0].parse().unwrap(), cells[1]),
                expected,
                "{row}"
            );
            count += 1;
        }
        assert_eq!(count, 290);
    }

    #[test]
    fn a_refusal_of_the_back_end_is_explained_by_the_back_end_alone() {
        for http_status in [400, 401, 403, 404, 409, 429, 503] {
            let mut error = ServiceError {
                http_status,
                error_code: "PROXY_FORBIDDEN".to_owned(),
                error_msg: "the instance is not allowed: limit".to_owned(),
                ..ServiceError::default()
            };
            assert_eq!(hint(&error), None, "{http_status}");
            let told = "The back end does not let this user do this";
            error.error_ext_msg = Some(told.to_owned());
            assert_eq!(hint(&error), Some(told), "{http_status}");
        }
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
            hint(&error).unwrap().to_owned()
        };
        for code in ["DCS.3002", "111403002", "APIGW.0302"] {
            let told = refused(code, "read permission only");
            for action in [
                "instance:swap",
                "instance:get",
                "instance:list",
                "job:get",
                "instance:getBackgroundTask",
            ] {
                assert!(told.contains(&format!("dcs:{action}")), "{code}: {told}");
            }
            assert!(!told.contains("projectId"), "{code}: {told}");
        }
        // Whose message names one permission is not told of others.
        for action in ["dcs:instance:getBackgroundTask", "ces:metricData:list"] {
            let told = refused(
                "PAP5.0001",
                &format!("Policy doesn't allow {action} to be performed"),
            );
            assert!(
                !told.contains("dcs:") && told.contains("message names"),
                "{told}"
            );
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
    fn a_refusal_is_on_the_list_or_it_is_in_doubt() {
        const ABOUT_A_STATE: &[&str] = &[
            "111400045",
            "111400107",
            "111400119",
            "DCS.4107",
            "DCS.4119",
            "DCS.4300",
            "DCS.4957",
        ];
        let table = include_str!("../../facts/dcs_error_codes.tsv");
        let mut published = Vec::new();
        for row in table.lines().skip(1) {
            let cells: Vec<_> = row.split('\t').collect();
            let refused = cells[0] == "400"
                && matches!(cells[3], "invalid_request" | "unsupported")
                && !ABOUT_A_STATE.contains(&cells[1]);
            assert_eq!(is_published_refusal(cells[1]), refused, "{row}");
            if refused {
                published.push(cells[1].replace("111400", "DCS.4"));
            }
        }
        for number in 0..=9999 {
            let code = format!("DCS.{number:04}");
            assert_eq!(
                is_published_refusal(&code),
                published.contains(&code),
                "{code}"
            );
        }
        for code in [
            "",
            "DCS.",
            "4061",
            "DCS.40610",
            "DCS.61",
            "XDCS.4061",
            "1114000061",
        ] {
            assert!(!is_published_refusal(code), "{code}");
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
            assert_eq!(
                service_error_kind(400, code),
                ServiceErrorKind::InvalidRequest,
                "{code}"
            );
        }
    }
}
