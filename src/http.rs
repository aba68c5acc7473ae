//! A request and a response as plain values. Whoever drives the core sends the one and makes the other.

use crate::json::Json;

/// An answer of the service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// 100 to 599.
    pub status: u16,
    /// `X-Request-Id`
    pub request_id: Option<String>,
    /// `Date`, in milliseconds since 1970.
    pub date_ms: Option<i64>,
    /// `Retry-After`
    pub retry_after: Option<RetryAfter>,
    /// The text of the body; its start is enough.
    pub body: String,
    /// The body's value, when it is JSON. Of an answer that is no error it may have no more than the members that its
    /// operation reads.
    pub json: Option<Json>,
}

/// How long an answer asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds.
    Seconds(u32),
    /// Until that moment, in milliseconds since 1970.
    Date(i64),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Connection refused, reset, no such host, CORS: it may have been sent.
    Connection(String),
    /// The time for one attempt, in milliseconds, passed.
    Timeout(u32),
}
