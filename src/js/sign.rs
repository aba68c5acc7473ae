//! Signing at the boundary: the credential that keeps its key prepared, and one call that crosses with one string
//! each way, since strings across the boundary are a fifth of a signature's time.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use super::error::to_js;
use super::value::members;
use crate::credential::{AccessKey, Credential as Core, Secret};
use crate::error::Error;
use crate::sign::{
    Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header, to_byte_string,
};

/// What one credential holds.
pub struct Held {
    /// The key or token.
    pub core: Core,
    /// Used when a call gives none.
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
        Self::read(credentials).map_err(|error| to_js(&error, None, None))
    }

    /// The access key id; empty for a token.
    #[wasm_bindgen(getter)]
    pub fn ak(&self) -> String {
        match &self.0.core {
            Core::AccessKey(key) => key.ak().to_owned(),
            Core::Token(_) => String::new(),
        }
    }

    /// Only what is not secret.
    #[wasm_bindgen(js_name = toJSON)]
    pub fn to_json(&self) -> JsValue {
        super::value::object(&[("ak", self.ak().into())]).into()
    }
}

impl Credential {
    /// Reads plain credentials.
    pub(super) fn read(value: &JsValue) -> Result<Self, Error> {
        const NAMES: [&str; 5] = ["ak", "sk", "securityToken", "token", "projectId"];
        // Wiped also when another member is refused.
        let mut texts: [Option<Zeroizing<String>>; 5] = Default::default();
        for (name, member) in members(value, "credentials")? {
            if name == "expiresAt" {
                continue; // its provider's affair
            }
            let field = || {
                let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
                ["credentials.", &name].concat()
            };
            let Some(index) = NAMES.iter().position(|known| *known == name) else {
                let why = [
                    "is not part of credentials; there are expiresAt, ",
                    &NAMES.join(", "),
                ];
                return Err(Error::invalid(field(), why.concat()));
            };
            let text = member.as_string();
            // Null and an empty security token stand for "none", as environments and forms give them.
            if member.is_null() || index == 2 && text.as_deref() == Some("") {
                continue;
            }
            let text = text.ok_or_else(|| Error::invalid(field(), "must be a string"))?;
            texts[index] = Some(Zeroizing::new(text));
        }
        let [ak, sk, security_token, token, project_id] =
            texts.map(|text| text.map(|mut text| std::mem::take(&mut *text)));
        let missing = |field| Error::invalid(field, "is missing");
        let core = match (token, ak, sk) {
            (Some(token), None, None) => Core::Token(Secret::new(token, "credentials.token")?),
            (Some(_), ..) => {
                return Err(Error::invalid(
                    "credentials",
                    "must hold a token or ak and sk, not both",
                ));
            }
            (None, Some(ak), Some(sk)) => Core::AccessKey(AccessKey::new(ak, sk, security_token)?),
            (None, None, _) => return Err(missing("credentials.ak")),
            (None, Some(_), None) => return Err(missing("credentials.sk")),
        };
        Ok(Self(Rc::new(Held { core, project_id })))
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
        .map_err(|error| to_js(&error, None, None))
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
                Error::invalid("algorithm", ["must be one of ", &names.join(", ")].concat())
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

/// Reads the text of a profile file: `{ ak?, sk?, securityToken?, projectId?, iamEndpoint? }`.
///
/// # Errors
/// `CredentialsError` naming the line.
#[cfg(feature = "client")]
#[wasm_bindgen(js_name = parseProfile)]
pub fn parse_profile(text: &str) -> Result<JsValue, JsValue> {
    use super::value::{object, optional};

    let profile =
        crate::credential::profile::parse(text).map_err(|error| to_js(&error, None, None))?;
    let secret =
        |text: &Option<Zeroizing<String>>| optional(text.as_ref().map(|text| text.as_str()));
    Ok(object(&[
        ("ak", optional(profile.ak.as_deref())),
        ("sk", secret(&profile.sk)),
        ("securityToken", secret(&profile.security_token)),
        ("projectId", optional(profile.project_id.as_deref())),
        ("iamEndpoint", optional(profile.iam_endpoint.as_deref())),
    ])
    .into())
}
