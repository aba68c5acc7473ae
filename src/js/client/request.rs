//! The request of one attempt: where it goes, its signature, and handing it to `fetch`.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{AbortController, AbortSignal, RequestInit};

use super::context::Context;
use super::failure::Failure;
use super::options::CredentialSource;
use super::values::to_js;
use super::wait::{Waited, now};
use crate::credential::Credential as Secret;
use crate::error::Error;
use crate::http;
use crate::js::credential::Credential;
use crate::json::Json;
use crate::operation::{Effect, Operation, Service};
use crate::region::other_domain;
use crate::sign::{Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header};
use crate::text::concat;

#[wasm_bindgen(module = "/src/js/client/request.js")]
extern "C" {
    /// The options of a request that a signature protects: no redirect, no cache, no cookie but to the page's own origin;
    /// and for a swap what makes the platform send it once.
    #[wasm_bindgen(js_name = requestInit)]
    fn request_init(signal: &AbortSignal, is_swap: bool, to_own_origin: bool) -> RequestInit;
    /// The absolute form of a URL.
    #[wasm_bindgen(catch, js_name = absoluteUrl)]
    fn absolute_url(url: &str) -> Result<String, JsValue>;
    /// What a `fetch` of the caller's own is called with before the options.
    #[wasm_bindgen(catch, js_name = requestArgument)]
    fn request_argument(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;
    /// Whether this platform has a `fetch`.
    #[wasm_bindgen(js_name = hasFetch)]
    fn has_fetch() -> bool;
    /// Whether the platform may send a swap a second time by itself.
    #[wasm_bindgen(js_name = mayRepeat)]
    fn may_repeat() -> bool;
    /// Does what is to be done after a request of a swap.
    #[wasm_bindgen(js_name = requestEnded)]
    fn request_ended(signal: &AbortSignal);
    /// What a remote signer gives, packed.
    #[wasm_bindgen(js_name = askSigner)]
    fn ask_signer(signer: &Function, request: &JsValue) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// The global `fetch`, as it is at the time of each call: tests and frameworks replace it.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;
}

const SERVICE: &[u8] = b"dcs";

/// Whether one request for a swap may reach the service twice. The page's own back end answers a second copy as the first.
pub(super) fn transport_repeats(context: &Context) -> bool {
    context.signs() && may_repeat()
}

/// That there is a `fetch` to send with.
///
/// # Errors
/// `InvalidArgument` with field `fetch`.
pub(super) fn check_fetch(context: &Context) -> Result<(), Error> {
    if context.options.fetch.is_some() || has_fetch() {
        return Ok(());
    }
    Err(Error::invalid(
        "fetch",
        "must be given: this platform has none",
    ))
}

/// Name and value of each header to send.
type HeaderTexts = Vec<(String, String)>;

/// Where an attempt goes.
pub(super) struct Target<'a> {
    operation: &'static Operation,
    /// Empty for IAM.
    project_id: &'a str,
    /// The URL that is signed.
    signed_url: String,
    /// The URL that it is sent to: that of the proxy, if there is one.
    pub url: String,
}

impl<'a> Target<'a> {
    /// The endpoint of that index of the operation's service. A proxy takes the place of the endpoints of DCS and Cloud Eye, not
    /// of IAM.
    ///
    /// # Errors
    /// `InvalidArgument` when there is no such endpoint.
    pub(super) fn new(
        context: &Context,
        operation: &'static Operation,
        endpoint: usize,
        project_id: &'a str,
        path: &str,
    ) -> Result<Self, Error> {
        let config = &context.config;
        let (field, via) = match operation.service {
            Service::Dcs => ("endpoint", config.via.as_ref()),
            Service::CloudEye => ("cesEndpoint", config.via.as_ref()),
            Service::Iam => ("iamEndpoint", None),
        };
        let origin = config.endpoints_of(operation.service).get(endpoint);
        let why = "must be given, for this region is not known";
        let origin = origin.ok_or_else(|| Error::invalid(field, why))?;
        Ok(Self {
            operation,
            project_id,
            signed_url: concat(&[origin, path]),
            url: concat(&[via.unwrap_or(origin), path]),
        })
    }

