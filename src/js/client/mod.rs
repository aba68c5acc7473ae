//! What is exported of the client. Each file says one part of a call's story, in this order:
//!
//! `options` reads what the caller gave; `context` checks it; `task` makes the promise; `call` makes the call, with the
//! `project` id, the `request` and its signature, a `wait` for the `response`, and `events` for a listener; `failure` is why
//! there is none. Around calls there are `switchover`, with its `journal`, and `follow`. `values` crosses.

mod call;
mod context;
mod events;
mod failure;
mod follow;
#[cfg(feature = "signer")]
mod functions;
mod journal;
mod options;
mod project;
mod request;
mod response;
mod switchover;
mod task;
mod values;
mod wait;

#[cfg(feature = "signer")]
pub use functions::{change_master_standby_async, regions};

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use context::{Context, Shared};
use failure::Failure;
use options::Options;
use request::transport_repeats;
use task::{NOT_SENT, Work, not_sent, start, start_look_up};

use crate::call::Sent;
use crate::error::Error;
use crate::job::FollowJob;
use crate::operation::{Operation, change_master_standby_async, show_job_info};
use crate::switchover::{Options as SwitchoverOptions, Purpose, Record, Switchover};

/// Whether this module can sign. That of a page whose back end signs cannot.
const SIGNS: bool = cfg!(feature = "signer");

/// A client of the Distributed Cache Service.
#[wasm_bindgen]
pub struct Client {
    options: Options,
    shared: Rc<Shared>,
}

#[wasm_bindgen]
impl Client {
    /// Reads the client's options. What they lack, each call may give.
    ///
    /// # Errors
    /// `InvalidArgumentError`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Client, JsValue> {
        Ok(Self {
            options: Options::read(options).map_err(|failure| failure.to_js(None))?,
            shared: Rc::default(),
        })
    }

    /// Calls the operation of that name.
    pub fn call(&self, name: &str, options: &JsValue) -> Promise {
        let Some(operation) = Operation::find(name) else {
            let error = Error::invalid("operation", "is not known");
            return Promise::reject(&Failure::from(error).to_js(None));
        };
        let names: Vec<&str> = operation.params.iter().map(|param| param.name).collect();
        let begun = self.context(options, &names).and_then(|context| {
            let request = operation.request(&context.options.plain)?;
            Ok((context, Work::Call(request)))
        });
        promise(begun, not_sent(operation))
    }

    /// Checks what a switchover would do now.
    #[wasm_bindgen(js_name = checkSwitchover)]
    pub fn check_switchover(&self, options: &JsValue) -> Promise {
        promise(self.begin(options, Purpose::Check), None)
    }

    /// Runs a whole switchover.
    pub fn switchover(&self, options: &JsValue) -> Promise {
        promise(self.begin(options, Purpose::Swap), Some(NOT_SENT))
    }

    /// Finds out what became of a switchover that another run began.
    #[wasm_bindgen(js_name = resumeSwitchover)]
    pub fn resume_switchover(&self, record: &JsValue, options: &JsValue) -> Promise {
        let record = values::from_js(record, RECORD_DEPTH).unwrap_or_default();
        let begun = self.context(options, &[]).and_then(|context| {
            let options = with_general(SwitchoverOptions::default(), &context);
            let machine = Switchover::resume(Record::read(&record)?, options, wait::now())?;
            Ok((context, Work::Switchover(Box::new(machine))))
        });
        promise(begun, None)
    }

    /// Follows a job.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    pub fn follow(&self, options: &JsValue) -> Result<Follow, JsValue> {
        let names: Vec<&str> = show_job_info::OPERATION
            .params
            .iter()
            .map(|param| param.name)
            .collect();
        let begun = self.context(options, &names).and_then(|context| {
            let times = context.config.times;
            let (interval_ms, timeout_ms) = (times.interval_ms, times.follow_timeout_ms);
            let args = &context.options.plain;
            let follow = FollowJob::new(args, interval_ms, timeout_ms, wait::now())?;
            Ok((context, follow))
        });
        let (context, follow) = begun.map_err(|failure| failure.to_js(None))?;
        Ok(Follow {
            context,
            follow: Rc::new(RefCell::new(Some(follow))),
        })
    }
}

/// Levels that a record may have.
const RECORD_DEPTH: u32 = 6;

/// The options of a switchover, with those that every call may be given.
fn with_general(options: SwitchoverOptions, context: &Context) -> SwitchoverOptions {
    SwitchoverOptions {
        times: context.config.times,
        max_attempts: context.config.retry.max_attempts,
        transport_repeats: transport_repeats(context),
        journal: !context.options.journal.is_undefined(),
        ..options
    }
}

impl Client {
    /// A switchover, or the check of one, that has its instance and its options.
    fn begin(&self, options: &JsValue, purpose: Purpose) -> Result<(Context, Work), Failure> {
        let context = self.context(options, &SwitchoverOptions::NAMES)?;
        let args = &context.options.plain;
        change_master_standby_async::OPERATION.request(args)?;
        let id = args.str("instanceId").unwrap_or_default();
        let options = with_general(SwitchoverOptions::read(args)?, &context);
        let machine = match purpose {
            Purpose::Check => Switchover::check(id, options, wait::now())?,
            _ => Switchover::new(id, options, &wait::record_id(), wait::now())?,
        };
        Ok((context, Work::Switchover(Box::new(machine))))
    }

    /// The options of a call. `names` are those of the options that it takes itself.
    fn context(&self, options: &JsValue, names: &[&'static str]) -> Result<Context, Failure> {
        let options = Options::read(options)?.over(&self.options);
        Ok(Context::new(&self.shared, options, names, start_look_up)?)
    }
}

/// The promise of some work, or of what refuses its options. `not_sent` is what an error says of a swap.
fn promise(begun: Result<(Context, Work), Failure>, not_sent: Option<Sent>) -> Promise {
    match begun {
        Ok((context, work)) => start(context, work),
        Err(failure) => Promise::reject(&failure.to_js(not_sent)),
    }
}

/// A job that is followed.
#[wasm_bindgen]
pub struct Follow {
    context: Context,
    follow: Rc<RefCell<Option<FollowJob>>>,
}

#[wasm_bindgen]
impl Follow {
    /// The next state; undefined after the last one. It rejects when the job failed, or its time is up.
    pub fn next(&self) -> Promise {
        start(
            self.context.clone(),
            Work::NextState(Rc::clone(&self.follow)),
        )
    }
}
