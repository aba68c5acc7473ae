//! What may be sent again, and when: full jitter, Retry-After, a budget in attempts and in time.

use crate::error::{Error, Kind, Problem};
use crate::http::{Response, RetryAfter};
use crate::operation::Effect;

/// The longest that a `Retry-After` is obeyed, in milliseconds.
pub const MAX_RETRY_AFTER_MS: u32 = 60_000;

/// How often and how long a call is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts in all.
    pub max_attempts: u32,
    /// From the first attempt to the start of the last, in milliseconds.
    pub max_elapsed_ms: u32,
    /// The first back-off, in milliseconds; it doubles.
    pub base_delay_ms: u32,
    /// The longest back-off, in milliseconds.
    pub max_delay_ms: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            max_elapsed_ms: 60_000,
            base_delay_ms: 200,
            max_delay_ms: 5_000,
        }
    }
}

impl Policy {
    /// One attempt, whatever happens.
    pub const NEVER: Self = Self {
        max_attempts: 1,
        max_elapsed_ms: 0,
        base_delay_ms: 0,
        max_delay_ms: 0,
    };

    /// The pause after a failed attempt (counted from 1), full jitter: a random part of a doubling bound.
    /// `random` is from 0 to 1.
    pub fn delay_ms(&self, attempt: u32, random: f64) -> u32 {
        let doubled = u64::from(self.base_delay_ms) << attempt.saturating_sub(1).min(31);
        let bound = doubled.min(u64::from(self.max_delay_ms));
        (bound as f64 * random.clamp(0.0, 1.0)) as u32
    }
}

/// Whether a request whose answer is an error may be sent again.
pub fn may_repeat(effect: Effect, error: &Error) -> bool {
    match (effect, &**error) {
        (Effect::Read, Problem::Connection { .. } | Problem::Timeout { .. }) => true,
        (Effect::Read, Problem::Service(error)) => {
            matches!(error.http_status, 429 | 500 | 502 | 503 | 504)
        }
        // Never a refusal of who calls, whatever its code: five in a row lock the access key.
        (Effect::Swap, Problem::Service(error)) => match error.http_status {
            429 => true,
            401 | 403 => false,
            _ => is_throttled_by_gateway(&error.error_code),
        },
        _ => false,
    }
}

/// The gateway's flow control refuses before anything is forwarded: such a swap surely did not run.
fn is_throttled_by_gateway(code: &str) -> bool {
    code == "APIGW.0308"
}

/// Milliseconds that an answer asks to wait: `Retry-After` in seconds or as a date, against the answer's own `Date`
/// where it has one, else against `now_ms`.
pub fn retry_after_ms(response: &Response, now_ms: i64) -> Option<u32> {
    let ms = match response.retry_after? {
        RetryAfter::Seconds(seconds) => i64::from(seconds) * 1000,
        RetryAfter::Date(at_ms) => at_ms.saturating_sub(response.date_ms.unwrap_or(now_ms)),
    };
    Some(ms.clamp(0, i64::from(MAX_RETRY_AFTER_MS)) as u32)
}

/// Whether a service's error says that it did not do what was asked.
pub fn proves_refusal(error: &Error) -> bool {
    match &**error {
        // 408 is a gateway that gave up waiting; what is behind it may have gone on.
        Problem::Service(service) => {
            matches!(service.http_status, 400..=499)
                && service.http_status != 408
                && !is_busy(error)
                || is_throttled_by_gateway(&service.error_code)
        }
        _ => false,
    }
}

/// Whether the service says that the instance has a job already. That job may be the very swap that was asked for:
/// Chromium, and proxies, send a request a second time by themselves when a connection that was in use breaks.
pub fn is_busy(error: &Error) -> bool {
    matches!(&**error, Problem::Service(service) if service.http_status == 409 || service.kind() == Kind::Busy)
}

