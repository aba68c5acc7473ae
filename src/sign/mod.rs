//! Signing, after the API signing guide: canonical request, string to sign, signature.
//!
//! Each step is a function of its own: [`Unsigned::prepare`] makes the canonical request and the string to sign,
//! which need no secret (a remote signer is given them); [`Prepared::authorization`] adds the signature. Nothing here
//! reads a clock or sends anything. What is read is borrowed, what is made is written once, as bytes.

mod algorithm;
#[cfg(feature = "asymmetric")]
mod asymmetric;
mod canonical;
mod date;
mod encode;
pub(crate) mod header;
mod signature;
mod url;

use std::ops::Range;

pub use algorithm::Algorithm;
pub use canonical::Payload;
pub use date::SdkDate;
pub use encode::percent_encode;
pub use header::Headers;
pub use url::Url;

use crate::credential::AccessKey;
use crate::error::Error;
use crate::text::{from_ascii, hex_into};

/// The scope of a V11 signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Region id, for example `cn-north-4`.
    pub region: &'a [u8],
    /// Service name, for example `dcs`.
    pub service: &'a [u8],
}

/// A request before signing.
pub struct Unsigned<'a> {
    /// In upper case.
    pub method: &'a [u8],
    /// The URL it is sent to.
    pub url: Url<'a>,
    /// What else is sent.
    pub headers: Headers<'a>,
    /// The body.
    pub payload: Payload<'a>,
    /// When it is signed. The gateway takes 15 minutes of difference.
    pub date: SdkDate,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Of V11 only.
    pub scope: Option<Scope<'a>>,
}

/// A request with all but its signature.
pub struct Prepared<'a> {
    /// Headers to send, `Authorization` not among them; `Host` is left to the HTTP client.
    pub headers: Headers<'a>,
    algorithm: Algorithm,
    /// The canonical request, NUL, and the string to sign.
    pub(crate) text: Vec<u8>,
    /// Where in it the string to sign begins.
    to_sign: usize,
    /// Where in it the names of the signed headers stand.
    names: Range<usize>,
    /// Where in it the scope of V11 stands; empty otherwise.
    info: Range<usize>,
}

impl<'a> Unsigned<'a> {
    /// Makes the canonical request and the string to sign.
    ///
    /// # Errors
    /// `InvalidArgument`: a header that signing itself makes is given (`Authorization`), a `Host` or `X-Sdk-Date` that
    /// contradicts the URL or the date, V11 without a scope.
    pub fn prepare(&'a self) -> Result<Prepared<'a>, Error> {
        let headers = self.all_headers()?;
        let mut text = Vec::with_capacity(1024);
        let names = canonical::canonical_request(&mut text, self, &headers);
        let end = text.len();
        let to_sign = end + 1;
        text.push(0);
        text.extend_from_slice(self.algorithm.name().as_bytes());
        text.push(b'\n');
        text.extend_from_slice(self.date.as_bytes());
        text.push(b'\n');
        let start = text.len();
        self.info_into(&mut text)?;
        let info = start..text.len();
        if !info.is_empty() {
            text.push(b'\n');
        }
        let hash = self.algorithm.hash().digest(&|take| take(&text[..end]));
        hex_into(&mut text, &hash);
        Ok(Prepared {
            headers,
            algorithm: self.algorithm,
            text,
            to_sign,
            names,
            info,
        })
    }

    /// The headers given, checked, and those that signing makes.
    fn all_headers(&'a self) -> Result<Headers<'a>, Error> {
        let mut headers = Headers(Vec::with_capacity(self.headers.0.len() + 2));
        let hash = self.algorithm.content_header();
        let mut unsigned = matches!(self.payload, Payload::Unsigned);
        for &(name, value) in &self.headers.0 {
            let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
            let wrong = |field, why| Err(Error::invalid(field, why));
            if is(header::AUTHORIZATION) {
                return wrong(
                    "headers.Authorization",
                    "is what signing makes; leave it out",
                );
            } else if is(header::HOST) {
                let mut host = Vec::new();
                self.url.host_into(&mut host);
                if !value.eq_ignore_ascii_case(&host) {
                    return wrong("headers.Host", "is not the host of the URL; leave it out");
                }
                continue;
            } else if is(header::X_SDK_DATE) {
                if value != self.date.as_bytes() {
                    return wrong("headers.X-Sdk-Date", "is not the date given; leave one out");
                }
                continue;
            }
            unsigned |= is(header::CONTENT_TYPE) && !is_hashed(value);
            headers.0.push((name, value));
        }
        if unsigned {
            headers.set(hash, canonical::UNSIGNED_PAYLOAD);
        }
        headers
            .0
            .push((header::X_SDK_DATE.as_bytes(), self.date.as_bytes()));
        Ok(headers)
    }

    /// Appends the scope of V11: `YYYYMMDD/region/service`.
    fn info_into(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.algorithm != Algorithm::V11HmacSha256 {
            return Ok(());
        }
        let Some(scope) = self.scope else {
            return Err(Error::invalid(
                "region",
                "and service are needed by V11-HMAC-SHA256",
            ));
        };
        out.extend_from_slice(self.date.day());
        for (field, text) in [("region", scope.region), ("service", scope.service)] {
            let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'/';
            if text.is_empty() || !text.iter().all(plain) {
                return Err(Error::invalid(
                    field,
                    "must be a plain name for V11-HMAC-SHA256",
                ));
            }
            out.push(b'/');
            out.extend_from_slice(text);
        }
        Ok(())
    }
}

/// Content types whose body the official core hashes; every other one is sent as `UNSIGNED-PAYLOAD`.
fn is_hashed(content_type: &[u8]) -> bool {
    content_type.is_empty()
        || content_type.starts_with(b"application/json")
        || content_type.starts_with(b"application/bson")
}

impl Prepared<'_> {
    /// The canonical request.
    pub fn canonical_request(&self) -> &str {
        text(&self.text[..self.to_sign - 1])
    }

    /// The last line of the canonical request: the hash of the body, or what stands for it.
    pub fn payload_hash(&self) -> &str {
        text(&self.text[self.names.end + 1..self.to_sign - 1])
    }

    /// The string to sign.
    pub fn string_to_sign(&self) -> &str {
        text(&self.text[self.to_sign..])
    }

    /// The value of `Authorization`.
    ///
    /// # Errors
    /// Only for the asymmetric algorithms, when no key can be derived.
    pub fn authorization(&self, key: &AccessKey) -> Result<String, Error> {
        let mut out = Vec::with_capacity(256);
        self.authorization_into(&mut out, key)?;
        Ok(from_ascii(out))
    }

    /// Appends the value of `Authorization`.
    pub(crate) fn authorization_into(
        &self,
        out: &mut Vec<u8>,
        key: &AccessKey,
    ) -> Result<(), Error> {
        let info = &self.text[self.info.clone()];
        let (label, slash) = if info.is_empty() {
            (" Access=", "")
        } else {
            (" Credential=", "/")
        };
        for part in [
            self.algorithm.name().as_bytes(),
            label.as_bytes(),
            key.ak_bytes(),
            slash.as_bytes(),
            info,
            b", SignedHeaders=",
            &self.text[self.names.clone()],
            b", Signature=",
        ] {
            out.extend_from_slice(part);
        }
        signature::signature_into(out, key, self.algorithm, info, &self.text[self.to_sign..])
    }
}

/// What is UTF-8 by construction.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
