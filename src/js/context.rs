//! The options of one call, and where its credentials come from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::error::{Fail, How};
use super::platform::{self, Act, Came, Ended};
use super::sign::Credential;
use crate::config::Config;
use crate::credential::Credential as Core;
use crate::error::Error;
use crate::json::Json;
use crate::operation::{Param, check_project_id};
use crate::sign::Headers;
use crate::text::concat;

thread_local! {
    /// Takes a provider's credentials into wasm memory. Made once: a closure lives as long as what may call it.
    static MAKE: Closure<dyn Fn(JsValue) -> Result<JsValue, JsValue>> =
        Closure::new(|value: JsValue| Credential::new(&value).map(JsValue::from));
}

/// How a client proves who is calling.
#[derive(Clone)]
pub enum Source {
    /// In no way yet.
    Missing,
    /// Held in wasm memory.
    Held(Credential),
    /// A function that gets them.
    Provider,
    /// A function that has a back end sign.
    Signer,
}

/// Options as they were given.
pub struct Given {
    plain: Json,
    source: Source,
    /// What stays in JavaScript.
    pub room: JsValue,
}

impl Given {
    /// Reads an options object over the options of `base`. What is refused, the room tells.
    pub fn read(options: &JsValue, base: Option<&Self>) -> (Self, Result<(), Fail>) {
        let none = JsValue::UNDEFINED;
        let read = platform::read_options(options, base.map_or(&none, |base| &base.room));
        let text = read.get(0).as_string().unwrap_or_default();
        let credentials = read.get(2);
        let mut given = Self {
            plain: Json::unpack(text.get(1..).unwrap_or_default()),
            source: Source::Missing,
            room: read.get(1),
        };
        let made = Fail {
            error: Error::aborted(),
            how: How::Made,
        };
        given.source = match (text.as_bytes().first(), base) {
            (Some(b'p'), _) => Source::Provider,
            (Some(b's'), _) => Source::Signer,
            (Some(b'h'), Some(base)) if credentials.is_undefined() => base.source.clone(),
            (Some(b'h'), _) => match Credential::given(&credentials) {
                Ok(credential) => Source::Held(credential),
                Err(thrown) => {
                    platform::threw(&given.room, &thrown);
                    return (given, Err(made));
                }
            },
            (Some(b'e'), _) => return (given, Err(made)),
            _ => Source::Missing,
        };
        (given, Ok(()))
    }

    /// Checks the plain options, and that there are credentials. `more` is what the call itself takes.
    pub fn check(&self, more: &[Param]) -> Result<Config, Error> {
        let config = Config::read(&self.plain, more)?;
        match self.source {
            Source::Missing => Err(Error::credentials(
                "no credentials; give credentials: { ak, sk } or { token }, a function that gets them, or signer",
            )),
            _ => Ok(config),
        }
    }
}

/// What calls of one client share.
#[derive(Default)]
pub struct Shared {
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
    pub config: Rc<Config>,
    /// The plain options, for the operation to pick its parameters from.
    pub args: Json,
    pub source: Source,
    pub room: JsValue,
}

impl Context {
    /// What a call works with.
    pub fn new(shared: &Rc<Shared>, config: Config, given: Given) -> Self {
        Self {
            shared: Rc::clone(shared),
            config: Rc::new(config),
            args: given.plain,
            source: given.source,
            room: given.room,
        }
    }

    /// The same for a look-up that others may wait for.
    pub fn for_look_up(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
            config: Rc::clone(&self.config),
            args: Json::Null,
            source: self.source.clone(),
            room: platform::alone(&self.room),
        }
    }

    /// Tells the caller of progress. What its function throws is its own affair.
    pub fn tell(&self, event: &Json) {
        platform::tell(&self.room, &platform::to_js(event));
    }

    /// Asks the provider for credentials.
    pub fn ask_provider(&self) -> js_sys::Promise {
        MAKE.with(|make| {
            let make = make.as_ref().unchecked_ref();
            Act::Credentials.begin(&self.room, self.config.timeout_ms, make)
        })
    }

    /// Whether a request may leave.
    pub fn check_ready(&self) -> Result<(), Fail> {
        match platform::ready(&self.room) {
            0 => Ok(()),
            1 => Err(Fail::aborted()),
            _ => Err(Error::invalid("fetch", "must be given: this platform has none").into()),
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
        Ok(Err(concat(&[&who, "\n", region, "\n", iam])))
    }
}

/// The credential that a provider gave.
pub fn provided(came: &Came) -> Result<Credential, Fail> {
    match came.ended {
        Ended::Value => Credential::shared(&came.object)
            .ok_or_else(|| Error::credentials("the credentials were freed").into()),
        Ended::Thrown => Err(made(came)),
        _ => Err(Error::credentials("the credentials provider did not answer in time").into()),
    }
}

/// An error that was made already.
pub fn made(came: &Came) -> Fail {
    Fail {
        error: Error::credentials(came.text()),
        how: How::Made,
    }
}

/// The headers that a remote signer gave.
pub fn signed(came: &Came) -> Result<Headers, Fail> {
    match came.ended {
        Ended::Value => Ok(remote_headers(Json::unpack(came.text()))?),
        Ended::Thrown => Err(Fail {
            error: Error::credentials("the signer failed"),
            how: How::Cause,
        }),
        _ => Err(Error::credentials("the signer did not answer in time").into()),
    }
}

fn remote_headers(given: Json) -> Result<Headers, Error> {
    let wrong = |why: &str| Error::credentials(&concat(&["the signer gave ", why]));
    let Json::Object(members) = given else {
        return Err(wrong("no object of headers"));
    };
    let mut headers = Headers::default();
    for (name, member) in members {
        let Json::String(text) = member else {
            return Err(wrong("a header that is no string"));
        };
        if !name.eq_ignore_ascii_case("host") {
            headers
                .add(name, text)
                .map_err(|error| wrong(&error.message()))?;
        }
    }
    if headers
        .get("Authorization")
        .or(headers.get("X-Auth-Token"))
        .is_none()
    {
        return Err(wrong("headers without Authorization"));
    }
    Ok(headers)
}