    /// The headers to send, signed by the credential, or by the back end where there is none. To the page's own back end
    /// goes what it knows a call by.
    ///
    /// # Errors
    /// `CredentialsError` of a signer that fails; the caller's abort.
    pub(super) async fn sign(
        &self,
        context: &Context,
        credential: Option<&Credential>,
        clock_offset_ms: i64,
        call_key: &str,
    ) -> Result<HeaderTexts, Failure> {
        if !context.signs() {
            return Ok(self.unsigned(call_key));
        }
        let mut headers = Headers::default();
        if !self.project_id.is_empty() {
            headers.set(header::CONTENT_TYPE, b"application/json");
            headers.set(header::X_PROJECT_ID, self.project_id.as_bytes());
        }
        let key = match credential.map(Credential::secret) {
            Some(Secret::Token(token)) => {
                headers.set(header::X_AUTH_TOKEN, token.expose());
                return Ok(headers.texts());
            }
            Some(Secret::AccessKey(key)) => Some(key),
            None => None,
        };
        if let Some(token) = key.and_then(|key| key.security_token()) {
            headers.set(header::X_SECURITY_TOKEN, token.expose());
        }
        let config = &context.config;
        // The official cores look a project id up without the derived key.
        let underived = config.algorithm == Algorithm::V11HmacSha256 && self.project_id.is_empty();
        let url = Url::parse(&self.signed_url, "endpoint")?;
        let host = url.host();
        let unsigned = Unsigned {
            method: self.operation.method.as_bytes(),
            url,
            headers,
            payload: Payload::Bytes(&[]),
            date: SdkDate::from_unix_ms(now().unix_ms + clock_offset_ms),
            algorithm: if underived {
                Algorithm::default()
            } else {
                config.algorithm
            },
            scope: config.region.as_ref().map(|region| Scope {
                region: region.as_bytes(),
                service: SERVICE,
            }),
        };
        let prepared = unsigned.prepare()?;
        let Some(key) = key else {
            return signed_remotely(context, &self.to_sign(&host, &prepared)).await;
        };
        let mut texts = prepared.headers.texts();
        let authorization = prepared.authorization(key)?;
        texts.push((header::AUTHORIZATION.to_owned(), authorization));
        Ok(texts)
    }

    /// The headers of a request to the page's own back end: one that no form can send; and of a swap the key of its call, by
    /// which the back end knows it again, whoever sends it a second time.
    fn unsigned(&self, call_key: &str) -> HeaderTexts {
        let mut texts = vec![("X-Dcs-Request".to_owned(), "1".to_owned())];
        if self.operation.effect == Effect::Swap {
            texts.push(("Idempotency-Key".to_owned(), call_key.to_owned()));
        }
        texts
    }

    /// What a remote signer is given.
    fn to_sign(&self, host: &str, prepared: &Prepared<'_>) -> Json {
        let mut headers = headers_to_json(prepared.headers.texts());
        headers.add_text("Host", host);
        let mut request = Json::object();
        request.add_text("method", self.operation.method);
        request.add_text("url", &self.signed_url);
        request.add("headers", headers);
        request.add_text("bodySha256", prepared.payload_hash());
        request.add_text("canonicalRequest", prepared.canonical_request());
        request.add_text("stringToSign", prepared.string_to_sign());
        request
    }

