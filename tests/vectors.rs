//! Every vector of the official core, step by step, so that a failure names the first step that differs.
#![cfg(not(target_arch = "wasm32"))]

use base64::Engine as _;
use huaweicloud_dcs::credential::AccessKey;
use huaweicloud_dcs::sign::{Algorithm, Headers, Payload, Scope, SdkDate, Unsigned, Url};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("vectors/sdk_core_vectors.json")).unwrap()
}

/// Signs as the vector says, compares the steps, and gives Authorization as made and as wanted.
fn sign(vector: &Value) -> (String, String) {
    let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
    let body = base64::prelude::BASE64_STANDARD
        .decode(text("body_base64"))
        .unwrap();
    let headers = vector["headers"].as_object().unwrap();
    let (method, url, region, service) =
        (text("method"), text("url"), text("region"), text("service"));
    let request = Unsigned {
        method: method.as_bytes(),
        url: Url::parse(&url, "url").unwrap(),
        headers: Headers::from_pairs(
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap())),
        )
        .unwrap(),
        payload: Payload::Bytes(&body),
        date: SdkDate::parse(&text("date")).unwrap(),
        algorithm: Algorithm::from_name(&text("algorithm")).unwrap(),
        scope: (!region.is_empty()).then_some(Scope {
            region: region.as_bytes(),
            service: service.as_bytes(),
        }),
    };
    let prepared = request.prepare().unwrap();
    let id = &vector["id"];
    assert_eq!(
        prepared.canonical_request(),
        text("canonical_request"),
        "canonical request of vector {id}"
    );
    assert_eq!(
        prepared.string_to_sign(),
        text("string_to_sign"),
        "string to sign of vector {id}"
    );
    for (name, value) in vector["added_headers"].as_object().into_iter().flatten() {
        assert_eq!(
            prepared.headers.get(name),
            value.as_str(),
            "{name} of vector {id}"
        );
    }
    let key = AccessKey::new(text("ak"), text("sk"), None).unwrap();
    (prepared.authorization(&key).unwrap(), text("authorization"))
}

/// Compares all vectors of an algorithm whose signatures are the same each time.
fn compare(algorithm: Algorithm, count: usize) {
    let of_it: Vec<_> = vectors()
        .into_iter()
        .filter(|vector| vector["algorithm"] == algorithm.name())
        .collect();
    assert_eq!(of_it.len(), count);
    for vector in &of_it {
        let (made, wanted) = sign(vector);
        assert_eq!(made, wanted, "authorization of vector {}", vector["id"]);
    }
}

#[test]
fn sdk_hmac_sha256() {
    compare(Algorithm::SdkHmacSha256, 77);
}

#[test]
fn sdk_hmac_sm3() {
    compare(Algorithm::SdkHmacSm3, 11);
}

#[test]
fn v11_hmac_sha256() {
    compare(Algorithm::V11HmacSha256, 15);
}

#[cfg(feature = "asymmetric")]
#[path = "vectors/asymmetric.rs"]
mod verifier;

#[cfg(feature = "asymmetric")]
mod asymmetric {
    use super::verifier::{split, verify_p256, verify_sm2};
    use super::*;

    /// Both our signature and the official one verify with the public key derived from the vector's AK and SK.
    fn verify(algorithm: Algorithm, count: usize, check: impl Fn(&Value, &[u8]) -> bool) {
        let of_it: Vec<_> = vectors()
            .into_iter()
            .filter(|vector| vector["algorithm"] == algorithm.name())
            .collect();
        assert_eq!(of_it.len(), count);
        for vector in &of_it {
            let (made, wanted) = sign(vector);
            let ((made_start, ours), (wanted_start, official)) = (split(&made), split(&wanted));
            assert_eq!(made_start, wanted_start, "vector {}", vector["id"]);
            assert!(
                check(vector, &official),
                "the official signature of vector {}",
                vector["id"]
            );
            assert!(
                check(vector, &ours),
                "our signature of vector {}",
                vector["id"]
            );
            let mut wrong = ours;
            *wrong.last_mut().unwrap() ^= 1;
            assert!(
                !check(vector, &wrong),
                "a changed signature of vector {}",
                vector["id"]
            );
        }
    }

    #[test]
    fn sdk_ecdsa_p256_sha256() {
        verify(Algorithm::SdkEcdsaP256Sha256, 11, verify_p256);
    }

    #[test]
    fn sdk_sm2_sm3() {
        verify(Algorithm::SdkSm2Sm3, 6, verify_sm2);
    }
}
