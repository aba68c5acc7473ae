//! The metadata service that a cloud server has: temporary keys of its agency.

use std::collections::HashMap;

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clock::iso;
use crate::config::{SECURITY_TOKEN, TEMPORARY_ACCESS_KEY, TEMPORARY_SECRET_KEY};
use crate::errors::answer;
use crate::lock;

use super::Call;
use super::sts::issue;

/// How the service behaves.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Tokens are given, and needed.
    #[default]
    Required,
    /// Tokens are given, and keys also without.
    Optional,
    /// There are no tokens (404), only keys.
    Absent,
    /// There are no tokens (405), only keys.
    NotAllowed,
    /// Tokens cannot be given at the moment (503), keys can.
    Unavailable,
    /// The server has no agency, and so no keys.
    NoAgency,
}

/// The service's settings, as `POST /_emulator/metadata` takes them, and the tokens it gave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metadata {
    /// How it behaves.
    pub mode: Mode,
    /// How long its keys last.
    pub expires_in_ms: i64,
    /// Whether each answer has a key of its own, not the one that the emulator always knows.
    pub fresh: bool,
    #[serde(skip)]
    tokens: HashMap<String, i64>,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            expires_in_ms: 24 * 3600 * 1000,
            fresh: false,
            tokens: HashMap::new(),
        }
    }
}

/// The longest life of a token, in seconds.
const MAX_TTL: i64 = 21_600;
/// Tokens remembered at once.
const MAX_TOKENS: usize = 1_000;

fn plain(status: u16, text: String) -> Response<Bytes> {
    let mut response = answer(status, json!(null));
    response.headers_mut().remove("content-length");
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain"),
    );
    *response.body_mut() = Bytes::from(text);
    response
}

/// Gives a token.
pub fn token(call: &Call<'_>) -> Response<Bytes> {
    let mut metadata = lock(&call.app.metadata);
    match metadata.mode {
        Mode::Absent => return plain(404, "404 page not found".to_owned()),
        Mode::NotAllowed => return plain(405, "Method Not Allowed".to_owned()),
        Mode::Unavailable => return plain(503, "Service Unavailable".to_owned()),
        Mode::Required | Mode::Optional | Mode::NoAgency => {}
    }
    let seconds = call
        .headers
        .get("x-metadata-token-ttl-seconds")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<i64>().ok())
        .filter(|ttl| (1..=MAX_TTL).contains(ttl));
    let Some(seconds) = seconds else {
        return plain(400, "X-Metadata-Token-Ttl-Seconds is invalid".to_owned());
    };
    let now = call.app.world.now_ms();
    metadata.tokens.retain(|_, end| *end > now);
    if metadata.tokens.len() >= MAX_TOKENS {
        metadata.tokens.clear();
    }
    let token = call.app.world.id();
    metadata.tokens.insert(token.clone(), now + seconds * 1000);
    plain(200, token)
}

/// Gives the keys.
pub fn security_key(call: &Call<'_>) -> Response<Bytes> {
    let metadata = lock(&call.app.metadata);
    let token = call
        .headers
        .get("x-metadata-token")
        .and_then(|v| v.to_str().ok());
    let now = call.app.world.now_ms();
    let valid = token.is_some_and(|t| metadata.tokens.get(t).is_some_and(|end| *end > now));
    if metadata.mode == Mode::NoAgency {
        return plain(
            401,
            "Please configure Cloud Service Agency first".to_owned(),
        );
    }
    if metadata.mode == Mode::Required && !valid {
        return plain(401, "Invalid or missing token".to_owned());
    }
    if metadata.fresh {
        return answer(200, issue(call, metadata.expires_in_ms).of_iam());
    }
    answer(
        200,
        json!({
            "credential": {
                "access": TEMPORARY_ACCESS_KEY,
                "secret": TEMPORARY_SECRET_KEY,
                "securitytoken": SECURITY_TOKEN,
                "expires_at": micros(now + metadata.expires_in_ms),
            }
        }),
    )
}

/// The form the metadata service uses has microseconds.
fn micros(ms: i64) -> String {
    iso(ms).replace('Z', "000Z")
}
