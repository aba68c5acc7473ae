//! What may be sent again, and when: full jitter, Retry-After, a budget in attempts and in time.

use crate::error::{Error, ErrorKind, ServiceErrorKind};
use crate::http::{Response, RetryAfter};
use crate::refusal::is_throttled;

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

/// Numbers from a seed, which whoever drives a machine draws at random: the core has no randomness of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// Starts from a seed; every one is good.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number from 0 to 1 (SplitMix64).
    pub fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
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

/// What an operation does to an instance; whether it may be sent again depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Reads: may be sent again.
    Read,
    /// Swaps the roles: two of them cancel out, so it is sent again only after flow control refused it.
    Swap,
}

/// Whether a request whose answer is an error may be sent again.
pub fn may_repeat(effect: Effect, error: &Error) -> bool {
    match (effect, error.kind()) {
        (Effect::Read, ErrorKind::Connection { .. } | ErrorKind::Timeout { .. }) => true,
        (Effect::Read, ErrorKind::Service(error)) => {
            matches!(error.http_status, 429 | 500 | 502 | 503 | 504)
        }
        (Effect::Swap, ErrorKind::Service(error)) => is_throttled(error),
        _ => false,
    }
}

/// Milliseconds that an answer asks to wait: `Retry-After` in seconds or as a date, against the answer's own `Date`
/// where it has one, else against `unix_ms`.
pub fn retry_after_ms(response: &Response, unix_ms: i64) -> Option<u32> {
    let ms = match response.retry_after? {
        RetryAfter::Seconds(seconds) => i64::from(seconds) * 1000,
        RetryAfter::Date(at_ms) => at_ms.saturating_sub(response.date_ms.unwrap_or(unix_ms)),
    };
    Some(ms.clamp(0, i64::from(MAX_RETRY_AFTER_MS)) as u32)
}

/// Whether further requests with the same credentials can only fail, and may lock the access key.
pub fn is_hopeless(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Service(error) => matches!(
            error.kind(),
            ServiceErrorKind::Authentication | ServiceErrorKind::Permission
        ),
        ErrorKind::InvalidArgument { .. } | ErrorKind::Credentials { .. } | ErrorKind::Aborted => {
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::proves_refusal;

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
            (ErrorKind::Stale.into(), false, false),
            (Error::invalid("x", "y"), false, false),
            (Error::credentials("x"), false, false),
            (Error::format(&Response::default(), "x"), false, false),
        ] {
            assert_eq!(may_repeat(Effect::Read, &error), read, "read {error:?}");
            assert_eq!(may_repeat(Effect::Swap, &error), swap, "swap {error:?}");
            assert!(
                !swap || proves_refusal(&error, true).is_ok(),
                "a swap is repeated only when refused: {error:?}"
            );
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
    fn numbers_of_a_seed_spread_between_zero_and_one() {
        let mut random = Random::new(7);
        let numbers: Vec<f64> = (0..1000).map(|_| random.draw()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert_ne!(Random::new(1).draw(), Random::new(2).draw());
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
