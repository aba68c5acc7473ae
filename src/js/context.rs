//! The options of one call, and where its credentials come from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use super::error::{Fail, to_js};
use super::platform::{self, Ended, given, global_member};
use super::sign::Credential;
use crate::config::Config;
use crate::credential::Credential as Core;
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::check_project_id;

#[wasm_bindgen(module = "/src/js/credentials.js")]
extern "C" {
    /// Asks a provider, unless what it gave last is still good; one call is in flight however many wait.
    fn provided(provider: &Function, make: &Function) -> Promise;
}

thread_local! {
    /// Takes a provider's credentials into wasm memory. Made once: a closure lives as long as what may call it.
    static MAKE: Closure<dyn Fn(JsValue) -> Result<JsValue, JsValue>> =
        Closure::new(|value: JsValue| Credential::new(&value).map(JsValue::from));
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

/// Options as they were given: plain ones as values, the others as JavaScript has them.
#[derive(Clone, Default)]
pub struct Given {
    plain: Vec<(String, Json)>,
    source: Option<Source>,
    signal: Option<AbortSignal>,
    fetch: Option<Function>,
    on_event: Option<Function>,
}

impl Given {
    /// Reads an options object; nothing is nothing.
    pub fn read(options: &JsValue) -> Result<Self, JsValue> {
        let read = platform::read_options(options)?;
        let Json::Object(plain) = Json::unpack(&read.get(0).as_string().unwrap_or_default()) else {
            return Ok(Self::default());
        };
        let (credentials, signer) = (given(read.get(1)), given(read.get(2)));
        let source = match (credentials, signer) {
            (Some(_), Some(_)) => {
                let error =
                    Error::invalid("signer", "and credentials are given; one of them signs");
                return Err(to_js(&error, &JsValue::UNDEFINED, None));
            }
            (None, Some(signer)) => Some(Source::Signer(signer.unchecked_into())),
            (Some(value), None) => Some(match value.dyn_into::<Function>() {
                Ok(provider) => Source::Provider(provider),
                Err(value) => Source::Held(Credential::given(&value)?),
            }),
            (None, None) => None,
        };
        Ok(Self {
            plain,
            source,
            signal: given(read.get(3)).map(JsCast::unchecked_into),
            fetch: given(read.get(4)).map(JsCast::unchecked_into),
            on_event: given(read.get(5)).map(JsCast::unchecked_into),
        })
    }

    /// These, with those of one call over them.
    fn with(&self, call: Self) -> Self {
        // Of two equal names the last counts.
        let plain = [&self.plain[..], &call.plain[..]].concat();
        let or = |call: Option<Function>, own: &Option<Function>| call.or_else(|| own.clone());
        Self {
            plain,
            source: call.source.or_else(|| self.source.clone()),
            signal: call.signal.or_else(|| self.signal.clone()),
            fetch: or(call.fetch, &self.fetch),
            on_event: or(call.on_event, &self.on_event),
        }
    }
}

/// What calls of one client share.
#[derive(Default)]
pub struct Shared {
    pub given: Given,
    /// The clock's difference, once a call has found it.
    pub clock_offset_ms: Cell<Option<i64>>,
    /// Throttled until then: holds for every call of the client.
    pub not_before_ms: Cell<i64>,
    /// Instances whose switchover is under way.
    pub swapping: RefCell<Vec<String>>,
}

/// Checked options of one call, and what it shares with others.
pub struct Context {
    pub shared: Rc<Shared>,
    pub config: Config,
    /// The plain options, for the operation to pick its parameters from.
    pub args: Json,
    pub source: Source,
    pub signal: Option<AbortSignal>,
    pub fetch: Option<Function>,
    on_event: Option<Function>,
}

impl Context {
    /// Reads a call's options. `more` are the names that the call itself takes.
    pub fn new(shared: &Rc<Shared>, options: &JsValue, more: &[&str]) -> Result<Self, Fail> {
        let call = Given::read(options).map_err(Fail::Thrown)?;
        let given = shared.given.with(call);
        let args = Json::Object(given.plain);
        let config = Config::read(&args, more)?;
        let Some(source) = given.source else {
            return Err(Error::credentials(
                "no credentials; give credentials: { ak, sk } or { token }, a function that gets them, or signer",
            )
            .into());
        };
        if config
            .via
            .as_deref()
            .is_some_and(|via| !crate::text::has(via, "://"))
            && global_member("location").is_undefined()
        {
            let why = "must be an absolute URL where there is no page";
            return Err(Error::invalid("via", why).into());
        }
        Ok(Self {
            shared: Rc::clone(shared),
            config,
            args,
            source,
            signal: given.signal,
            fetch: given.fetch,
            on_event: given.on_event,
        })
    }

    /// The same for a look-up that others may wait for: the signal of the call that asks first must not end it.
    pub fn without_signal(&self, args: Json) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
            config: self.config.clone(),
            args,
            source: self.source.clone(),
            signal: None,
            fetch: self.fetch.clone(),
            on_event: self.on_event.clone(),
        }
    }

    /// Tells the caller of progress. What its function throws is its own affair.
    pub fn emit(&self, event: Json, name: &str, value: &JsValue) {
        if let Some(on_event) = &self.on_event {
            let event = platform::to_js(&event);
            platform::set(&event, name, value);
            let _ = on_event.call1(&JsValue::UNDEFINED, &event);
        }
    }

    /// Whether anybody listens: an event that nobody hears need not be made.
    pub fn is_heard(&self) -> bool {
        self.on_event.is_some()
    }

    /// The credential, when this side signs.
    pub async fn credential(&self) -> Result<Option<Credential>, Fail> {
        match &self.source {
            Source::Held(credential) => Ok(Some(credential.clone())),
            Source::Signer(_) => Ok(None),
            Source::Provider(provider) => {
                let promise = MAKE.with(|make| provided(provider, make.as_ref().unchecked_ref()));
                let value = self.wait(&promise).await.map_err(|fail| match fail {
                    Fail::Error(Error::Timeout { .. }, _) => {
                        Error::credentials("the credentials provider did not answer in time").into()
                    }
                    other => other,
                })?;
                match Credential::shared(&value) {
                    Some(credential) => Ok(Some(credential)),
                    None => Err(Error::credentials("the credentials were freed").into()),
                }
            }
        }
    }

    /// Waits for a promise, no longer than one attempt may take. What it is rejected with is an error that is made.
    pub async fn wait(&self, promise: &JsValue) -> Result<JsValue, Fail> {
        let timeout_ms = self.config.timeout_ms;
        match platform::wait(promise, timeout_ms, self.signal.as_ref()).await {
            Ended::Value(value) => Ok(value),
            Ended::Thrown(made, why) => Err(Fail::Made(Error::credentials(&why), made)),
            Ended::Abort(reason) => Err(Fail::Thrown(reason)),
            Ended::Time => Err(Error::Timeout { timeout_ms }.into()),
        }
    }

    /// Pauses.
    pub async fn sleep(&self, ms: u32) -> Result<(), Fail> {
        match platform::wait(&JsValue::UNDEFINED, ms, self.signal.as_ref()).await {
            Ended::Abort(reason) => Err(Fail::Thrown(reason)),
            _ => Ok(()),
        }
    }

    /// Whether the caller has given up.
    pub fn check_signal(&self) -> Result<(), Fail> {
        match &self.signal {
            Some(signal) if signal.aborted() => Err(Fail::Thrown(signal.reason())),
            _ => Ok(()),
        }
    }

    /// The project id, where no look-up is needed; else the key under which the look-up is kept.
    pub fn project_id(
        &self,
        credential: Option<&Credential>,
    ) -> Result<Result<String, String>, Error> {
        if let Some(id) = &self.config.project_id {
            return Ok(Ok(id.clone()));
        }
        let missing = |why| Err(Error::invalid("projectId", why));
        let Some(credential) = credential else {
            return missing("must be given with signer: nothing here can ask IAM for it");
        };
        if let Some(id) = &credential.0.project_id {
            check_project_id(id)?;
            return Ok(Ok(id.clone()));
        }
        if self.config.via.is_some() {
            return missing("must be given with via: IAM is not asked through a proxy");
        }
        let (Some(region), Some(iam)) = (&self.config.region, &self.config.iam_endpoint) else {
            return missing("must be given, or a known region so that IAM can be asked for it");
        };
        let who = match &credential.0.core {
            Core::AccessKey(key) => key.ak().to_owned(),
            // A token is secret: its hash tells it apart as well.
            Core::Token(token) => crate::sign::token_fingerprint(token),
        };
        Ok(Err([&who, region.as_str(), iam].join("\n")))
    }
}

