//! What is exported of the client. Each file says one part of a call's story, in this order:
//!
//! `options` reads what the caller gave; `context` checks it; `task` makes the promise; `call` makes the call, with the
//! `project` id, the `request` and its signature, a `wait` for the `response`; `failure` is why there is none. Around
//! calls there are `switchover` and `follow`. `values` crosses.

mod call;
mod context;
mod failure;
mod follow;
mod options;
mod project;
mod request;
mod response;
mod switchover;
mod task;
mod values;
mod wait;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use context::{Context, Shared};
use failure::Failure;
use options::Options;
use task::{Work, outcome_of, start, start_look_up};

use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Operation, change_master_standby_async, show_job_info};
use crate::region::REGIONS;
use crate::switchover::Following;

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
        match Operation::find(name) {
            Some(operation) => self.start(options, operation, |_| Ok(Work::Call(operation))),
            None => {
                let error = Error::invalid("operation", "is not known");
                Promise::reject(&Failure::from(error).to_js(None))
            }
        }
    }

    /// Runs a whole switchover.
    pub fn switchover(&self, options: &JsValue) -> Promise {
        let swap = &change_master_standby_async::OPERATION;
        self.start(options, swap, |context| {
            let args = &context.options.plain;
            swap.path_and_query("", args)?;
            let id = args.str("instanceId").unwrap_or_default();
            Ok(Work::Switchover(id.to_ascii_lowercase()))
        })
    }

    /// Follows a job.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    pub fn follow(&self, options: &JsValue) -> Result<Follow, JsValue> {
        let operation = &show_job_info::OPERATION;
        let checked = self.context(options, operation).and_then(|context| {
            operation.path_and_query("", &context.options.plain)?;
            Ok(context)
        });
        let context = checked.map_err(|failure| failure.to_js(None))?;
        let following = Following::new(context.config.switchover, wait::now_ms());
        Ok(Follow {
            context,
            following: Rc::new(RefCell::new(Some(following))),
        })
    }
}

impl Client {
    /// The promise of some work, or of what refuses its options.
    fn start(
        &self,
        options: &JsValue,
        operation: &'static Operation,
        work: impl FnOnce(&Context) -> Result<Work, Failure>,
    ) -> Promise {
        let begun = self
            .context(options, operation)
            .and_then(|context| Ok((work(&context)?, context)));
        match begun {
            Ok((work, context)) => start(context, work),
            Err(failure) => {
                let outcome = outcome_of(operation, Outcome::NotSent);
                Promise::reject(&failure.to_js(outcome))
            }
        }
    }

    fn context(
        &self,
        options: &JsValue,
        operation: &'static Operation,
    ) -> Result<Context, Failure> {
        let options = Options::read(options)?.over(&self.options);
        Ok(Context::new(
            &self.shared,
            options,
            operation.params,
            start_look_up,
        )?)
    }
}

/// A job that is followed.
#[wasm_bindgen]
pub struct Follow {
    context: Context,
    following: Rc<RefCell<Option<Following>>>,
}

#[wasm_bindgen]
impl Follow {
    /// The next state; undefined after the last one. It rejects when the job failed, or its time is up.
    pub fn next(&self) -> Promise {
        start(
            self.context.clone(),
            Work::NextState(Rc::clone(&self.following)),
        )
    }
}

/// Swaps master and standby: `new Client().call("changeMasterStandbyAsync", options)`.
#[wasm_bindgen(js_name = changeMasterStandbyAsync)]
pub fn change_master_standby_async(options: &JsValue) -> Promise {
    let client = Client {
        options: Options::default(),
        shared: Rc::default(),
    };
    client.call(change_master_standby_async::OPERATION.name, options)
}

/// The regions that DCS is known to serve.
#[wasm_bindgen]
pub fn regions() -> JsValue {
    let mut regions = Vec::new();
    for region in &REGIONS {
        let mut json = Json::object();
        json.add_text("id", region.id);
        json.add_text("dcsEndpoint", &region.dcs_endpoint());
        json.add_text("iamEndpoint", &region.iam_endpoint());
        regions.push(json);
    }
    values::to_js(&Json::Array(regions))
}
