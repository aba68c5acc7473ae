//! Credentials in wasm memory, wiped by `free()`; their object in JavaScript holds only a pointer.

use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(feature = "signer")]
use super::memory::exchange;
use super::memory::wipe_output;
use crate::credential::{AccessKey, Credential as Secret, Secret as Token};
use crate::error::Error;
use crate::text::from_ascii;

struct Stored {
    secret: Secret,
    /// Used when a call gives none.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "only a client makes calls")
    )]
    project_id: Option<String>,
    /// The origin of the IAM that is asked for the project id.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "only a client makes calls")
    )]
    iam_endpoint: Option<String>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        wipe_output();
    }
}

/// A credential: an access key or a token, and perhaps a project id.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Credential(Rc<Stored>);

/// Takes a credential as `credential.js` packs it, in `size` bytes of input; none when it is refused, for which the output
/// gives the reason.
#[cfg(feature = "signer")]
#[wasm_bindgen(js_name = takeCredential)]
pub fn take_credential(size: usize) -> Option<Credential> {
    let mut credential = None;
    exchange(size, &mut |packed, _| {
        credential = Some(Credential::unpack(packed)?);
        Ok(())
    });
    credential
}

/// Writes the access key id, which is empty for a token.
#[cfg(feature = "signer")]
#[wasm_bindgen(js_name = accessKeyId)]
pub fn access_key_id(credential: &Credential) -> i32 {
    exchange(0, &mut |_, output| {
        if let Secret::AccessKey(key) = credential.secret() {
            output.extend_from_slice(key.ak_bytes());
        }
        Ok(())
    })
}

/// Writes the token, which JavaScript sends; it is empty for an access key.
#[cfg(feature = "signer")]
#[wasm_bindgen(js_name = tokenOf)]
pub fn token_of(credential: &Credential) -> i32 {
    exchange(0, &mut |_, output| {
        if let Secret::Token(token) = credential.secret() {
            output.extend_from_slice(token.expose());
        }
        Ok(())
    })
}

impl Credential {
    /// Takes six texts joined by NUL: ak, sk, securityToken, token, projectId, iamEndpoint; an empty one was not given.
    fn unpack(packed: &[u8]) -> Result<Self, Error> {
        let mut texts = packed.split(|byte| *byte == 0);
        let [ak, sk, security_token, token, project_id, iam_endpoint] =
            std::array::from_fn(|_| texts.next().unwrap_or_default());
        let secret = if token.is_empty() {
            let security_token = Some(security_token).filter(|token| !token.is_empty());
            Secret::AccessKey(Box::new(AccessKey::read(ak, sk, security_token)?))
        } else {
            Secret::Token(Token::read(token, "credentials.token")?)
        };
        let given = |text: &[u8]| (!text.is_empty()).then(|| from_ascii(text.to_vec()));
        Ok(Self(Rc::new(Stored {
            secret,
            project_id: given(project_id),
            iam_endpoint: given(iam_endpoint),
        })))
    }

    /// What it proves a caller with.
    pub(super) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// The access key, where one is needed.
    pub(super) fn key(&self) -> Result<&AccessKey, Error> {
        match self.secret() {
            Secret::AccessKey(key) => Ok(key),
            Secret::Token(_) => Err(Error::invalid(
                "credentials",
                "is a token; signing needs an access key",
            )),
        }
    }
}

#[cfg(feature = "client")]
pub(super) use client::provided;

#[cfg(feature = "client")]
mod client {
    //! Credentials as the options of a client give them: objects of JavaScript.

    use js_sys::{Function, Promise};
    use wasm_bindgen::convert::TryFromJsValue;
    use wasm_bindgen::prelude::{Closure, wasm_bindgen};
    use wasm_bindgen::{JsCast, JsValue};
    use zeroize::Zeroizing;

    use super::super::memory::field_and_message;
    use super::Credential;
    use crate::error::Error;

    #[wasm_bindgen(module = "/src/js/credential.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = packCredentials)]
        fn pack_credentials(credentials: &JsValue) -> Result<String, JsValue>;
        /// Another handle on what a `Credential` holds.
        #[wasm_bindgen(catch)]
        fn share(credential: &JsValue) -> Result<JsValue, JsValue>;
        /// What `make` makes of the credentials that a provider gives.
        #[wasm_bindgen(js_name = provided)]
        fn provided_with(provider: &Function, make: &Function) -> Promise;
    }

    #[wasm_bindgen(module = "/src/js/errors.js")]
    extern "C" {
        #[wasm_bindgen(js_name = invalidArgument)]
        fn invalid_argument(field: &str, message: &str) -> JsValue;
    }

    thread_local! {
        /// Takes a provider's credentials into wasm memory. Made once: a closure lives as long as what may call it.
        static MAKE: Closure<dyn Fn(JsValue) -> Result<JsValue, JsValue>> =
            Closure::new(|value: JsValue| Credential::new(&value).map(JsValue::from));
    }

    /// The promise of the credential that a provider gives, asked for again shortly before it ends.
    pub(crate) fn provided(provider: &Function) -> Promise {
        MAKE.with(|make| provided_with(provider, make.as_ref().unchecked_ref()))
    }

    fn refused(error: &Error) -> JsValue {
        let (field, message) = field_and_message(error);
        invalid_argument(field, message)
    }

    #[wasm_bindgen]
    impl Credential {
        /// Internal: another handle on the same.
        #[wasm_bindgen(js_name = _share)]
        pub fn share(&self) -> Credential {
            self.clone()
        }
    }

    impl Credential {
        /// Takes `{ ak, sk, securityToken?, projectId? }` or `{ token, projectId? }`.
        pub fn new(credentials: &JsValue) -> Result<Self, JsValue> {
            let packed = Zeroizing::new(pack_credentials(credentials)?);
            Self::unpack(packed.as_bytes()).map_err(|error| refused(&error))
        }

        /// A credential object, or one of plain credentials.
        pub fn given(value: &JsValue) -> Result<Self, JsValue> {
            // Reading it first catches the proxies for which `instanceof` throws.
            let pointer = js_sys::Reflect::get(value, &"__wbg_ptr".into()).unwrap_or_default();
            match pointer.as_f64() {
                Some(0.0) => Err(refused(&Error::invalid("credentials", "has been freed"))),
                Some(_) => Self::shared(value).map_or_else(|| Self::new(value), Ok),
                None => Self::new(value),
            }
        }

        /// What a credential object holds; the object stays whose it is.
        pub fn shared(value: &JsValue) -> Option<Self> {
            Self::try_from_js_value(share(value).ok()?).ok()
        }

        /// The project id that was given with it.
        pub fn project_id(&self) -> Option<&str> {
            self.0.project_id.as_deref()
        }

        /// The origin of the IAM that was given with it.
        pub fn iam_endpoint(&self) -> Option<&str> {
            self.0.iam_endpoint.as_deref()
        }
    }
}
