//! Cross-origin rules: everything is allowed, unless a fault says otherwise.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

const ALLOW_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSE: &str = "X-Request-Id, Date, Retry-After";

/// The answer to a preflight. It is never authenticated.
pub fn preflight(request: &HeaderMap) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    allow(headers);
    headers.insert(
        "access-control-allow-methods",
        HeaderValue::from_static(ALLOW_METHODS),
    );
    // `*` would leave Authorization out, so what was asked for is named.
    if let Some(asked) = request.get("access-control-request-headers") {
        headers.insert("access-control-allow-headers", asked.clone());
    }
    if request.contains_key("access-control-request-private-network") {
        headers.insert(
            "access-control-allow-private-network",
            HeaderValue::from_static("true"),
        );
    }
    // A browser that remembered this answer would miss a fault armed later.
    headers.insert("access-control-max-age", HeaderValue::from_static("0"));
    headers.insert(
        HeaderName::from_static("vary"),
        HeaderValue::from_static("Access-Control-Request-Headers"),
    );
    response
}

/// Lets any origin read an answer.
pub fn allow(headers: &mut HeaderMap) {
    headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    headers.insert(
        "access-control-expose-headers",
        HeaderValue::from_static(EXPOSE),
    );
}
