//! The signature: which key of a credential signs what, by algorithm.

use super::Algorithm;
use crate::credential::AccessKey;
use crate::crypto::{Hash, HmacKey, hkdf_sha256};
use crate::error::Error;
use crate::text::hex_into;

/// Appends the signature of a string to sign, in lower-case hex. `scope` is that of V11; the others do not use it.
///
/// # Errors
/// `Credentials`, only of the asymmetric algorithms, when no private key can be derived.
pub(super) fn signature_into(
    out: &mut Vec<u8>,
    key: &AccessKey,
    algorithm: Algorithm,
    scope: &[u8],
    string_to_sign: &[u8],
) -> Result<(), Error> {
    let mac = match algorithm {
        Algorithm::SdkHmacSha256 | Algorithm::SdkHmacSm3 => {
            key.hmac_key(algorithm.hash()).sign(string_to_sign)
        }
        Algorithm::V11HmacSha256 => key
            .derived_key(scope, |sk| derive_v11(key.ak_bytes(), sk, scope))
            .sign(string_to_sign),
        #[cfg(feature = "asymmetric")]
        Algorithm::SdkEcdsaP256Sha256 | Algorithm::SdkSm2Sm3 => {
            let (ak, sk) = (key.ak_bytes(), key.sk().expose());
            let signature = super::asymmetric::signature(algorithm, ak, sk, string_to_sign)?;
            hex_into(out, &signature);
            return Ok(());
        }
    };
    hex_into(out, &mac);
    Ok(())
}

/// The derived key of V11: HKDF-SHA256 of the secret key with the access key id as salt and the scope as info; its
/// lower-case hex is what keys the HMAC.
fn derive_v11(ak: &[u8], sk: &[u8], scope: &[u8]) -> HmacKey {
    let derived = hkdf_sha256(ak, sk, scope);
    let mut hex = zeroize::Zeroizing::new(Vec::with_capacity(64));
    hex_into(&mut hex, &*derived);
    HmacKey::new(Hash::Sha256, &hex)
}
