//! Credentials: access keys and tokens, wiped from memory when dropped and absent from every text.

use std::cell::{OnceCell, RefCell};
use std::fmt;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::sign::{Algorithm, Hash, HmacKey};

/// No key or token is longer; servers take no longer header.
const MAX_BYTES: usize = 1 << 16;
const TOO_LONG: &str = "is longer than 65,536 bytes";

/// A text that must not be seen: no `Display`, no content in `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Checks that the text can stand in a header, and takes it.
    ///
    /// # Errors
    /// `InvalidArgument` naming `field` for an empty text, white space around it, or characters that a header cannot
    /// carry. The message never holds the text.
    pub fn new(text: String, field: &'static str) -> Result<Self, Error> {
        let text = Zeroizing::new(text);
        if text.is_empty() {
            return Err(Error::invalid(field, "is empty"));
        }
        if text.len() > MAX_BYTES {
            return Err(Error::invalid(field, TOO_LONG));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                field,
                "must be visible ASCII without white space; was a line break or a space copied with it?",
            ));
        }
        Ok(Self(text))
    }

    /// The text, for signing and for the header that carries it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A permanent or temporary access key, with the HMAC states of its secret computed once per algorithm.
pub struct AccessKey {
    ak: String,
    sk: Secret,
    security_token: Option<Secret>,
    sha256: OnceCell<HmacKey>,
    sm3: OnceCell<HmacKey>,
    /// The last scope signed for, and its derived key: it changes once a day.
    v11: RefCell<Option<(String, HmacKey)>>,
}

impl AccessKey {
    /// Takes an access key.
    ///
    /// # Errors
    /// `InvalidArgument` with field `credentials.ak`, `.sk` or `.securityToken`; no message holds a secret.
    ///
    /// ```
    /// use huaweicloud_dcs::credential::AccessKey;
    /// let key = AccessKey::new("AK".into(), "SK".into(), None).unwrap();
    /// assert_eq!(key.ak(), "AK");
    /// assert!(!format!("{key:?}").contains("SK"));
    /// ```
    pub fn new(ak: String, sk: String, security_token: Option<String>) -> Result<Self, Error> {
        // The secret is taken first, so that it is wiped also when another field is refused.
        let sk = Secret::new(sk, "credentials.sk")?;
        let security_token = security_token
            .map(|token| Secret::new(token, "credentials.securityToken"))
            .transpose()?;
        if ak.is_empty() {
            return Err(Error::invalid("credentials.ak", "is empty"));
        }
        if ak.len() > MAX_BYTES {
            return Err(Error::invalid("credentials.ak", TOO_LONG));
        }
        if !ak
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',' && byte != b'/')
        {
            return Err(Error::invalid(
                "credentials.ak",
                "must be visible ASCII without white space, comma or slash",
            ));
        }
        Ok(Self {
            ak,
            sk,
            security_token,
            sha256: OnceCell::new(),
            sm3: OnceCell::new(),
            v11: RefCell::new(None),
        })
    }

    /// The access key id; it is not secret.
    pub fn ak(&self) -> &str {
        &self.ak
    }

    /// The security token of a temporary key.
    pub fn security_token(&self) -> Option<&Secret> {
        self.security_token.as_ref()
    }

    /// The signature of a string to sign, in hex.
    pub(crate) fn signature(
        &self,
        algorithm: Algorithm,
        info: Option<&str>,
        text: &[u8],
    ) -> Result<String, Error> {
        let sk = self.sk.expose().as_bytes();
        let mac = match algorithm {
            Algorithm::SdkHmacSha256 => self
                .sha256
                .get_or_init(|| HmacKey::new(Hash::Sha256, sk))
                .sign(text),
            Algorithm::SdkHmacSm3 => self
                .sm3
                .get_or_init(|| HmacKey::new(Hash::Sm3, sk))
                .sign(text),
            Algorithm::V11HmacSha256 => {
                let info = info.unwrap_or_default();
                let mut cached = self.v11.borrow_mut();
                match &*cached {
                    Some((scope, key)) if scope == info => key.sign(text),
                    _ => {
                        let key = crate::sign::v11_key(&self.ak, sk, info);
                        let mac = key.sign(text);
                        *cached = Some((info.to_owned(), key));
                        mac
                    }
                }
            }
            #[cfg(feature = "asymmetric")]
            Algorithm::SdkEcdsaP256Sha256 | Algorithm::SdkSm2Sm3 => {
                return crate::sign::asymmetric_signature(algorithm, &self.ak, sk, text);
            }
        };
        Ok(crate::sign::hex(&mac))
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("ak", &self.ak)
            .finish_non_exhaustive()
    }
}

/// What proves who is calling.
#[derive(Debug)]
pub enum Credential {
    /// Requests are signed.
    AccessKey(Box<AccessKey>),
    /// Requests carry an IAM token in `X-Auth-Token`.
    Token(Secret),
}

#[cfg(test)]
mod tests {
    use super::*;

    const SK: &str = "MARKER-SK-9f27c1d4e8b3a605";

    #[test]
    fn no_text_holds_a_secret() {
        let key = AccessKey::new("AK".into(), SK.into(), Some(SK.into())).unwrap();
        let all = format!(
            "{key:?} {:?} {:?}",
            key.security_token(),
            Credential::Token(Secret::new(SK.into(), "x").unwrap())
        );
        assert!(!all.contains("MARKER"), "{all}");
        let error = Secret::new(format!("{SK} "), "credentials.sk").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("MARKER"));
    }

    #[test]
    fn refuses_by_field() {
        for (ak, sk, token, field) in [
            ("", "s", None, "credentials.ak"),
            (&"a".repeat(65_537), "s", None, "credentials.ak"),
            ("a", &"s".repeat(65_537), None, "credentials.sk"),
            ("a b", "s", None, "credentials.ak"),
            ("a\n", "s", None, "credentials.ak"),
            ("a", "", None, "credentials.sk"),
            ("a", "s\n", None, "credentials.sk"),
            ("a", "s", Some(""), "credentials.securityToken"),
            ("a", "s", Some("x\r\ny"), "credentials.securityToken"),
        ] {
            let error = AccessKey::new(ak.into(), sk.into(), token.map(Into::into)).unwrap_err();
            assert!(
                matches!(&*error, crate::error::Problem::InvalidArgument { field: own, .. } if own == field),
                "{error:?}"
            );
        }
    }
}
