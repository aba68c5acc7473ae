// Checks signatures of the asymmetric algorithms with the public key derived from a vector's AK and SK. Shared by the
// native and the browser tests.

use p256::ecdsa::signature::Verifier;
use serde_json::Value;

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
        let mut candidate: [u8; 32] = mac.finalize().into_bytes().as_slice().try_into().unwrap();
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

/// The hex of the signature, and what comes before it.
pub fn split(authorization: &str) -> (&str, Vec<u8>) {
    let (start, hex) = authorization.split_once("Signature=").unwrap();
    let bytes = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    (start, bytes)
}

/// Whether this is a signature of the vector's string to sign.
pub fn verify_p256(vector: &Value, der: &[u8]) -> bool {
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let key = private_key::<hmac::Hmac<sha2::Sha256>>(vector, order);
    let key = p256::ecdsa::SigningKey::from_slice(&key).unwrap();
    let signature = p256::ecdsa::Signature::from_der(der);
    let text = vector["string_to_sign"].as_str().unwrap().as_bytes();
    signature.is_ok_and(|signature| key.verifying_key().verify(text, &signature).is_ok())
}

/// Whether this is a signature of the vector's string to sign.
pub fn verify_sm2(vector: &Value, der: &[u8]) -> bool {
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
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
}