/// What `resolve` or `reject` is given of a call that could not begin.
pub fn not_begun(fail: Fail, outcome: Option<Outcome>) -> JsValue {
    match fail {
        Fail::Thrown(error) => Fail::Made(Error::Aborted, error).into_js(outcome),
        other => other.into_js(outcome),
    }
}

/// The headers that a remote signer gives.
///
/// # Errors
/// `Credentials` when they cannot be used.
pub fn remote_headers(value: &JsValue) -> Result<Vec<(String, String)>, Error> {
    let wrong = |why: &str| Error::credentials(&["the signer gave ", why].concat());
    let read: Array = platform::read_options(value).map_err(|_| wrong("no object of headers"))?;
    let given = Json::unpack(&read.get(0).as_string().unwrap_or_default());
    let mut headers = crate::sign::Headers::default();
    if let Json::Object(members) = &given {
        for (name, member) in members {
            let Json::String(text) = member else {
                return Err(wrong("a header that is no string"));
            };
            if !name.eq_ignore_ascii_case("host") {
                headers
                    .add(name.as_bytes(), text.as_bytes())
                    .map_err(|error| wrong(&error.message()))?;
            }
        }
    }
    if headers
        .get("Authorization")
        .or(headers.get("X-Auth-Token"))
        .is_none()
    {
        return Err(wrong("headers without Authorization"));
    }
    Ok(headers.texts())
}