/// Whether further requests with the same credentials can only fail, and may lock the access key.
pub fn is_hopeless(error: &Error) -> bool {
    match &**error {
        Problem::Service(error) => matches!(error.kind(), Kind::Authentication | Kind::Permission),
        Problem::InvalidArgument { .. } | Problem::Credentials { .. } | Problem::Aborted => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(http_status: u16, code: &str) -> Error {
        let body = format!(r#"{{"error_code":"{code}","error_msg":"m"}}"#);
        let json = serde_json::from_str(&body).ok();
        Error::from_response(&Response {
            status: http_status,
            body,
            json,
            ..Response::default()
        })
    }

    #[test]
    fn what_may_be_sent_again() {
        let connection = || Error::connection("");
        let timeout = || Error::timeout(1);
        for (error, read, swap) in [
            (connection(), true, false),
            (timeout(), true, false),
            (service(400, "111400017"), false, false),
            (service(401, "APIGW.0301"), false, false),
            (service(403, "DCS.2003"), false, false),
            (service(404, "DCS.3022"), false, false),
            (service(408, "x"), false, false),
            (service(409, "x"), false, false),
            (service(429, "APIGW.0308"), true, true),
            (service(429, "x"), true, true),
            (service(500, "DCS.5000"), true, false),
            (service(501, "x"), false, false),
            (service(502, "x"), true, false),
            (service(503, "APIGW.0308"), true, true),
            (service(401, "APIGW.0308"), false, false),
            (service(403, "APIGW.0308"), false, false),
            (service(503, "x"), true, false),
            (service(504, "x"), true, false),
            (Error::aborted(), false, false),
            (Error::invalid("x", "y"), false, false),
            (Error::credentials("x"), false, false),
            (Error::format(&Response::default(), "x"), false, false),
        ] {
            assert_eq!(may_repeat(Effect::Read, &error), read, "read {error:?}");
            assert_eq!(may_repeat(Effect::Swap, &error), swap, "swap {error:?}");
            assert!(
                !swap || proves_refusal(&error),
                "a swap is repeated only when refused: {error:?}"
            );
        }
        assert!(!proves_refusal(&service(408, "x")) && !proves_refusal(&service(500, "DCS.5000")));
        assert!(!proves_refusal(&connection()) && !proves_refusal(&timeout()));
        for (status, code) in [(400, "DCS.4017"), (400, "111400017"), (409, "x")] {
            assert!(!proves_refusal(&service(status, code)), "{status} {code}");
        }
    }

    #[test]
    fn pauses_double_to_their_bound() {
        let policy = Policy {
            base_delay_ms: 100,
            max_delay_ms: 1000,
            ..Policy::default()
        };
        for (attempt, random, delay) in [
            (1, 1.0, 100),
            (2, 1.0, 200),
            (4, 0.5, 400),
            (5, 1.0, 1000),
            (u32::MAX, 1.0, 1000),
            (3, 0.0, 0),
            (1, f64::NAN, 0),
            (1, 7.0, 100),
        ] {
            assert_eq!(
                policy.delay_ms(attempt, random),
                delay,
                "attempt {attempt}, {random}"
            );
        }
        assert_eq!(Policy::NEVER.delay_ms(9, 1.0), 0);
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        const NOW: i64 = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        use RetryAfter::{Date, Seconds};
        for (retry_after, date_ms, ms) in [
            (Seconds(0), None, 0),
            (Seconds(2), None, 2000),
            (Seconds(3600), None, 60_000),
            (Seconds(u32::MAX), None, 60_000),
            (Date(NOW + 3000), None, 3000),
            (Date(NOW - 7000), None, 0),
            (Date(NOW + 3000), Some(NOW + 2000), 1000),
            (Date(i64::MAX), Some(i64::MIN), 60_000),
            (Date(i64::MIN), Some(i64::MAX), 0),
        ] {
            let response = Response {
                retry_after: Some(retry_after),
                date_ms,
                ..Response::default()
            };
            assert_eq!(retry_after_ms(&response, NOW), Some(ms), "{retry_after:?}");
        }
        assert_eq!(retry_after_ms(&Response::default(), NOW), None);
    }
}
