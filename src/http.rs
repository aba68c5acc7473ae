//! A request and a response as plain values. Whoever drives the core sends the one and makes the other.

use crate::json::Json;

/// Bytes of an answer that are read; what follows is cut off.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// An answer of the service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// 100 to 599.
    pub status: u16,
    /// `X-Request-Id`
    pub request_id: Option<String>,
    /// `Date`, as it stands.
    pub date: Option<String>,
    /// `Retry-After`, as it stands.
    pub retry_after: Option<String>,
    /// The text of the body, at most [`MAX_BODY_BYTES`].
    pub body: String,
    /// The body's value, when it is JSON.
    pub json: Option<Json>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Not sent: a refused redirect target, a request that could not be built. The service saw nothing.
    NotSent(String),
    /// Connection refused, reset, no such host, CORS: it may have been sent.
    Connection(String),
    /// The time for one attempt, in milliseconds, passed.
    Timeout(u32),
}

/// Milliseconds since 1970 of an HTTP date (RFC 9110, 5.6.7); none when it cannot be read.
pub fn parse_date(text: &str) -> Option<i64> {
    let moment = httpdate::parse_http_date(text.trim()).ok()?;
    moment
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?
        .as_millis()
        .try_into()
        .ok()
}

/// The first characters of a text, on one line.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(most)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(
            parse_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777_000)
        );
        for text in ["", "120", "Sun, 06 Nov 1994", "2024-01-01T00:00:00Z"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
