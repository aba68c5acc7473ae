//! The tokens that prove who a workload is: JSON web tokens, as a cluster or a CI service gives
//! them, signed with a key of the emulator's own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::auth::algorithm::same;
use crate::config::AUDIENCE;

/// Signs nothing but tokens for the emulator.
const KEY: &[u8] = b"emulator-id-token-key-not-a-secret";

/// A token, as `POST /_emulator/id-tokens` takes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewToken {
    /// Whom it is for.
    pub audience: String,
    /// Whose it is.
    pub subject: String,
    /// How long it lasts; a negative figure makes one that is over.
    pub expires_in_ms: i64,
}

impl Default for NewToken {
    fn default() -> Self {
        Self {
            audience: AUDIENCE.to_owned(),
            subject: "system:serviceaccount:default:dcs".to_owned(),
            expires_in_ms: 3_600_000,
        }
    }
}

fn mac(text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(KEY).expect("a key of any length will do");
    URL_SAFE_NO_PAD.encode(mac.chain_update(text).finalize().into_bytes())
}

/// Makes a token.
#[must_use]
pub fn issue(wanted: &NewToken, now: i64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({ "alg": "HS256", "typ": "JWT" }));
    let claims = part(json!({
        "iss": "https://emulator.invalid",
        "sub": wanted.subject,
        "aud": wanted.audience,
        "iat": now / 1000,
        // In seconds as in every such token, with a fraction so that short lives can be tested.
        "exp": seconds(now + wanted.expires_in_ms),
    }));
    let text = format!("{head}.{claims}");
    format!("{text}.{}", mac(&text))
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

/// Checks a token.
///
/// # Errors
/// Why it is not accepted; never the token itself.
pub fn check(token: &str, audience: &str, now: i64) -> Result<(), &'static str> {
    let (text, signature) = token.rsplit_once('.').ok_or("The id token is malformed")?;
    if !same(&mac(text), signature) {
        return Err("The signature of the id token is invalid");
    }
    let claims: Value = text
        .split_once('.')
        .and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or("The id token is malformed")?;
    if claims["aud"] != audience {
        return Err("The audience of the id token is not allowed");
    }
    let end = claims["exp"].as_f64().unwrap_or_default();
    if end <= seconds(now) {
        return Err("The id token has expired");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_its_audience_and_its_time() {
        let token = issue(&NewToken::default(), 1_000);
        let check = |token: &str, audience| check(token, audience, 3_600_999);
        assert_eq!(check(&token, AUDIENCE), Ok(()));
        assert!(check(&token, "other").is_err_and(|why| why.contains("audience")));
        let over = NewToken {
            expires_in_ms: -1,
            ..NewToken::default()
        };
        assert!(
            check(&issue(&over, 3_600_999), AUDIENCE).is_err_and(|why| why.contains("expired"))
        );
        assert!(check(&format!("{token}x"), AUDIENCE).is_err_and(|why| why.contains("signature")));
        assert!(check("token", AUDIENCE).is_err());
    }
}