    /// A request that `fetch` can be given.
    ///
    /// # Errors
    /// `InvalidArgument` when the platform refuses to build it.
    pub(super) fn request(
        &self,
        context: &Context,
        headers: HeaderTexts,
    ) -> Result<Outgoing, Failure> {
        let secrets = Array::new();
        for (name, value) in &headers {
            let is = |secret: &str| name.eq_ignore_ascii_case(secret);
            if is(header::X_AUTH_TOKEN) || is(header::X_SECURITY_TOKEN) {
                secrets.push(&value.into());
            }
        }
        let refused = |cause| {
            let error = Error::invalid("endpoint", "gives a request that cannot be built");
            Failure::Error { error, cause }
        };
        let stop = AbortController::new().map_err(refused)?;
        let is_swap = self.operation.effect == Effect::Swap;
        let config = &context.config;
        let to_own_origin = config.to_server || config.via.is_some();
        let init = request_init(&stop.signal(), is_swap, to_own_origin);
        init.set_method(self.operation.method);
        init.set_headers(&to_js(&headers_to_json(headers)));
        // Only a path of the page is not absolute yet.
        let url = if self.url.starts_with('/') {
            absolute_url(&self.url).map_err(refused)?
        } else {
            self.url.clone()
        };
        let own = match &context.options.fetch {
            Some(fetch) => Some((
                fetch.clone(),
                request_argument(&url, &init).map_err(refused)?,
            )),
            None => None,
        };
        Ok(Outgoing {
            shown_url: self.url.clone(),
            url,
            init,
            own,
            is_swap,
            stop,
            secrets,
        })
    }
}

/// A request that is ready to leave.
pub(super) struct Outgoing {
    /// Where it goes, as the caller gave it: a path of the page's origin stays one.
    pub shown_url: String,
    /// The same, absolute.
    pub url: String,
    init: RequestInit,
    /// The caller's own `fetch`, and what it is called with first.
    own: Option<(Function, JsValue)>,
    is_swap: bool,
    /// Cancels it.
    pub stop: AbortController,
    /// Tokens in its headers; no error may repeat them.
    pub secrets: Array,
}

impl Outgoing {
    /// Sends it: what `fetch` gives, or throws.
    pub(super) fn send(&self) -> Result<JsValue, JsValue> {
        match &self.own {
            Some((fetch, request)) => fetch.call2(&JsValue::UNDEFINED, request, &self.init),
            None => global_fetch(&self.url, &self.init),
        }
    }

    /// Why there is no answer, and what may help.
    pub(super) fn no_connection(&self, message: &str) -> http::Failure {
        http::Failure::Connection(match other_domain(&self.shown_url) {
            Some(advice) => concat(&[message, "; ", advice]),
            None => message.to_owned(),
        })
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if self.is_swap {
            request_ended(&self.stop.signal());
        }
    }
}

/// The host of an address that a request went to.
pub(super) fn host_of(url: &str) -> String {
    Url::parse(url, "url").map_or_else(|_| String::new(), |url| url.host())
}

fn headers_to_json(headers: HeaderTexts) -> Json {
    let mut members = Json::object();
    for (name, value) in headers {
        members.add(&name, Json::String(value));
    }
    members
}

/// The headers that the caller's signer gives for a request.
async fn signed_remotely(context: &Context, request: &Json) -> Result<HeaderTexts, Failure> {
    let CredentialSource::Signer(signer) = &context.options.source else {
        return Err(Error::credentials("no credentials").into());
    };
    let signed = ask_signer(signer, &to_js(request));
    match context.wait_for(&signed).await? {
        Waited::Value(packed) => {
            let packed = packed.as_string().unwrap_or_default();
            Ok(check_signed(&Json::unpack(&packed))?)
        }
        Waited::Thrown(thrown) => Err(Failure::Error {
            error: Error::credentials("the signer failed"),
            cause: thrown,
        }),
        Waited::Late => Err(Error::credentials("the signer did not answer in time").into()),
    }
}

/// What a signer gave must be headers that prove who is calling.
fn check_signed(given: &Json) -> Result<HeaderTexts, Error> {
    let wrong = |why: &str| Error::credentials(&concat(&["the signer gave ", why]));
    let Json::Object(members) = given else {
        return Err(wrong("no object of headers"));
    };
    let mut headers = Headers::default();
    for (name, member) in members {
        let Json::String(text) = member else {
            return Err(wrong("a header that is no string"));
        };
        if !name.eq_ignore_ascii_case(header::HOST) {
            headers
                .add(name.as_bytes(), text.as_bytes())
                .map_err(|error| wrong(&error.message()))?;
        }
    }
    let proof = headers.get(header::AUTHORIZATION);
    if proof.or(headers.get(header::X_AUTH_TOKEN)).is_none() {
        return Err(wrong("headers without Authorization"));
    }
    Ok(headers.texts())
}
