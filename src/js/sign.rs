//! Signing at the boundary: the credential that keeps its key prepared, and one call that crosses with one string
//! each way, since strings across the boundary are a fifth of a signature's time.

use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use super::error::refused;
use crate::credential::{AccessKey, Credential as Core, Secret};
use crate::error::Error;
use crate::sign::{
    Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header, to_byte_string,
};

#[wasm_bindgen(module = "/src/js/credentials.js")]
extern "C" {
    /// ak, sk, securityToken, token, projectId.
    #[wasm_bindgen(catch, js_name = readCredentials)]
    fn read_credentials(credentials: &JsValue) -> Result<Array, JsValue>;
    #[cfg(feature = "client")]
    #[wasm_bindgen(catch)]
    fn share(credential: &JsValue) -> Result<JsValue, JsValue>;
}

/// What one credential holds.
pub struct Held {
    /// The key or token.
    pub core: Core,
    /// Used when a call gives none.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "only a client makes calls")
    )]
    pub project_id: Option<String>,
}

/// Credentials in wasm memory, wiped by `free()`; an object in JavaScript holds only a pointer.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Credential(pub(super) Rc<Held>);

#[wasm_bindgen]
impl Credential {
    /// Takes `{ ak, sk, securityToken?, projectId? }` or `{ token, projectId? }`.
    ///
    /// # Errors
    /// `InvalidArgumentError` naming the field.
    #[wasm_bindgen(constructor)]
    pub fn new(credentials: &JsValue) -> Result<Credential, JsValue> {
        Self::of(&read_credentials(credentials)?).map_err(|error| refused(&error))
    }

    /// The access key id; empty for a token.
    #[wasm_bindgen(getter)]
    pub fn ak(&self) -> String {
        match &self.0.core {
            Core::AccessKey(key) => key.ak().to_owned(),
            Core::Token(_) => String::new(),
        }
    }

    /// Internal: another handle on the same.
    #[cfg(feature = "client")]
    #[wasm_bindgen(js_name = _share)]
    pub fn share(&self) -> Credential {
        self.clone()
    }

    /// Only what is not secret.
    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        let object = Object::new();
        let _ = Reflect::set(&object, &"ak".into(), &self.ak().into());
        object.into()
    }
}

impl Credential {
    /// Takes texts in the order of `readCredentials`.
    fn of(texts: &Array) -> Result<Self, Error> {
        // Wiped also when another one is refused.
        let text = |at: u32| texts.get(at).as_string().map(Zeroizing::new);
        let (ak, sk, security_token, token) = (text(0), text(1), text(2), text(3));
        let plain =
            |text: Option<Zeroizing<String>>| text.map(|mut text| std::mem::take(&mut *text));
        let missing = |field| Err(Error::invalid(field, "is missing"));
        let core = match (token, ak, sk) {
            (Some(mut token), None, None) => Core::Token(Secret::new(
                std::mem::take(&mut *token),
                "credentials.token",
            )?),
            (Some(_), ..) => {
                return Err(Error::invalid(
                    "credentials",
                    "must hold a token or ak and sk, not both",
                ));
            }
            (None, None, _) => return missing("credentials.ak"),
            (None, Some(_), None) => return missing("credentials.sk"),
            (None, Some(ak), Some(mut sk)) => {
                let (ak, sk) = (ak.to_string(), std::mem::take(&mut *sk));
                Core::AccessKey(Box::new(AccessKey::new(ak, sk, plain(security_token))?))
            }
        };
        Ok(Self(Rc::new(Held {
            core,
            project_id: plain(text(4)),
        })))
    }

    /// A credential object, or one of plain credentials.
    #[cfg(feature = "client")]
    pub(super) fn given(value: &JsValue) -> Result<Self, JsValue> {
        // Reading it first catches the proxies for which `instanceof` throws.
        let pointer = js_sys::Reflect::get(value, &"__wbg_ptr".into()).unwrap_or_default();
        match pointer.as_f64() {
            Some(0.0) => Err(refused(&Error::invalid("credentials", "has been freed"))),
            Some(_) => Self::shared(value).map_or_else(|| Self::new(value), Ok),
            None => Self::new(value),
        }
    }

    /// What a credential object holds; the object stays whose it is.
    #[cfg(feature = "client")]
    pub(super) fn shared(value: &JsValue) -> Option<Self> {
        use wasm_bindgen::convert::TryFromJsValue;

        Self::try_from_js_value(share(value).ok()?).ok()
    }

