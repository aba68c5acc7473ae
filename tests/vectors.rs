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
    let prepared = Unsigned {
        method: &text("method"),
        url: Url::parse(&text("url"), "url").unwrap(),
        headers: Headers::from_pairs(
            headers
                .iter()
                .map(|(name, value)| (name, value.as_str().unwrap())),
        )
        .unwrap(),
        payload: Payload::Bytes(&body),
        date: SdkDate::parse(&text("date")).unwrap(),
        algorithm: Algorithm::from_name(&text("algorithm")).unwrap(),
        scope: vector["region"].as_str().map(|region| Scope {
            region: region.into(),
            service: text("service"),
        }),
    }
    .prepare()
    .unwrap();
    let id = &vector["id"];
    assert_eq!(
        prepared.canonical_request,
        text("canonical_request"),
        "canonical request of vector {id}"
    );
    assert_eq!(
        prepared.string_to_sign,
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
mod asymmetric {
    use super::*;

    /// The hex of the signature, and what comes before it.
    fn split(authorization: &str) -> (&str, Vec<u8>) {
        let (start, hex) = authorization.split_once("Signature=").unwrap();
        let bytes = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect();
        (start, bytes)
    }

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

    /// The private key, by the official core's counter-mode derivation, in plain big-endian arithmetic.
    fn private_key<M: digest::KeyInit + digest::Mac>(vector: &Value, order_hex: &str) -> [u8; 32] {
        let order: Vec<u8> = (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&order_hex[at..at + 2], 16).unwrap())
            .collect();
        let mut last: [u8; 32] = order.try_into().unwrap();
        last[31] -= 2; // both orders end in a byte above 2
        for counter in 0u8..255 {
            let mut mac =
                <M as digest::KeyInit>::new_from_slice(vector["sk"].as_str().unwrap().as_bytes())
                    .unwrap();
            mac.update(&[0, 0, 0, 1]);
            mac.update(vector["algorithm"].as_str().unwrap().as_bytes());
            mac.update(&[0]);
            mac.update(vector["ak"].as_str().unwrap().as_bytes());
            mac.update(&[counter, 0, 0, 1, 0]);
            let mut candidate: [u8; 32] =
                mac.finalize().into_bytes().as_slice().try_into().unwrap();
            if candidate <= last {
                for byte in candidate.iter_mut().rev() {
                    *byte = byte.wrapping_add(1);
                    if *byte != 0 {
                        break;
                    }
                }
                return candidate;
            }
        }
        panic!("no candidate");
    }

    #[test]
    fn sdk_ecdsa_p256_sha256() {
        use p256::ecdsa::signature::Verifier;
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
        verify(Algorithm::SdkEcdsaP256Sha256, 11, |vector, der| {
            let key = private_key::<hmac::Hmac<sha2::Sha256>>(vector, order);
            let key = p256::ecdsa::SigningKey::from_slice(&key).unwrap();
            let signature = p256::ecdsa::Signature::from_der(der);
            let text = vector["string_to_sign"].as_str().unwrap().as_bytes();
            signature.is_ok_and(|signature| key.verifying_key().verify(text, &signature).is_ok())
        });
    }

    #[test]
    fn sdk_sm2_sm3() {
        use sm2::dsa::signature::Verifier;
        let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
        verify(Algorithm::SdkSm2Sm3, 6, |vector, der| {
            let key = private_key::<hmac::Hmac<sm3::Sm3>>(vector, order);
            let key = sm2::SecretKey::from_slice(&key).unwrap();
            let key = sm2::dsa::SigningKey::new("1234567812345678", &key).unwrap();
            let text = vector["string_to_sign"].as_str().unwrap().as_bytes();
            // The two integers of the DER sequence, padded to 32 bytes each.
            let mut plain = [0u8; 64];
            let mut rest = &der[2..];
            for half in plain.chunks_mut(32) {
                let digits = &rest[2..2 + usize::from(rest[1])];
                rest = &rest[2 + digits.len()..];
                let digits = &digits[digits.len().saturating_sub(32)..];
                half[32 - digits.len()..].copy_from_slice(digits);
            }
            let signature = sm2::dsa::Signature::from_slice(&plain);
            signature.is_ok_and(|signature| key.verifying_key().verify(text, &signature).is_ok())
        });
    }
}
