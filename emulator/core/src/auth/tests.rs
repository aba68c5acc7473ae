//! The official core's vectors verify here, and nothing near them does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::credentials::{Credentials, Registration};
use super::{Identity, RawRequest, Refusal, check};
use crate::clock::parse_sdk_date;
use crate::config::{DATE_WINDOW_MS, FAILURES_TO_LOCK, LOCK_MS};
use crate::errors::{BAD_SIGNATURE, EXPIRED, LOCKED};

const VECTORS: &str = include_str!("../../../../tests/vectors/sdk_core_vectors.json");

/// A vector as it would come over the wire.
#[derive(Clone)]
struct Wire {
    id: u64,
    ak: String,
    sk: String,
    region: String,
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    now: i64,
    algorithm: String,
}

impl Wire {
    fn read(vector: &Value) -> Self {
        let text = |key: &str| vector[key].as_str().unwrap_or_default().to_owned();
        let url = text("url");
        let rest = url.split_once("://").expect("a URL").1;
        let (host, target) = rest.split_at(rest.find('/').expect("a path"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        let mut insert = |name: &str, value: &str| {
            let name = HeaderName::try_from(name).expect("a header name");
            headers.insert(
                name,
                HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
            );
        };
        for set in ["headers", "added_headers"] {
            for (name, value) in vector[set].as_object().into_iter().flatten() {
                insert(name, value.as_str().expect("text"));
            }
        }
        insert("host", host);
        insert("authorization", &text("authorization"));
        Self {
            id: vector["id"].as_u64().expect("an id"),
            ak: text("ak"),
            sk: text("sk"),
            region: text("region"),
            method: text("method"),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: STANDARD.decode(text("body_base64")).expect("base64"),
            now: parse_sdk_date(&text("date")).expect("a date"),
            algorithm: text("algorithm"),
        }
    }

    fn all() -> Vec<Self> {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("JSON");
        vectors.iter().map(Self::read).collect()
    }

    fn credentials(&self) -> Credentials {
        let mut known = Credentials::default();
        let token = self.headers.get("x-security-token");
        let registration = Registration {
            ak: Some(self.ak.clone()),
            sk: Some(self.sk.clone()),
            security_token: token.map(|t| t.to_str().expect("text").to_owned()),
            token: None,
            denied: Vec::new(),
            read_only: false,
            expires_in_ms: None,
        };
        known
            .register(registration, self.now)
            .expect("a registration");
        known
    }

    fn check_with(&self, known: &mut Credentials, now: i64) -> Result<Identity, Refusal> {
        let raw = RawRequest {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        check(&raw, known, &self.region, now)
    }

    fn check(&self) -> Result<Identity, Refusal> {
        self.check_with(&mut self.credentials(), self.now)
    }

    /// Curves are slow without optimisation, so fewer of their bytes are changed.
    fn step(&self) -> usize {
        if self.algorithm.contains("HMAC") {
            1
        } else {
            23
        }
    }

    fn refused(&self, what: &str) {
        let outcome = self.check();
        assert!(
            outcome.is_err(),
            "vector {}: {what} went unnoticed",
            self.id
        );
    }
}

/// Another byte than this one.
const fn other(byte: u8) -> u8 {
    if byte == b'q' { b'r' } else { b'q' }
}

fn changed(text: &str, at: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = other(bytes[at]);
    String::from_utf8(bytes).ok()
}

#[test]
fn every_vector_verifies() {
    let all = Wire::all();
    assert_eq!(all.len(), 120);
    for wire in all {
        let identity = wire
            .check()
            .unwrap_or_else(|e| panic!("vector {}: {e:?}", wire.id));
        assert_eq!(identity.access_key.as_deref(), Some(wire.ak.as_str()));
        assert_eq!(identity.method, wire.algorithm);
    }
}

#[test]
fn a_changed_byte_of_path_or_query_is_refused() {
    let mut tried = 0;
    for wire in Wire::all() {
        for at in (0..wire.path.len()).step_by(wire.step()) {
            let path = changed(&wire.path, at).expect("ASCII");
            Wire {
                path,
                ..wire.clone()
            }
            .refused(&format!("byte {at} of the path"));
            tried += 1;
        }
        for at in (0..wire.query.len()).step_by(wire.step()) {
            let query = changed(&wire.query, at).expect("ASCII");
            Wire {
                query,
                ..wire.clone()
            }
            .refused(&format!("byte {at} of the query"));
            tried += 1;
        }
        Wire {
            query: format!("{}&q=1", wire.query),
            ..wire.clone()
        }
        .refused("one more parameter");
    }
    assert!(tried > 5_000, "only {tried}");
}

#[test]
fn a_changed_byte_of_a_signed_header_is_refused() {
    for wire in Wire::all() {
        let names: Vec<HeaderName> = wire.headers.keys().cloned().collect();
        for name in names
            .iter()
            .filter(|n| *n != "authorization" && !n.as_str().contains('_'))
        {
            let value = wire.headers[name].as_bytes().to_vec();
            // The two ends and the middle, past the blanks that do not count.
            let solid: Vec<usize> = (0..value.len())
                .filter(|at| !value[*at].is_ascii_whitespace())
                .collect();
            for at in [solid[0], solid[solid.len() / 2], solid[solid.len() - 1]] {
                let mut bytes = value.clone();
                bytes[at] = other(bytes[at]);
                let mut near = wire.clone();
                near.headers
                    .insert(name, HeaderValue::from_bytes(&bytes).expect("a value"));
                near.refused(&format!("byte {at} of {name}"));
            }
            let mut near = wire.clone();
            near.headers.remove(name);
            near.refused(&format!("{name} left out"));
        }
    }
}

#[test]
fn a_changed_byte_of_the_body_is_refused() {
    let mut open = 0;
    for wire in Wire::all() {
        let content = ["x-sdk-content-sha256", "x-sdk-content-sm3"];
        let unsigned = content.iter().any(|name| wire.headers.contains_key(*name));
        for at in (0..wire.body.len()).step_by(wire.step()) {
            let mut near = wire.clone();
            near.body[at] ^= 1;
            if unsigned {
                // UNSIGNED-PAYLOAD protects no byte: that is what its name says.
                assert!(near.check().is_ok(), "vector {}", wire.id);
                open += 1;
            } else {
                near.refused(&format!("byte {at} of the body"));
            }
        }
        if wire.body.is_empty() {
            Wire {
                body: vec![b'x'],
                ..wire.clone()
            }
            .refused("a body where there was none");
        }
    }
    assert!(open > 0);
}

#[test]
fn a_changed_byte_of_method_or_signature_is_refused() {
    for wire in Wire::all() {
        let method = if wire.method == "GET" { "PUT" } else { "GET" };
        Wire {
            method: method.to_owned(),
            ..wire.clone()
        }
        .refused("another method");
        let header = wire.headers["authorization"]
            .to_str()
            .expect("text")
            .to_owned();
        let last = if header.ends_with('0') { '1' } else { '0' };
        let mut near = wire.clone();
        let cut = format!("{}{last}", &header[..header.len() - 1]);
        near.headers.insert(
            "authorization",
            HeaderValue::from_str(&cut).expect("a value"),
        );
        near.refused("the signature's last digit");
    }
}

#[test]
fn a_date_counts_for_fifteen_minutes() {
    for wire in Wire::all().into_iter().step_by(7) {
        for late in [DATE_WINDOW_MS, -DATE_WINDOW_MS] {
            let mut known = wire.credentials();
            assert!(
                wire.check_with(&mut known, wire.now + late).is_ok(),
                "vector {}",
                wire.id
            );
            let outcome = wire.check_with(&mut known, wire.now + late + late.signum() * 60_000);
            assert_eq!(outcome.expect_err("sixteen minutes").message, EXPIRED);
        }
    }
}

#[test]
fn five_failures_in_a_row_lock_a_key_for_five_minutes() {
    let wire = Wire::all().remove(0);
    let wrong = Wire {
        query: "q=1".to_owned(),
        ..wire.clone()
    };
    let mut known = wire.credentials();
    let message = |outcome: Result<Identity, Refusal>| outcome.expect_err("a refusal").message;
    for _ in 1..FAILURES_TO_LOCK {
        assert_eq!(
            message(wrong.check_with(&mut known, wire.now)),
            BAD_SIGNATURE
        );
    }
    assert!(
        wire.check_with(&mut known, wire.now).is_ok(),
        "a success ends the row"
    );
    for _ in 0..FAILURES_TO_LOCK {
        assert_eq!(
            message(wrong.check_with(&mut known, wire.now)),
            BAD_SIGNATURE
        );
    }
    assert_eq!(message(wire.check_with(&mut known, wire.now)), LOCKED);
    assert_eq!(
        message(wire.check_with(&mut known, wire.now + LOCK_MS - 1)),
        LOCKED
    );
    assert_eq!(known.locked(wire.now), vec![wire.ak.as_str()]);
    assert!(wire.check_with(&mut known, wire.now + LOCK_MS).is_ok());
}

#[test]
fn a_stated_hash_must_be_the_bodys_and_signed() {
    let wire = Wire::all().into_iter().find(|w| {
        w.algorithm == "SDK-HMAC-SHA256"
            && !w.body.is_empty()
            && !w.headers.contains_key("x-sdk-content-sha256")
    });
    let mut wire = wire.expect("a vector");
    // An unsigned statement counts for nothing.
    wire.headers.insert(
        "x-sdk-content-sha256",
        HeaderValue::from_static("UNSIGNED-PAYLOAD"),
    );
    assert!(wire.check().is_ok());
    wire.body[0] ^= 1;
    wire.refused("a changed body under an unsigned statement");
}

#[test]
fn a_derived_key_is_bound_to_its_region() {
    let derived = Wire::all()
        .into_iter()
        .find(|w| w.algorithm.starts_with("V11"));
    let derived = derived.expect("a vector");
    Wire {
        region: "cn-east-3".to_owned(),
        ..derived
    }
    .refused("another region");
}
