//! What an error says of a swap: that it provably did not run, or that this is not known, and why.
//!
//! A request can be doubled on its way (by a proxy, or by a runtime's own connection pool). Then the first copy runs, and what
//! is answered is the refusal of the second. So a refusal proves that nothing ran only if no second copy of a swap that runs
//! could be refused that way. Those refusals are on the list here, each with its reason; everything else is in doubt.

use crate::error::{Doubt, Error, ErrorKind, ServiceError, ServiceErrorKind, is_published_refusal};
use crate::text::contains;

/// `Ok` when the error proves that nothing ran; otherwise why that is in doubt. `sent_once` says that this client sent the
/// request once, and lost no answer to it.
///
/// # Errors
/// The doubt.
pub fn proves_refusal(error: &Error, sent_once: bool) -> Result<(), Doubt> {
    match error.kind() {
        // Nothing left this machine.
        ErrorKind::InvalidArgument { .. } | ErrorKind::Credentials { .. } | ErrorKind::Stale => {
            Ok(())
        }
        ErrorKind::Connection { .. } | ErrorKind::Timeout { .. } | ErrorKind::Aborted => {
            Err(Doubt::Lost)
        }
        ErrorKind::ResponseFormat(_) => Err(Doubt::UnusableAnswer),
        ErrorKind::Service(error) if is_on_the_list(error, sent_once) => Ok(()),
        ErrorKind::Service(error) => Err(doubt(error)),
    }
}

fn is_on_the_list(error: &ServiceError, sent_once: bool) -> bool {
    let code = error.error_code.as_str();
    // Flow control refuses before anything is forwarded. It does so for each copy alone: where the transport repeats requests by
    // itself, a switchover makes sure ([`crate::switchover::Options::transport_repeats`]).
    is_throttled(error)
        // The page's own back end, which answers each copy of a request alike.
        || error.nothing_sent
        || match error.http_status {
            // Of the request, the caller or the kind of instance the service says the same to each copy.
            400 => is_published_refusal(code),
            // Who calls is told from the request alone: each copy is refused, unless it is refused for being a copy.
            401 | 403 => sent_once && is_about_the_caller(error) && !is_about_a_copy(error),
            // No such instance, no such address: so for each copy.
            404 => is_from_the_service(code),
            _ => false,
        }
}

/// Whether flow control refused the request: 429, or the gateway's own code for it. A 401 or 403 never counts, whatever its
/// code: five in a row lock the access key.
pub fn is_throttled(error: &ServiceError) -> bool {
    match error.http_status {
        429 => true,
        401 | 403 => false,
        _ => error.error_code == "APIGW.0308",
    }
}

/// Whether an error is such a refusal.
pub fn is_flow_control(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Service(service) if is_throttled(service))
}

/// Codes of 401 and 403 of the gateway (`APIGW.0301` to `0307`), of IAM, and those that DCS publishes.
fn is_about_the_caller(error: &ServiceError) -> bool {
    const PUBLISHED: &[&str] = &[
        "DCS.1001",
        "DCS.1002",
        "DCS.1003",
        "DCS.1004",
        "DCS.2003",
        "DCS.2007",
        "DCS.3002",
        "DCS.3003",
        "111401001",
        "111401002",
        "111401003",
        "111401004",
        "111403002",
        "111403003",
    ];
    let code = error.error_code.as_str();
    code.strip_prefix("APIGW.030")
        .is_some_and(|digit| matches!(digit, "1" | "2" | "3" | "4" | "5" | "6" | "7"))
        || code.starts_with("IAM.")
        || PUBLISHED.contains(&code)
}

/// A gateway that keeps the signatures it has seen refuses the second copy of a request that it let through.
fn is_about_a_copy(error: &ServiceError) -> bool {
    let message = error.error_msg.to_ascii_lowercase();
    ["replay", "repeat", "duplicate", "already", "nonce"]
        .iter()
        .any(|word| contains(&message, word))
}

/// Whether a code is of DCS or the gateway, not of something on the way.
fn is_from_the_service(code: &str) -> bool {
    code.starts_with("DCS.") || code.starts_with("APIGW.") || code.starts_with("111404")
}

