//! Where credentials come from: given, held, or from a provider; or a back end signs.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};

use super::error::Fail;
use super::sign::Credential;
use super::value::object;
use crate::error::Error;

#[wasm_bindgen(module = "/src/js/provided.js")]
extern "C" {
    /// Asks a provider, unless what it gave last is still good; one call is in flight however many wait.
    fn provided(provider: &Function, make: &Function) -> Promise;
}

/// How a client proves who is calling.
#[derive(Clone)]
pub enum Source {
    /// Held in wasm memory.
    Held(Credential),
    /// A function that gets them.
    Provider(Function),
    /// A function that has a back end sign.
    Signer(Function),
}

impl Source {
    /// From the options `credentials` and `signer`.
    ///
    /// # Errors
    /// `InvalidArgument`, or `Credentials` when there are none.
    pub fn new(credentials: Option<JsValue>, signer: Option<JsValue>) -> Result<Self, Error> {
        match (credentials, signer) {
            (Some(_), Some(_)) => Err(Error::invalid(
                "signer",
                "and credentials are given; one of them signs",
            )),
            (None, Some(signer)) => super::value::function(signer, "signer").map(Self::Signer),
            (Some(value), None) => Self::of(value),
            (None, None) => Err(Error::credentials(
                "no credentials; give credentials: { ak, sk } or { token }, a function that gets them, or signer",
            )),
        }
    }

    fn of(value: JsValue) -> Result<Self, Error> {
        if let Some(provider) = value.dyn_ref::<Function>() {
            return Ok(Self::Provider(provider.clone()));
        }
        // Reading the prototype first catches the proxies for which `instanceof` throws.
        let readable = value.is_object() && Reflect::get_prototype_of(&value).is_ok();
        if readable && let Some(credential) = held(&value)? {
            return Ok(Self::Held(credential));
        }
        Credential::read(&value).map(Self::Held)
    }
}

/// The credential that an object of its class holds.
fn held(value: &JsValue) -> Result<Option<Credential>, Error> {
    let freed = || Error::invalid("credentials", "has been freed");
    match Reflect::get(value, &"__wbg_ptr".into()) {
        Ok(pointer) if pointer.as_f64() == Some(0.0) => Err(freed()),
        Ok(pointer) if pointer.as_f64().is_some() => Ok(Credential::try_from_js_value_ref(value)),
        _ => Ok(None),
    }
}

thread_local! {
    /// Takes a provider's credentials into wasm memory. Made once: a closure lives as long as what may call it.
    static MAKE: Closure<dyn Fn(JsValue) -> Result<JsValue, JsValue>> =
        Closure::new(|value: JsValue| Credential::new(&value).map(JsValue::from));
}

/// What a provider gives, or gave last: a promise of a credential.
pub fn ask(provider: &Function) -> Promise {
    MAKE.with(|make| provided(provider, make.as_ref().unchecked_ref()))
}

/// The credential of a promise of [`ask`].
///
/// # Errors
/// `Credentials` when it has been freed.
pub fn unwrap(value: &JsValue) -> Result<Credential, Fail> {
    Credential::try_from_js_value_ref(value)
        .ok_or_else(|| Error::credentials("the credentials were freed").into())
}

/// Has a back end sign: the headers it gives.
///
/// # Errors
/// `Credentials` when it throws, or gives no usable headers.
pub fn remote_headers(value: &JsValue) -> Result<crate::sign::Headers, Error> {
    let wrong = |why: &str| Error::credentials(["the signer gave ", why].concat());
    let pairs =
        super::value::members(value, "signer").map_err(|_| wrong("no object of headers"))?;
    let mut headers = crate::sign::Headers::default();
    for (name, member) in pairs {
        let text = member
            .as_string()
            .ok_or_else(|| wrong("a header that is no string"))?;
        if !name.eq_ignore_ascii_case("host") {
            headers
                .add(name, text)
                .map_err(|error| wrong(&error.to_string()))?;
        }
    }
    let proof = ["Authorization", "X-Auth-Token"];
    if !proof.iter().any(|name| headers.get(name).is_some()) {
        return Err(wrong("headers without Authorization"));
    }
    Ok(headers)
}

/// What a remote signer is given, as JavaScript has it.
pub fn remote_request(
    method: &str,
    url: &str,
    host: &str,
    prepared: &crate::sign::Prepared,
) -> Array {
    let headers = Object::new();
    super::value::set(&headers, "Host", &host.into());
    for (name, value) in prepared.headers.iter() {
        super::value::set(&headers, name, &value.into());
    }
    let hash = prepared
        .canonical_request
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    Array::of1(
        &object(&[
            ("method", method.into()),
            ("url", url.into()),
            ("headers", headers.into()),
            ("bodySha256", hash.into()),
            (
                "canonicalRequest",
                prepared.canonical_request.as_str().into(),
            ),
            ("stringToSign", prepared.string_to_sign.as_str().into()),
        ])
        .into(),
    )
}