    /// The access key, where one is needed.
    fn key(&self) -> Result<&AccessKey, Error> {
        match &self.0.core {
            Core::AccessKey(key) => Ok(key),
            Core::Token(_) => Err(Error::invalid(
                "credentials",
                "is a token; signing needs an access key",
            )),
        }
    }
}

/// Separates the fields that cross the boundary: NUL stands in none of them.
const SEPARATOR: char = '\0';

/// Signs a request. `fields` are method, URL, algorithm, region, service and date (empty: none), then name and value of
/// each of `headers` headers, joined by NUL. Gives Authorization, canonical request, string to sign, then name and value
/// of each header to send, joined by NUL.
///
/// # Errors
/// `InvalidArgumentError` naming the field.
#[wasm_bindgen]
pub fn sign(
    credential: &Credential,
    fields: &str,
    headers: usize,
    body: Option<Vec<u8>>,
    unsigned: bool,
    now_ms: f64,
) -> Result<String, JsValue> {
    let payload = if unsigned {
        Payload::Unsigned
    } else {
        Payload::Bytes(body.as_deref().unwrap_or_default())
    };
    sign_fields(credential, fields, headers, payload, now_ms as i64)
        .map_err(|error| refused(&error))
}

fn sign_fields(
    credential: &Credential,
    fields: &str,
    count: usize,
    payload: Payload<'_>,
    now_ms: i64,
) -> Result<String, Error> {
    let key = credential.key()?;
    let mut fields_left = fields.split(SEPARATOR);
    let mut next = || fields_left.next().unwrap_or_default();
    let (method, url, algorithm, region, service, date) =
        (next(), next(), next(), next(), next(), next());
    let mut headers = Headers::default();
    for _ in 0..count {
        headers.add(next().to_owned(), next().to_owned())?;
    }
    if fields_left.next().is_some() {
        return Err(Error::invalid("headers", "must not contain NUL"));
    }
    if let Some(token) = key.security_token() {
        headers.set(header::X_SECURITY_TOKEN, token.expose().to_owned());
    }
    let date = match (date, headers.get(header::X_SDK_DATE)) {
        ("", None) => SdkDate::from_unix_ms(now_ms),
        ("", Some(date)) => SdkDate::parse(date.trim())?,
        (date, _) => SdkDate::parse(date)?,
    };
    let scope = (!region.is_empty() || !service.is_empty()).then(|| Scope {
        region: region.to_owned(),
        service: service.to_owned(),
    });
    let prepared = Unsigned {
        method: check_method(method)?,
        url: Url::parse(url, "url")?,
        headers,
        payload,
        date,
        algorithm: if algorithm.is_empty() {
            Algorithm::default()
        } else {
            Algorithm::from_name(algorithm).ok_or_else(|| {
                let names: Vec<_> = Algorithm::ALL.iter().map(|known| known.name()).collect();
                Error::invalid(
                    "algorithm",
                    &["must be one of ", &names.join(", ")].concat(),
                )
            })?
        },
        scope,
    }
    .prepare()?;
    let authorization = prepared.authorization(key)?;
    Ok(joined(&authorization, &prepared))
}

fn joined(authorization: &str, prepared: &Prepared) -> String {
    let mut out = String::with_capacity(1024);
    for part in [
        authorization,
        &prepared.canonical_request,
        &prepared.string_to_sign,
    ] {
        out.push_str(part);
        out.push(SEPARATOR);
    }
    for (name, value) in prepared.headers.iter() {
        out.push_str(name);
        out.push(SEPARATOR);
        out.push_str(&to_byte_string(value));
        out.push(SEPARATOR);
    }
    out
}

/// A method is a token, in upper case.
fn check_method(method: &str) -> Result<&str, Error> {
    if method.is_empty()
        || !method
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
    {
        return Err(Error::invalid(
            "method",
            "must be an HTTP method in upper case, for example PUT",
        ));
    }
    Ok(method)
}

/// The token of a credential that is one: JavaScript sends it.
#[wasm_bindgen]
pub fn bearer(credential: &Credential) -> Option<String> {
    match &credential.0.core {
        Core::Token(token) => Some(token.expose().to_owned()),
        Core::AccessKey(_) => None,
    }
}

/// The version of the module, so that glue and module of different versions are told apart.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
