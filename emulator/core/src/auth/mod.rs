//! Who sent a request, told from its raw bytes alone.
//!
//! This is a second reading of the signature's rules: it shares no code with the package under
//! test, so that a mistake cannot cancel itself out.

pub mod algorithm;
pub mod canonical;
pub mod credentials;

use http::HeaderMap;

use crate::clock::parse_sdk_date;
use crate::config::DATE_WINDOW_MS;
use crate::errors;

use algorithm::Algorithm;
use credentials::Credentials;

const SDK_DATE: &str = "x-sdk-date";
const SECURITY_TOKEN: &str = "x-security-token";
const AUTH_TOKEN: &str = "x-auth-token";

/// A request as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct RawRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query without its question mark, still percent-encoded.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

/// What a request proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The access key, or `None` for a token.
    pub access_key: Option<String>,
    /// `SDK-HMAC-SHA256` and so on, or `token`.
    pub method: &'static str,
    /// Whether the caller may only read.
    pub read_only: bool,
    /// The operations that the caller has no permission for.
    pub denied: Vec<String>,
}

/// Why a request is refused: the gateway's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The message of the answer.
    pub message: String,
    /// The access key that was tried.
    pub access_key: Option<String>,
}

impl Refusal {
    fn new(message: &str, access_key: Option<&str>) -> Self {
        Self {
            message: message.to_owned(),
            access_key: access_key.map(str::to_owned),
        }
    }
}

/// The parts of an `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'a> {
    algorithm: Algorithm,
    access_key: &'a str,
    /// `{yyyymmdd}/{region}/{service}` of a derived key.
    info: Option<&'a str>,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let (name, rest) = header.split_once(' ')?;
        let algorithm = Algorithm::from_name(name)?;
        let mut parts = rest.split(", ");
        let who = parts.next()?;
        let signed = parts.next()?.strip_prefix("SignedHeaders=")?;
        let signature = parts.next()?.strip_prefix("Signature=")?;
        if parts.next().is_some() {
            return None;
        }
        let (access_key, info) = if algorithm == Algorithm::V11HmacSha256 {
            let (key, info) = who.strip_prefix("Credential=")?.split_once('/')?;
            (key, Some(info))
        } else {
            (who.strip_prefix("Access=")?, None)
        };
        let signed_headers = signed.split(';').collect();
        Some(Self {
            algorithm,
            access_key,
            info,
            signed_headers,
            signature,
        })
    }
}

/// Checks a request against the known credentials at a given time.
///
/// # Errors
/// A [`Refusal`] with the gateway's message; a wrong signature counts towards the lock.
pub fn check(
    request: &RawRequest<'_>,
    credentials: &mut Credentials,
    region: &str,
    now_ms: i64,
) -> Result<Identity, Refusal> {
    let text = |name: &str| request.headers.get(name).and_then(|v| v.to_str().ok());
    let Some(header) = request.headers.get("authorization") else {
        return check_token(text(AUTH_TOKEN), credentials);
    };
    let Some(auth) = header.to_str().ok().and_then(Authorization::parse) else {
        return Err(Refusal::new(errors::BAD_SIGNATURE, None));
    };
    let key = auth.access_key;
    let refuse = |message: &str| Err(Refusal::new(message, Some(key)));
    let Some(entry) = credentials.get(key) else {
        return refuse(&format!(
            "Incorrect IAM authentication information: Get secretKey failed,ak:{key},err:ak not exist"
        ));
    };
    if entry.locked_at(now_ms) {
        return refuse(errors::LOCKED);
    }
    let verdict = verify(request, &auth, entry, region, now_ms);
    let (read_only, denied) = (entry.read_only, entry.denied.clone());
    if let Err(message) = verdict {
        credentials.failed(key, now_ms);
        return refuse(message);
    }
    credentials.succeeded(key);
    Ok(Identity {
        access_key: Some(key.to_owned()),
        method: auth.algorithm.name(),
        read_only,
        denied,
    })
}

fn check_token(token: Option<&str>, credentials: &Credentials) -> Result<Identity, Refusal> {
    let Some(token) = token else {
        return Err(Refusal::new(errors::NO_AUTHENTICATION, None));
    };
    match credentials.token(token) {
        Some(read_only) => Ok(Identity {
            access_key: None,
            method: "token",
            read_only,
            denied: Vec::new(),
        }),
        None => Err(Refusal::new(errors::BAD_TOKEN, None)),
    }
}

fn verify(
    request: &RawRequest<'_>,
    auth: &Authorization<'_>,
    entry: &credentials::Entry,
    region: &str,
    now_ms: i64,
) -> Result<(), &'static str> {
    let signs = |name: &str| auth.signed_headers.contains(&name);
    let text = |name: &str| request.headers.get(name).and_then(|v| v.to_str().ok());
    let date = text(SDK_DATE).unwrap_or_default();
    let sent_ms = parse_sdk_date(date).ok_or(errors::BAD_SIGNATURE)?;
    // Not the host: the official Go core does not sign it.
    if !signs(SDK_DATE) {
        return Err(errors::BAD_SIGNATURE);
    }
    if (sent_ms - now_ms).abs() > DATE_WINDOW_MS || entry.expired_at(now_ms) {
        return Err(errors::EXPIRED);
    }
    let token_fits = match (&entry.security_token, text(SECURITY_TOKEN)) {
        (Some(known), Some(sent)) => algorithm::same(known, sent) && signs(SECURITY_TOKEN),
        (None, None) => true,
        _ => false,
    };
    if !token_fits || !info_fits(auth, date, region) {
        return Err(errors::BAD_SIGNATURE);
    }
    let key = algorithm::Key {
        access: auth.access_key,
        secret: &entry.secret,
        info: auth.info,
    };
    let right = canonical::requests(request, auth.algorithm, &auth.signed_headers)
        .iter()
        .map(|canonical| algorithm::string_to_sign(auth.algorithm, date, auth.info, canonical))
        .any(|text| algorithm::verify(auth.algorithm, &key, &text, auth.signature));
    if right {
        Ok(())
    } else {
        Err(errors::BAD_SIGNATURE)
    }
}

/// A derived key is good for one day, one region and one service.
fn info_fits(auth: &Authorization<'_>, date: &str, region: &str) -> bool {
    let Some(info) = auth.info else { return true };
    let parts: Vec<&str> = info.split('/').collect();
    matches!(parts[..], [day, place, service]
        if date.starts_with(day) && day.len() == 8
            && (place == region || place == "globe") && !service.is_empty())
}

#[cfg(test)]
mod tests;
