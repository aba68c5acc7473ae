//! What a call works with: its checked options, and what it shares with other calls of the client.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::SIGNS;
use super::failure::Failure;
use super::options::{CredentialSource, Options};
use super::values::to_js;
use super::wait::{self, Wait, Waited, now};
use crate::config::Config;
use crate::error::Error;
use crate::js::credential::{Credential, provided};
use crate::json::Json;

/// What calls of one client share.
#[derive(Default)]
pub(super) struct Shared {
    /// The clock's difference, once a call has found it.
    pub clock_offset_ms: Cell<Option<i64>>,
    /// Throttled until then, on the monotonic clock: holds for every call of the client.
    not_before_ms: Cell<i64>,
    /// Swaps under way: the instance, and whether it is a whole switchover.
    swaps: RefCell<Vec<(String, bool)>>,
}

/// Starts the look-up of a project id, which is shared under a key. The layer of tasks gives it, so that a call starts no
/// task of its own.
pub(super) type StartLookUp = fn(Context, JsValue) -> Promise;

/// What one call works with.
#[derive(Clone)]
pub(super) struct Context {
    /// What it shares.
    pub shared: Rc<Shared>,
    /// Checked options.
    pub config: Rc<Config>,
    /// The options as they were given; the plain ones are the arguments of the operation.
    pub options: Options,
    /// How a project id is looked up.
    pub start_look_up: StartLookUp,
}

impl Context {
    /// Checks the options of a call. `names` are those of the options that it takes itself.
    ///
    /// # Errors
    /// `InvalidArgument` naming the option, or `Credentials` when there are none.
    pub(super) fn new(
        shared: &Rc<Shared>,
        options: Options,
        names: &[&'static str],
        start_look_up: StartLookUp,
    ) -> Result<Self, Error> {
        if !SIGNS && matches!(options.plain.get("server"), None | Some(Json::Null)) {
            let why = "must be given: this client signs nothing itself";
            return Err(Error::invalid("server", why));
        }
        let config = Config::read(&options.plain, names)?;
        options.check_source(config.to_server)?;
        Ok(Self {
            shared: Rc::clone(shared),
            config: Rc::new(config),
            options,
            start_look_up,
        })
    }

    /// Whether this client signs, and not a back end of the page's own.
    pub(super) fn signs(&self) -> bool {
        SIGNS && !self.config.to_server
    }

    /// The same for a look-up that other calls may wait for: no signal ends it.
    pub(super) fn for_look_up(&self) -> Self {
        let mut context = self.clone();
        context.options.signal = JsValue::UNDEFINED;
        context
    }

    /// Tells the caller of progress. The event is made only if somebody listens.
    pub(super) fn tell(&self, event: impl FnOnce() -> JsValue) {
        if let Some(listener) = &self.options.on_event {
            // `options.js` has made it one that does not throw.
            let _ = listener.call1(&JsValue::UNDEFINED, &event());
        }
    }

    /// The same for an event of plain values.
    pub(super) fn tell_json(&self, event: impl FnOnce() -> Json) {
        self.tell(|| to_js(&event()));
    }

    /// The credential of a call; none when a back end signs.
    ///
    /// # Errors
    /// `CredentialsError`, or the caller's abort.
    pub(super) async fn credential(&self) -> Result<Option<Credential>, Failure> {
        if !self.signs() {
            return Ok(None);
        }
        let provider = match &self.options.source {
            CredentialSource::Credential(credential) => return Ok(Some(credential.clone())),
            CredentialSource::Provider(provider) => provider,
            CredentialSource::Signer(_) | CredentialSource::Missing => return Ok(None),
        };
        let why = match self.wait_for(&provided(provider)).await? {
            Waited::Value(value) => match Credential::shared(&value) {
                Some(credential) => return Ok(Some(credential)),
                None => "the credentials were freed",
            },
            Waited::Thrown(error) => return Err(Failure::Shared(error)),
            Waited::Late => "the credentials provider did not answer in time",
        };
        Err(Error::credentials(why).into())
    }

    /// Waits for a promise, at most the time of one attempt.
    pub(super) fn wait_for(&self, work: &JsValue) -> Wait {
        wait::wait_for(work, self.config.timeout_ms, &self.options.signal)
    }

    /// Waits so many milliseconds.
    pub(super) fn pause(&self, ms: u32) -> Wait {
        wait::pause(ms, &self.options.signal)
    }

    /// Notes that the service throttles this client for so many milliseconds.
    pub(super) fn throttle(&self, ms: u32) {
        let until = now().monotonic_ms + i64::from(ms);
        let not_before = &self.shared.not_before_ms;
        not_before.set(not_before.get().max(until));
    }

    /// How long the service throttles this client yet, in milliseconds; none when it does not.
    pub(super) fn throttled_ms(&self) -> Option<u32> {
        let left = self.shared.not_before_ms.get() - now().monotonic_ms;
        u32::try_from(left).ok().filter(|left| *left > 0)
    }
}

/// A swap of an instance that is under way in a client, until it is dropped. Two swaps cancel out: while a whole switchover of an
/// instance is under way, the client sends no other swap of it.
pub(super) struct UnderWay {
    shared: Rc<Shared>,
    swap: (String, bool),
}

impl UnderWay {
    /// Begins a whole switchover, or a single swap.
    ///
    /// # Errors
    /// `InvalidArgument` with field `instanceId`.
    pub(super) fn begin(
        shared: &Rc<Shared>,
        instance_id: &str,
        whole: bool,
    ) -> Result<Self, Error> {
        let mut swaps = shared.swaps.borrow_mut();
        let id = instance_id.to_ascii_lowercase();
        if swaps
            .iter()
            .any(|(other, of_whole)| *other == id && (whole || *of_whole))
        {
            let why = "has a switchover under way; wait for it";
            return Err(Error::invalid("instanceId", why));
        }
        swaps.push((id.clone(), whole));
        Ok(Self {
            shared: Rc::clone(shared),
            swap: (id, whole),
        })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut swaps = self.shared.swaps.borrow_mut();
        if let Some(at) = swaps.iter().position(|swap| *swap == self.swap) {
            swaps.swap_remove(at);
        }
    }
}
