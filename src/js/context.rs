//! The options of one call, and where its credentials come from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::error::{How, to_js};
use super::platform::{self, Act, Came, Ended};
use super::sign::Credential;
use crate::config::Config;
use crate::credential::Credential as Core;
use crate::error::{Error, Outcome};
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
#[derive(Clone, Default)]
pub enum Source {
    /// In no way yet.
    #[default]
    Missing,
    /// Held in wasm memory.
    Held(Credential),
    /// A function that gets them.
    Provider,
    /// A function that has a back end sign.
    Signer,
}

/// Options as they were given.
#[derive(Default)]
pub struct Given {
    plain: Json,
    source: Source,
    /// What stays in JavaScript.
    pub room: JsValue,
}

impl Given {
    /// Reads an options object over the options of `base`, and whether they can be used: the room keeps what is refused.
    pub fn read(options: &JsValue, base: Option<&Self>) -> (Self, bool) {
        let none = JsValue::UNDEFINED;
        let read = platform::read_options(options, base.map_or(&none, |base| &base.room));
        let text = read.get(0).as_string().unwrap_or_default();
        let credentials = read.get(2);
        let mut given = Self {
            plain: Json::unpack(text.get(1..).unwrap_or_default()),
            source: Source::Missing,
            room: read.get(1),
        };
        given.source = match (text.as_bytes().first(), base) {
            (Some(b'p'), _) => Source::Provider,
            (Some(b's'), _) => Source::Signer,
            (Some(b'h'), Some(base)) if credentials.is_undefined() => base.source.clone(),
            (Some(b'h'), _) => match Credential::given(&credentials) {
                Ok(credential) => Source::Held(credential),
                Err(thrown) => {
                    platform::keep(&given.room, true, &thrown);
                    return (given, false);
                }
            },
            (Some(b'e'), _) => return (given, false),
            _ => Source::Missing,
        };
        (given, true)
    }

    /// Checks the plain options, and that there are credentials. `more` is what the call itself takes.
    pub fn check(&self, more: &[Param]) -> Result<Config, Error> {
        let config = Config::read(&self.plain, more)?;
        match self.source {
            Source::Missing => Err(Error::credentials(
                "no credentials; give credentials or signer",
            )),
            _ => Ok(config),
        }
    }
}

/// Where a project id comes from.
pub enum Project {
    /// It is known.
    Id(String),
    /// It is looked up; the look-up is kept under this key.
    Key(String),
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
    /// The plain options, for the operation to pick its parameters from, until they are taken.
    pub args: Json,
    pub source: Source,
    pub room: JsValue,
    /// The task has come to its end.
    pub done: Cell<bool>,
    /// What stands behind the error that is on its way.
    pub how: Cell<How>,
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
            done: Cell::default(),
            how: Cell::default(),
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
            done: Cell::default(),
            how: Cell::default(),
        }
    }

    /// Tells the caller of progress. What its function throws is its own affair.
    pub fn tell(&self, event: &Json) {
        platform::tell(&self.room, &platform::to_js(event));
    }

    /// Begins a wait.
    pub fn begin(&self, act: Act, value: &JsValue) {
        act.begin(&self.room, self.config.timeout_ms, value);
    }

    /// Begins a pause.
    pub fn pause(&self, ms: u32) {
        Act::Pause.begin(&self.room, ms, &JsValue::UNDEFINED);
    }

    /// Asks the provider for credentials.
    pub fn ask_provider(&self) {
        MAKE.with(|make| self.begin(Act::Credentials, make.as_ref().unchecked_ref()));
    }

    /// Whether a request may leave.
    pub fn check_ready(&self) -> Result<(), Error> {
        match platform::ready(&self.room) {
            0 => Ok(()),
            1 => Err(self.aborted()),
            _ => Err(Error::invalid(
                "fetch",
                "must be given: this platform has none",
            )),
        }
    }

    /// An error that JavaScript has more of.
    #[inline(never)]
    pub fn behind(&self, how: How, error: Error) -> Error {
        self.how.set(how);
        error
    }

    /// The caller has given up.
    pub fn aborted(&self) -> Error {
        self.behind(How::Reason, Error::aborted())
    }

    /// What a promise is rejected with. `outcome` is given for a swap.
    pub fn refused(&self, error: &Error, outcome: Option<Outcome>) -> JsValue {
        to_js(error, self.how.take(), &self.room, outcome)
    }

    /// The project id, or how to find it.
    pub fn project(&self, credential: Option<&Credential>) -> Result<Project, Error> {
        if let Some(id) = &self.config.project_id {
            return Ok(Project::Id(id.clone()));
        }
        let why = match credential {
            None => "must be given with signer",
            Some(credential) => {
                if let Some(id) = &credential.0.project_id {
                    return check_project_id(id).map(|()| Project::Id(id.clone()));
                }
                match (
                    &self.config.via,
                    &self.config.region,
                    &self.config.iam_endpoint,
                ) {
                    (Some(_), ..) => "must be given with via",
                    (None, Some(region), Some(iam)) => {
                        let who = match &credential.0.core {
                            Core::AccessKey(key) => key.ak().to_owned(),
                            // A token is secret: its hash tells it apart as well.
                            Core::Token(token) => token.fingerprint(),
                        };
                        return Ok(Project::Key(concat(&[&who, "\n", region, "\n", iam])));
                    }
                    _ => "must be given, or a known region",
                }
            }
        };
        Err(Error::invalid("projectId", why))
    }

    /// The credential that a provider gave.
    pub fn provided(&self, came: &Came) -> Result<Credential, Error> {
        let why = match came.ended() {
            Ended::Value => match Credential::shared(&platform::value(&self.room)) {
                Some(credential) => return Ok(credential),
                None => "the credentials were freed",
            },
            Ended::Thrown => return Err(self.made(came)),
            _ => "the credentials provider did not answer in time",
        };
        Err(Error::credentials(why))
    }

    /// An error that was made already, maybe for several calls.
    pub fn made(&self, came: &Came) -> Error {
        self.behind(How::Made, Error::credentials(came.text()))
    }

    /// The headers that a remote signer gave.
    pub fn signed(&self, came: &Came) -> Result<Vec<(String, String)>, Error> {
        let why = match came.ended() {
            Ended::Value => return remote_headers(&Json::unpack(came.text())),
            Ended::Thrown => {
                self.how.set(How::Cause);
                "the signer failed"
            }
            _ => "the signer did not answer in time",
        };
        Err(Error::credentials(why))
    }
}

fn remote_headers(given: &Json) -> Result<Vec<(String, String)>, Error> {
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
                .add(name.as_bytes(), text.as_bytes())
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
    Ok(headers.texts())
}
