//! The algorithms, by name and hash.

use crate::crypto::Hash;
use crate::error::Error;

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// `SDK-HMAC-SHA256`, what every service takes.
    #[default]
    SdkHmacSha256,
    /// `SDK-HMAC-SM3`, the same with the Chinese standard hash.
    SdkHmacSm3,
    /// `V11-HMAC-SHA256`, with a key derived for a day, a region and a service.
    V11HmacSha256,
    /// `SDK-ECDSA-P256-SHA256`.
    #[cfg(feature = "asymmetric")]
    SdkEcdsaP256Sha256,
    /// `SDK-SM2-SM3`.
    #[cfg(feature = "asymmetric")]
    SdkSm2Sm3,
}

impl Algorithm {
    /// All that this build knows.
    pub const ALL: &[Self] = &[
        Self::SdkHmacSha256,
        Self::SdkHmacSm3,
        Self::V11HmacSha256,
        #[cfg(feature = "asymmetric")]
        Self::SdkEcdsaP256Sha256,
        #[cfg(feature = "asymmetric")]
        Self::SdkSm2Sm3,
    ];

    /// The name as `Authorization` begins with it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::SdkHmacSm3 => "SDK-HMAC-SM3",
            Self::V11HmacSha256 => "V11-HMAC-SHA256",
            #[cfg(feature = "asymmetric")]
            Self::SdkEcdsaP256Sha256 => "SDK-ECDSA-P256-SHA256",
            #[cfg(feature = "asymmetric")]
            Self::SdkSm2Sm3 => "SDK-SM2-SM3",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_bytes(name.as_bytes())
    }

    /// The same, or an error that names those there are.
    pub(crate) fn read(name: &[u8]) -> Result<Self, Error> {
        Self::from_bytes(name).ok_or_else(|| {
            let mut why = String::from("must be one of ");
            for (index, known) in Self::ALL.iter().enumerate() {
                why.push_str(if index > 0 { ", " } else { "" });
                why.push_str(known.name());
            }
            Error::invalid("algorithm", &why)
        })
    }

    fn from_bytes(name: &[u8]) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|algorithm| algorithm.name().as_bytes() == name)
    }

    /// The header that may carry the hash of the body.
    pub(crate) const fn content_header(self) -> &'static str {
        match self.hash() {
            Hash::Sha256 => "X-Sdk-Content-Sha256",
            Hash::Sm3 => "X-Sdk-Content-Sm3",
        }
    }

    /// The hash of the canonical request and of the body.
    pub(crate) const fn hash(self) -> Hash {
        match self {
            Self::SdkHmacSha256 | Self::V11HmacSha256 => Hash::Sha256,
            Self::SdkHmacSm3 => Hash::Sm3,
            #[cfg(feature = "asymmetric")]
            Self::SdkEcdsaP256Sha256 => Hash::Sha256,
            #[cfg(feature = "asymmetric")]
            Self::SdkSm2Sm3 => Hash::Sm3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(*algorithm));
        }
        assert_eq!(Algorithm::from_name("sdk-hmac-sha256"), None);
    }
}