/// Why a refusal proves nothing.
fn doubt(error: &ServiceError) -> Doubt {
    match error.http_status {
        409 => Doubt::Busy,
        408 | 500.. => match error.kind() {
            ServiceErrorKind::Busy => Doubt::Busy,
            _ => Doubt::UnusableAnswer,
        },
        // `NotRunning` right after a check that read RUNNING: a job is at work.
        _ => match error.kind() {
            ServiceErrorKind::Busy | ServiceErrorKind::NotRunning => Doubt::Busy,
            _ => Doubt::RefusalNotKnown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Response;

    fn service(status: u16, code: &str, message: &str) -> Error {
        let body = format!(r#"{{"error_code":"{code}","error_msg":"{message}"}}"#);
        Error::from_response(&Response {
            status,
            json: serde_json::from_str(&body).ok(),
            body,
            ..Response::default()
        })
    }

    #[test]
    fn what_is_on_the_list_proves_that_nothing_ran() {
        for (status, code) in [
            (400, "DCS.4061"),
            (400, "111400061"),
            (400, "DCS.4086"),
            (400, "DCS.4855"),
            (400, "DCS.4253"),
            (401, "APIGW.0301"),
            (401, "APIGW.0307"),
            (401, "DCS.1002"),
            (403, "DCS.2003"),
            (403, "APIGW.0302"),
            (404, "DCS.3022"),
            (404, "111404022"),
            (404, "APIGW.0101"),
            (429, "APIGW.0308"),
            (429, "whatever"),
            (503, "APIGW.0308"),
        ] {
            assert_eq!(
                proves_refusal(&service(status, code, "m"), true),
                Ok(()),
                "{status} {code}"
            );
        }
        assert_eq!(proves_refusal(&Error::credentials("x"), true), Ok(()));
        assert_eq!(proves_refusal(&Error::invalid("x", "y"), true), Ok(()));
    }

    #[test]
    fn everything_else_is_in_doubt() {
        for (status, code, message, doubt) in [
            (400, "DCS.4017", "m", Doubt::Busy),
            (400, "111400017", "m", Doubt::Busy),
            (400, "DCS.4049", "m", Doubt::Busy),
            (400, "DCS.4121", "m", Doubt::Busy),
            (400, "DCS.4231", "m", Doubt::Busy),
            (400, "DCS.4975", "m", Doubt::Busy),
            (400, "CBC.99003651", "m", Doubt::Busy),
            (409, "x", "m", Doubt::Busy),
            (500, "DCS.4069", "m", Doubt::Busy),
            (400, "DCS.4957", "m", Doubt::RefusalNotKnown),
            (400, "DCS.4300", "m", Doubt::RefusalNotKnown),
            (400, "DCS.4133", "m", Doubt::RefusalNotKnown),
            (400, "DCS.9999", "m", Doubt::RefusalNotKnown),
            (400, "APIGW.0106", "m", Doubt::RefusalNotKnown),
            (
                401,
                "APIGW.0301",
                "the request is replayed",
                Doubt::RefusalNotKnown,
            ),
            (401, "APIGW.0308", "m", Doubt::RefusalNotKnown),
            (401, "401", "Unauthorized", Doubt::RefusalNotKnown),
            (403, "WAF.1", "m", Doubt::RefusalNotKnown),
            (404, "404", "m", Doubt::RefusalNotKnown),
            (405, "DCS.5001", "m", Doubt::RefusalNotKnown),
            (413, "x", "m", Doubt::RefusalNotKnown),
            (421, "x", "m", Doubt::RefusalNotKnown),
            (425, "x", "m", Doubt::RefusalNotKnown),
            (408, "x", "m", Doubt::UnusableAnswer),
            (500, "DCS.5000", "m", Doubt::UnusableAnswer),
            (502, "x", "m", Doubt::UnusableAnswer),
        ] {
            let proved = proves_refusal(&service(status, code, message), true);
            assert_eq!(proved, Err(doubt), "{status} {code} {message}");
        }
        let no_message = Error::from_response(&Response {
            status: 400,
            json: serde_json::from_str(r#"{"error_code":"DCS.4017"}"#).ok(),
            ..Response::default()
        });
        assert!(proves_refusal(&no_message, true).is_err());
        assert_eq!(
            proves_refusal(&Error::connection(""), true),
            Err(Doubt::Lost)
        );
        assert_eq!(proves_refusal(&Error::timeout(1), true), Err(Doubt::Lost));
        let format = Error::format(&Response::default(), "x");
        assert_eq!(proves_refusal(&format, true), Err(Doubt::UnusableAnswer));
    }

    #[test]
    fn a_back_end_says_itself_whether_it_sent_anything() {
        let refused = |code: &str, outcome: &str| {
            let body =
                format!(r#"{{"error_code":"{code}","error_msg":"m","outcome":"{outcome}"}}"#);
            Error::from_response(&Response {
                status: 403,
                json: serde_json::from_str(&body).ok(),
                body,
                ..Response::default()
            })
        };
        assert_eq!(
            proves_refusal(&refused("PROXY_FORBIDDEN", "not_sent"), true),
            Ok(())
        );
        for (code, outcome) in [
            ("PROXY_TIMEOUT", "unknown"),
            ("PROXY_X", ""),
            ("WAF.1", "not_sent"),
        ] {
            let doubt = Err(Doubt::RefusalNotKnown);
            assert_eq!(
                proves_refusal(&refused(code, outcome), true),
                doubt,
                "{code} {outcome}"
            );
        }
    }

    #[test]
    fn who_calls_is_a_proof_only_of_a_request_that_was_sent_once() {
        let refused = service(401, "APIGW.0301", "verify aksk signature fail");
        assert_eq!(proves_refusal(&refused, true), Ok(()));
        assert_eq!(proves_refusal(&refused, false), Err(Doubt::RefusalNotKnown));
    }
}
