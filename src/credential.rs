//! Credentials: access keys and tokens, wiped from memory when dropped and absent from every text. They are kept here, and
//! used elsewhere: what signs with which key is in [`crate::sign`].

use std::cell::{OnceCell, RefCell};
use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::{Hash, HmacKey};
use crate::error::Error;

/// No key or token is longer; servers take no longer header.
const MAX_BYTES: usize = 1 << 16;

/// A text that must not be seen: no `Display`, no content in `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Checks that the text can stand in a header, and takes it.
    ///
    /// # Errors
    /// `InvalidArgument` naming `field` for an empty text, white space around it, or characters that a header cannot
    /// carry. The message never holds the text.
    pub fn new(text: String, field: &'static str) -> Result<Self, Error> {
        let text = Zeroizing::new(text.into_bytes());
        Self::read(&text, field)
    }

    /// The same, of bytes that their owner wipes.
    pub(crate) fn read(text: &[u8], field: &'static str) -> Result<Self, Error> {
        check(text, field, &[])?;
        Ok(Self(Zeroizing::new(text.to_vec())))
    }

    /// The text, for signing and for the header that carries it.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// A hash in hex that tells this secret apart from others without being it.
    #[cfg(all(feature = "client", target_arch = "wasm32"))]
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Vec::with_capacity(64);
        Hash::Sha256.hex_into(&mut hash, &self.0);
        crate::text::from_ascii(hash)
    }
}

/// Whether a text can stand in a header, and has none of `without` in it.
fn check(text: &[u8], field: &'static str, without: &[u8]) -> Result<(), Error> {
    let why = if text.is_empty() {
        "is empty"
    } else if text.len() > MAX_BYTES {
        "is longer than 65,536 bytes"
    } else if !text.iter().all(u8::is_ascii_graphic) {
        "must be visible ASCII without white space; was a line break or a space copied with it?"
    } else if text.iter().any(|byte| without.contains(byte)) {
        "must not have a comma or slash"
    } else {
        return Ok(());
    };
    Err(Error::invalid(field, why))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A permanent or temporary access key, with the HMAC states of its secret computed once per algorithm.
pub struct AccessKey {
    ak: Vec<u8>,
    sk: Secret,
    security_token: Option<Secret>,
    sha256: OnceCell<HmacKey>,
    sm3: OnceCell<HmacKey>,
    /// The last scope a key was derived for, and that key: the scope changes once a day.
    derived: RefCell<Option<(Vec<u8>, HmacKey)>>,
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
        let sk = Zeroizing::new(sk.into_bytes());
        let token = security_token.map(|token| Zeroizing::new(token.into_bytes()));
        Self::read(ak.as_bytes(), &sk, token.as_ref().map(|token| &token[..]))
    }

    /// The same, of bytes that their owner wipes.
    pub(crate) fn read(ak: &[u8], sk: &[u8], security_token: Option<&[u8]>) -> Result<Self, Error> {
        let sk = Secret::read(sk, "credentials.sk")?;
        let security_token = match security_token {
            Some(token) => Some(Secret::read(token, "credentials.securityToken")?),
            None => None,
        };
        check(ak, "credentials.ak", b",/")?;
        Ok(Self {
            ak: ak.to_vec(),
            sk,
            security_token,
            sha256: OnceCell::new(),
            sm3: OnceCell::new(),
            derived: RefCell::new(None),
        })
    }

    /// The access key id; it is not secret.
    pub fn ak(&self) -> &str {
        std::str::from_utf8(&self.ak).unwrap_or_default()
    }

    pub(crate) fn ak_bytes(&self) -> &[u8] {
        &self.ak
    }

    /// The security token of a temporary key.
    pub fn security_token(&self) -> Option<&Secret> {
        self.security_token.as_ref()
    }

    /// The secret key.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn sk(&self) -> &Secret {
        &self.sk
    }

    /// The secret key, prepared for HMAC once for each hash.
    pub(crate) fn hmac_key(&self, hash: Hash) -> &HmacKey {
        let prepared = match hash {
            Hash::Sha256 => &self.sha256,
            Hash::Sm3 => &self.sm3,
        };
        prepared.get_or_init(|| HmacKey::new(hash, self.sk.expose()))
    }

    /// The key that `derive` makes of the secret key for this scope; the last one is kept.
    pub(crate) fn derived_key(
        &self,
        scope: &[u8],
        derive: impl FnOnce(&[u8]) -> HmacKey,
    ) -> HmacKey {
        let mut derived = self.derived.borrow_mut();
        match &*derived {
            Some((own, key)) if own == scope => key.clone(),
            _ => {
                let key = derive(self.sk.expose());
                *derived = Some((scope.to_owned(), key.clone()));
                key
            }
        }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("ak", &self.ak())
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
                matches!(error.kind(), crate::error::ErrorKind::InvalidArgument { field: own, .. } if own == field),
                "{error:?}"
            );
        }
    }
}
