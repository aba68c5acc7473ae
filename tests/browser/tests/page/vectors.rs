//! Every vector of the official core through the `sign` export; a failure names the first step that differs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use browser_tests::call;
use huaweicloud_dcs::js::{Credential, SignedBody, output, read_from, reserve, sign};
use js_sys::{Uint8Array, WebAssembly::Memory};
use serde_json::{Value, json};
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

#[path = "../../../vectors/asymmetric.rs"]
mod verifier;

use verifier::{split, verify_p256, verify_sm2};

/// The vectors of an algorithm.
fn of(algorithm: &str, count: usize) -> Vec<Value> {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../../vectors/sdk_core_vectors.json")).unwrap();
    assert_eq!(all.len(), 120);
    let some: Vec<_> = all
        .into_iter()
        .filter(|vector| vector["algorithm"] == algorithm)
        .collect();
    assert_eq!(some.len(), count);
    some
}

/// A part of the module's memory, as JavaScript sees it.
fn memory(at: u32, size: usize) -> Uint8Array {
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), at, size as u32)
}

/// Signs as the vector says, compares the steps, and gives Authorization.
fn signed(vector: &Value) -> String {
    let text = |name: &str| vector[name].as_str().unwrap_or_default();
    let id = &vector["id"];
    let body = BASE64_STANDARD.decode(text("body_base64")).unwrap();
    let headers = vector["headers"].as_object().unwrap();
    let mut fields: Vec<&str> = ["method", "url", "algorithm", "region", "service", "date"]
        .map(text)
        .to_vec();
    for (name, value) in headers {
        fields.extend([name, value.as_str().unwrap()]);
    }
    let key = json!({ "ak": vector["ak"], "sk": vector["sk"] });
    let credential = Credential::new(&call::options(&key)).unwrap();
    let given = fields.join("\0");
    let size = given.len();
    memory(reserve(size) as u32, size).copy_from(given.as_bytes());
    let kind = if body.is_empty() {
        SignedBody::Empty
    } else {
        SignedBody::Read
    };
    let mut rest = body.as_slice();
    let mut read = |at: u32, most: u32| {
        let (piece, after) = rest.split_at(rest.len().min(most as usize));
        memory(at, piece.len()).copy_from(piece);
        rest = after;
        piece.len() as u32
    };
    let lent = ScopedClosure::<dyn FnMut(u32, u32) -> u32>::borrow_mut(&mut read);
    read_from(lent.as_ref());
    let size = sign(&credential, size, headers.len(), kind, 0.0);
    read_from(&JsValue::UNDEFINED);
    let answer = memory(output() as u32, size.unsigned_abs() as usize).to_vec();
    let answer = String::from_utf8(answer).unwrap();
    assert!(size > 0, "vector {id}: {answer}");
    let parts: Vec<&str> = answer.split('\0').collect();
    assert_eq!(
        parts[0],
        text("canonical_request"),
        "canonical request of vector {id}"
    );
    assert_eq!(
        parts[1],
        text("string_to_sign"),
        "string to sign of vector {id}"
    );
    for (name, value) in vector["added_headers"].as_object().into_iter().flatten() {
        let found = parts[3..]
            .chunks(2)
            .find(|pair| pair[0].eq_ignore_ascii_case(name));
        assert_eq!(
            found.map(|pair| pair[1]),
            value.as_str(),
            "{name} of vector {id}"
        );
    }
    parts[2].to_owned()
}

fn compare(algorithm: &str, count: usize) {
    for vector in of(algorithm, count) {
        let wanted = vector["authorization"].as_str().unwrap();
        assert_eq!(
            signed(&vector),
            wanted,
            "authorization of vector {}",
            vector["id"]
        );
    }
}

fn verify(algorithm: &str, count: usize, check: fn(&Value, &[u8]) -> bool) {
    for vector in of(algorithm, count) {
        let made = signed(&vector);
        let (start, mut signature) = split(&made);
        let (wanted, official) = split(vector["authorization"].as_str().unwrap());
        let id = &vector["id"];
        assert_eq!(start, wanted, "vector {id}");
        assert!(
            check(&vector, &official),
            "the official signature of vector {id}"
        );
        assert!(check(&vector, &signature), "our signature of vector {id}");
        *signature.last_mut().unwrap() ^= 1;
        assert!(
            !check(&vector, &signature),
            "a changed signature of vector {id}"
        );
    }
}

#[wasm_bindgen_test]
fn sdk_hmac_sha256() {
    compare("SDK-HMAC-SHA256", 77);
}

#[wasm_bindgen_test]
fn sdk_hmac_sm3() {
    compare("SDK-HMAC-SM3", 11);
}

#[wasm_bindgen_test]
fn v11_hmac_sha256() {
    compare("V11-HMAC-SHA256", 15);
}

#[wasm_bindgen_test]
fn sdk_ecdsa_p256_sha256() {
    verify("SDK-ECDSA-P256-SHA256", 11, verify_p256);
}

#[wasm_bindgen_test]
fn sdk_sm2_sm3() {
    verify("SDK-SM2-SM3", 6, verify_sm2);
}
