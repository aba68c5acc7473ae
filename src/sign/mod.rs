//! Signing, after the API signing guide: canonical request, string to sign, signature.
//!
//! Each step is a function of its own: [`Unsigned::prepare`] makes the canonical request and the string to sign,
//! which need no secret (a remote signer is given them); [`Prepared::authorize`] adds the signature. Nothing here
//! reads a clock or sends anything.

mod algorithm;
#[cfg(feature = "asymmetric")]
mod asymmetric;
mod canonical;
mod date;
mod encode;
pub(crate) mod header;
mod url;

pub use algorithm::Algorithm;
pub use canonical::Payload;
pub use date::SdkDate;
pub use encode::percent_encode;
pub use header::Headers;
pub use url::Url;

pub(crate) use algorithm::{Hash, HmacKey, hex, v11_key};
#[cfg(feature = "asymmetric")]
pub(crate) use asymmetric::signature as asymmetric_signature;
pub(crate) use encode::ascii;
#[cfg(target_arch = "wasm32")]
pub(crate) use header::to_byte_string;

use crate::credential::AccessKey;
use crate::error::Error;

/// The scope of a V11 signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Region id, for example `cn-north-4`.
    pub region: String,
    /// Service name, for example `dcs`.
    pub service: String,
}

/// A request before signing.
pub struct Unsigned<'a> {
    /// In upper case.
    pub method: &'a str,
    /// The URL it is sent to.
    pub url: Url<'a>,
    /// What else is sent.
    pub headers: Headers,
    /// The body.
    pub payload: Payload<'a>,
    /// When it is signed. The gateway takes 15 minutes of difference.
    pub date: SdkDate,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Of V11 only.
    pub scope: Option<Scope>,
}

/// A request with all but its signature.
pub struct Prepared {
    /// Headers to send, `Authorization` not yet among them; `Host` is left to the HTTP client.
    pub headers: Headers,
    /// The canonical request.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    signed_headers: String,
    algorithm: Algorithm,
    info: Option<String>,
}

impl Unsigned<'_> {
    /// Makes the canonical request and the string to sign.
    ///
    /// # Errors
    /// `InvalidArgument`: a header that signing itself makes is given (`Authorization`), a `Host` or `X-Sdk-Date` that
    /// contradicts the URL or the date, V11 without a scope.
    pub fn prepare(mut self) -> Result<Prepared, Error> {
        self.check_headers()?;
        let hash = self.algorithm.hash();
        if self
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| !is_hashed(value))
            || matches!(self.payload, Payload::Unsigned)
        {
            self.headers.set(
                hash.content_header(),
                canonical::UNSIGNED_PAYLOAD.to_owned(),
            );
        }
        self.headers
            .set(header::X_SDK_DATE, self.date.as_str().to_owned());
        let info = self.info()?;
        let (canonical_request, signed_headers) = canonical::canonical_request(
            self.method,
            &self.url,
            &self.headers,
            self.payload,
            self.algorithm,
        );
        let mut string_to_sign = Vec::with_capacity(160);
        for line in [
            Some(self.algorithm.name()),
            Some(self.date.as_str()),
            info.as_deref(),
        ]
        .into_iter()
        .flatten()
        {
            string_to_sign.extend_from_slice(line.as_bytes());
            string_to_sign.push(b'\n');
        }
        hash.hex_into(&mut string_to_sign, canonical_request.as_bytes());
        Ok(Prepared {
            headers: self.headers,
            canonical_request,
            string_to_sign: encode::ascii(string_to_sign),
            signed_headers,
            algorithm: self.algorithm,
            info,
        })
    }

    fn check_headers(&mut self) -> Result<(), Error> {
        if self.headers.get(header::AUTHORIZATION).is_some() {
            return Err(Error::invalid(
                "headers.Authorization",
                "is what signing makes; leave it out",
            ));
        }
        if let Some(host) = self.headers.remove(header::HOST)
            && !host.trim().eq_ignore_ascii_case(&self.url.host)
        {
            return Err(Error::invalid(
                "headers.Host",
                "is not the host of the URL; leave it out",
            ));
        }
        if let Some(date) = self.headers.get(header::X_SDK_DATE)
            && date.trim() != self.date.as_str()
        {
            return Err(Error::invalid(
                "headers.X-Sdk-Date",
                "is not the date given; leave one out",
            ));
        }
        Ok(())
    }

    /// The scope line of V11: `YYYYMMDD/region/service`.
    fn info(&self) -> Result<Option<String>, Error> {
        if self.algorithm != Algorithm::V11HmacSha256 {
            return Ok(None);
        }
        let Some(scope) = &self.scope else {
            return Err(Error::invalid(
                "region",
                "and service are needed by V11-HMAC-SHA256",
            ));
        };
        for (field, text) in [("region", &scope.region), ("service", &scope.service)] {
            if text.is_empty()
                || !text
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b'/')
            {
                return Err(Error::invalid(
                    field,
                    "must be a plain name for V11-HMAC-SHA256",
                ));
            }
        }
        Ok(Some(
            [self.date.day(), &scope.region, &scope.service].join("/"),
        ))
    }
}

/// A hash that tells a token apart from others without being it.
#[cfg(all(feature = "client", target_arch = "wasm32"))]
pub(crate) fn token_fingerprint(token: &crate::credential::Secret) -> String {
    let mut hash = Vec::with_capacity(64);
    Hash::Sha256.hex_into(&mut hash, token.expose().as_bytes());
    encode::ascii(hash)
}

/// Content types whose body the official core hashes; every other one is sent as `UNSIGNED-PAYLOAD`.
fn is_hashed(content_type: &str) -> bool {
    let content_type = content_type.trim();
    content_type.is_empty()
        || content_type.starts_with("application/json")
        || content_type.starts_with("application/bson")
}

impl Prepared {
    /// The value of `Authorization`.
    ///
    /// # Errors
    /// Only for the asymmetric algorithms, when no key can be derived or no randomness be had.
    pub fn authorization(&self, key: &AccessKey) -> Result<String, Error> {
        let signature = key.signature(
            self.algorithm,
            self.info.as_deref(),
            self.string_to_sign.as_bytes(),
        )?;
        let (label, slash, info) = match &self.info {
            Some(info) => (" Credential=", "/", info.as_str()),
            None => (" Access=", "", ""),
        };
        Ok([
            self.algorithm.name(),
            label,
            key.ak(),
            slash,
            info,
            ", SignedHeaders=",
            &self.signed_headers,
            ", Signature=",
            &signature,
        ]
        .concat())
    }

    /// Signs: the headers to send, `Authorization` among them.
    ///
    /// # Errors
    /// As [`Prepared::authorization`].
    pub fn authorize(mut self, key: &AccessKey) -> Result<Headers, Error> {
        let authorization = self.authorization(key)?;
        self.headers.set(header::AUTHORIZATION, authorization);
        Ok(self.headers)
    }
}
