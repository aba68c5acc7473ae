//! `SDK-ECDSA-P256-SHA256` and `SDK-SM2-SM3`: a private key derived from AK and SK, signatures in DER.
//!
//! The nonce is derived from key and message (RFC 6979) where the official core draws it: no randomness can fail
//! here, and the verifier cannot tell.

use p256::ecdsa::signature::Signer;
use p256::elliptic_curve::bigint::U256;
use zeroize::Zeroizing;

use super::algorithm::Algorithm;
use crate::crypto::HmacKey;
use crate::error::Error;

/// n - 2 of P-256.
const P256_LAST: U256 =
    U256::from_be_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f");
/// n - 2 of the SM2 curve.
const SM2_LAST: U256 =
    U256::from_be_hex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121");
/// The user id that GB/T 32918 gives when none is agreed on.
const SM2_ID: &str = "1234567812345678";

/// Signs `text` with the key derived from `ak` and `sk`; gives DER.
pub(super) fn signature(
    algorithm: Algorithm,
    ak: &[u8],
    sk: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, Error> {
    let failed = || Error::credentials("no private key can be derived from this access key");
    let (r, s) = if algorithm == Algorithm::SdkSm2Sm3 {
        let key = derive(algorithm, ak, sk, SM2_LAST).ok_or_else(failed)?;
        let key = sm2::SecretKey::from_slice(&*key).map_err(|_| failed())?;
        let key = sm2::dsa::SigningKey::new(SM2_ID, &key).map_err(|_| failed())?;
        let signature: sm2::dsa::Signature = key.try_sign(text).map_err(|_| failed())?;
        (signature.r_bytes().to_vec(), signature.s_bytes().to_vec())
    } else {
        let key = derive(algorithm, ak, sk, P256_LAST).ok_or_else(failed)?;
        let key = p256::ecdsa::SigningKey::from_slice(&*key).map_err(|_| failed())?;
        let signature: p256::ecdsa::Signature = key.try_sign(text).map_err(|_| failed())?;
        let (r, s) = signature.split_bytes();
        (r.to_vec(), s.to_vec())
    };
    Ok(der(&r, &s))
}

/// Counter-mode key derivation (NIST SP 800-108 with HMAC): the first candidate not above n - 2, plus one.
fn derive(algorithm: Algorithm, ak: &[u8], sk: &[u8], last: U256) -> Option<Zeroizing<[u8; 32]>> {
    let mac = HmacKey::new(algorithm.hash(), sk);
    (0u8..0xff).find_map(|counter| {
        let data = [
            &[0, 0, 0, 1],
            algorithm.name().as_bytes(),
            &[0],
            ak,
            &[counter],
            &[0, 0, 1, 0],
        ]
        .concat();
        let candidate = Zeroizing::new(U256::from_be_slice(&*Zeroizing::new(mac.sign(&data))));
        (*candidate <= last).then(|| {
            let bytes = candidate.wrapping_add(&U256::ONE).to_be_bytes();
            Zeroizing::new(<[u8; 32]>::try_from(bytes.as_ref()).unwrap_or_default())
        })
    })
}

/// A DER sequence of two integers. Both are below 2^256, so every length takes one byte.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(72);
    for integer in [r, s] {
        let digits = &integer[integer
            .iter()
            .take_while(|byte| **byte == 0)
            .count()
            .min(integer.len() - 1)..];
        let sign = usize::from(digits[0] >= 0x80);
        body.extend([2, (digits.len() + sign) as u8]);
        body.extend(std::iter::repeat_n(0, sign));
        body.extend_from_slice(digits);
    }
    let mut out = vec![0x30, body.len() as u8];
    out.append(&mut body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_integers_are_shortest_and_positive() {
        assert_eq!(der(&[0, 0, 1], &[0x80]), [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]);
        assert_eq!(der(&[0], &[0x7f, 0]), [0x30, 7, 2, 1, 0, 2, 2, 0x7f, 0]);
    }
}
