//! The five algorithms, each able to verify.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Verifier;
use p256::elliptic_curve::{Field, PrimeField};
use sha2::{Digest, Sha256};
use sm3::Sm3;
use subtle::ConstantTimeEq;

/// The identity that SM2 signs with when none is agreed on (GB/T 35276).
const SM2_IDENTITY: &str = "1234567812345678";

/// A signing algorithm, by the name that stands in `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `SDK-HMAC-SHA256`.
    HmacSha256,
    /// `SDK-HMAC-SM3`.
    HmacSm3,
    /// `V11-HMAC-SHA256`, with a key derived per day, region and service.
    V11HmacSha256,
    /// `SDK-ECDSA-P256-SHA256`.
    EcdsaP256Sha256,
    /// `SDK-SM2-SM3`.
    Sm2Sm3,
}

const ALL: [Algorithm; 5] = [
    Algorithm::HmacSha256,
    Algorithm::HmacSm3,
    Algorithm::V11HmacSha256,
    Algorithm::EcdsaP256Sha256,
    Algorithm::Sm2Sm3,
];

impl Algorithm {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "SDK-HMAC-SHA256",
            Self::HmacSm3 => "SDK-HMAC-SM3",
            Self::V11HmacSha256 => "V11-HMAC-SHA256",
            Self::EcdsaP256Sha256 => "SDK-ECDSA-P256-SHA256",
            Self::Sm2Sm3 => "SDK-SM2-SM3",
        }
    }

    /// The algorithm of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.into_iter().find(|a| a.name() == name)
    }

    /// The hash this algorithm uses throughout.
    pub const fn hash(self) -> Hash {
        match self {
            Self::HmacSm3 | Self::Sm2Sm3 => Hash::Sm3,
            _ => Hash::Sha256,
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SM3.
    Sm3,
}

impl Hash {
    /// The hash in lower-case hex.
    pub fn hex(self, data: &[u8]) -> String {
        match self {
            Self::Sha256 => hex(&Sha256::digest(data)),
            Self::Sm3 => hex(&Sm3::digest(data)),
        }
    }

    /// The header that may stand for the body.
    pub const fn content_header(self) -> &'static str {
        match self {
            Self::Sha256 => "x-sdk-content-sha256",
            Self::Sm3 => "x-sdk-content-sm3",
        }
    }

    fn hmac(self, key: &[u8], data: &[u8]) -> Option<[u8; 32]> {
        Some(match self {
            Self::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .ok()?
                .chain_update(data)
                .finalize()
                .into_bytes()
                .into(),
            Self::Sm3 => Hmac::<Sm3>::new_from_slice(key)
                .ok()?
                .chain_update(data)
                .finalize()
                .into_bytes()
                .into(),
        })
    }
}

/// What a signature is checked with.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    /// The access key.
    pub access: &'a str,
    /// Its secret.
    pub secret: &'a str,
    /// `{yyyymmdd}/{region}/{service}`, for a derived key.
    pub info: Option<&'a str>,
}

/// The text that is signed.
pub fn string_to_sign(
    algorithm: Algorithm,
    date: &str,
    info: Option<&str>,
    canonical_request: &[u8],
) -> String {
    let hash = algorithm.hash().hex(canonical_request);
    let name = algorithm.name();
    match info {
        Some(info) => format!("{name}\n{date}\n{info}\n{hash}"),
        None => format!("{name}\n{date}\n{hash}"),
    }
}

/// Whether a signature in hex is right.
pub fn verify(algorithm: Algorithm, key: &Key<'_>, text: &str, signature: &str) -> bool {
    let secret = key.secret.as_bytes();
    let checked = match algorithm {
        Algorithm::HmacSha256 | Algorithm::HmacSm3 => algorithm
            .hash()
            .hmac(secret, text.as_bytes())
            .map(|mac| same(&hex(&mac), signature)),
        Algorithm::V11HmacSha256 => derived(key)
            .and_then(|derived| Hash::Sha256.hmac(derived.as_bytes(), text.as_bytes()))
            .map(|mac| same(&hex(&mac), signature)),
        Algorithm::EcdsaP256Sha256 => verify_p256(algorithm, key, text, signature),
        Algorithm::Sm2Sm3 => verify_sm2(algorithm, key, text, signature),
    };
    checked.unwrap_or(false)
}

/// The derived key, in hex as the signer uses it.
fn derived(key: &Key<'_>) -> Option<String> {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(Some(key.access.as_bytes()), key.secret.as_bytes())
        .expand(key.info?.as_bytes(), &mut out)
        .ok()?;
    Some(hex(&out))
}

/// The candidates for a private key in counter mode; each is 32 bytes.
fn candidates<'a>(algorithm: Algorithm, key: &Key<'a>) -> impl Iterator<Item = [u8; 32]> + use<'a> {
    let (access, secret) = (key.access, key.secret);
    (0..0xff_u8).filter_map(move |counter| {
        let mut data = vec![0, 0, 0, 1];
        data.extend_from_slice(algorithm.name().as_bytes());
        data.push(0);
        data.extend_from_slice(access.as_bytes());
        data.push(counter);
        data.extend_from_slice(&[0, 0, 1, 0]);
        algorithm.hash().hmac(secret.as_bytes(), &data)
    })
}

/// The first candidate that fits the curve's order, plus one.
fn private_scalar<S: PrimeField<Repr: From<[u8; 32]>> + Field>(
    algorithm: Algorithm,
    key: &Key<'_>,
) -> Option<S> {
    candidates(algorithm, key)
        .filter_map(|candidate| Option::<S>::from(S::from_repr(candidate.into())))
        .map(|scalar| scalar + S::ONE)
        .find(|scalar| !bool::from(scalar.is_zero()))
}

fn verify_p256(algorithm: Algorithm, key: &Key<'_>, text: &str, signature: &str) -> Option<bool> {
    let scalar: p256::Scalar = private_scalar(algorithm, key)?;
    let secret = p256::SecretKey::from_bytes(&scalar.to_repr()).ok()?;
    let signature = p256::ecdsa::Signature::from_der(&unhex(signature)?).ok()?;
    let public = p256::ecdsa::VerifyingKey::from(secret.public_key());
    Some(public.verify(text.as_bytes(), &signature).is_ok())
}

fn verify_sm2(algorithm: Algorithm, key: &Key<'_>, text: &str, signature: &str) -> Option<bool> {
    let scalar: sm2::Scalar = private_scalar(algorithm, key)?;
    let secret = sm2::SecretKey::from_bytes(&scalar.to_repr()).ok()?;
    let signature = sm2::dsa::Signature::from_der(&unhex(signature)?).ok()?;
    let public = sm2::dsa::VerifyingKey::new(SM2_IDENTITY, secret.public_key()).ok()?;
    Some(public.verify(text.as_bytes(), &signature).is_ok())
}

/// Whether two secrets are equal, in a time that tells nothing of them.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits?;
    digits.len().is_multiple_of(2).then(|| {
        digits
            .chunks_exact(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    })
}
