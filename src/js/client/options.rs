//! The options of a client and of a call, as `options.js` reads them: plain values, and what only JavaScript has.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::SIGNS;
use super::failure::Failure;
use crate::config::NOT_WITH_SERVER;
use crate::error::Error;
use crate::js::credential::Credential;
use crate::json::Json;

#[wasm_bindgen(module = "/src/js/client/options.js")]
extern "C" {
    /// `ReadOptions` of `options.js`. What was not given is undefined.
    type ReadOptions;
    #[wasm_bindgen(js_name = readOptions)]
    fn read_options(options: &JsValue) -> ReadOptions;
    /// The error that refuses them.
    #[wasm_bindgen(method, getter)]
    fn refused(this: &ReadOptions) -> JsValue;
    /// The plain options, packed.
    #[wasm_bindgen(method, getter)]
    fn plain(this: &ReadOptions) -> String;
    /// Credentials that are no function.
    #[wasm_bindgen(method, getter)]
    fn credentials(this: &ReadOptions) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn provider(this: &ReadOptions) -> Option<Function>;
    #[wasm_bindgen(method, getter)]
    fn signer(this: &ReadOptions) -> Option<Function>;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &ReadOptions) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn fetch(this: &ReadOptions) -> Option<Function>;
    #[wasm_bindgen(method, getter, js_name = onEvent)]
    fn on_event(this: &ReadOptions) -> Option<Function>;
    #[wasm_bindgen(method, getter)]
    fn journal(this: &ReadOptions) -> JsValue;
}

/// How a client proves who is calling.
#[derive(Clone, Default)]
pub(super) enum CredentialSource {
    /// In no way yet.
    #[default]
    Missing,
    /// By a credential in wasm memory.
    Credential(Credential),
    /// By what this function gives.
    Provider(Function),
    /// By a signature that this function gets from a back end.
    Signer(Function),
}

/// Options, not yet checked further than that each is of the right kind where only JavaScript can tell.
#[derive(Clone, Default)]
pub(super) struct Options {
    /// The plain ones, an object.
    pub plain: Json,
    /// Where credentials come from.
    pub source: CredentialSource,
    /// The caller's `AbortSignal`; undefined when there is none.
    pub signal: JsValue,
    /// A `fetch` of the caller's own.
    pub fetch: Option<Function>,
    /// Hears events; it never throws.
    pub on_event: Option<Function>,
    /// Where a switchover writes its intent; undefined when there is none.
    pub journal: JsValue,
}

impl CredentialSource {
    fn read(read: &ReadOptions) -> Result<Self, Failure> {
        let credentials = read.credentials();
        Ok(if let Some(signer) = read.signer() {
            Self::Signer(signer)
        } else if let Some(provider) = read.provider() {
            Self::Provider(provider)
        } else if credentials.is_undefined() {
            Self::Missing
        } else {
            Self::Credential(Credential::given(&credentials).map_err(Failure::Shared)?)
        })
    }
}

/// That nothing is given which only a client that signs can use.
fn check_not_given(read: &ReadOptions) -> Result<(), Error> {
    if read.signer().is_some() {
        return Err(Error::invalid("signer", NOT_WITH_SERVER));
    }
    if read.provider().is_some() || !read.credentials().is_undefined() {
        return Err(Error::invalid("credentials", NOT_WITH_SERVER));
    }
    Ok(())
}

impl Options {
    /// Reads an options object of JavaScript.
    ///
    /// # Errors
    /// [`Failure::Shared`] with an `InvalidArgumentError`.
    pub(super) fn read(options: &JsValue) -> Result<Self, Failure> {
        let read = read_options(options);
        let refused = read.refused();
        if !refused.is_undefined() {
            return Err(Failure::Shared(refused));
        }
        let source = if SIGNS {
            CredentialSource::read(&read)?
        } else {
            check_not_given(&read)?;
            CredentialSource::Missing
        };
        Ok(Self {
            plain: Json::unpack(&read.plain()),
            source,
            signal: read.signal(),
            fetch: read.fetch(),
            on_event: read.on_event(),
            journal: read.journal(),
        })
    }

    /// These options, and for what they lack those of a client.
    pub(super) fn over(mut self, client: &Self) -> Self {
        if let (Json::Object(own), Json::Object(others)) = (&mut self.plain, &client.plain) {
            for (name, value) in others {
                if !own.iter().any(|(known, _)| known == name) {
                    own.push((name.clone(), value.clone()));
                }
            }
        }
        if matches!(self.source, CredentialSource::Missing) {
            self.source = client.source.clone();
        }
        if self.signal.is_undefined() {
            self.signal = client.signal.clone();
        }
        if self.journal.is_undefined() {
            self.journal = client.journal.clone();
        }
        self.fetch = self.fetch.or_else(|| client.fetch.clone());
        self.on_event = self.on_event.or_else(|| client.on_event.clone());
        self
    }

    /// That there is one way to prove who is calling: credentials or a signer, or the session of the page's own back end.
    ///
    /// # Errors
    /// `CredentialsError`; `InvalidArgument` when there are two.
    pub(super) fn check_source(&self, to_server: bool) -> Result<(), Error> {
        match (&self.source, to_server) {
            (CredentialSource::Missing, false) => Err(Error::credentials(
                "no credentials; give credentials or signer",
            )),
            (CredentialSource::Signer(_), true) => Err(Error::invalid("signer", NOT_WITH_SERVER)),
            (CredentialSource::Credential(_) | CredentialSource::Provider(_), true) => {
                Err(Error::invalid("credentials", NOT_WITH_SERVER))
            }
            _ => Ok(()),
        }
    }
}
