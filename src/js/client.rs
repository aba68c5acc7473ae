//! What is exported: the client, and what it starts.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;

use super::context::{Context, Given, Shared, not_begun};
use super::error::{Fail, to_js};
use super::platform::set_hidden;
use super::{run, switchover};
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Answer, Effect, Operation, change_master_standby_async, show_job_info};
use crate::region::REGIONS;
use crate::switchover::Following;

/// What a promise stands for. One type, so that there is one future.
pub enum Task {
    /// A call of an operation.
    Call(&'static Operation),
    /// A whole switchover.
    Switchover,
    /// The next state of a job.
    Follow(Rc<RefCell<Following>>),
    /// The project id of a region.
    LookUp,
}

/// Starts a task.
pub fn start(context: Rc<Context>, task: Task) -> Promise {
    future_to_promise(async move {
        match task {
            Task::Call(operation) => call(&context, operation).await,
            Task::Switchover => switchover::run(&context, &change_master_standby_async::OPERATION)
                .await
                .map_err(|fail| fail.into_js(Some(Outcome::NotSent))),
            Task::Follow(following) => {
                // Turns are taken one after the other: the pace moves out while it is used.
                let mut own = following.replace(Following::over());
                let next = switchover::next_state(&context, &mut own).await;
                following.replace(own);
                next.map_err(|fail| fail.into_js(None))
            }
            Task::LookUp => run::look_up_project(&context)
                .await
                .map_err(|fail| fail.into_js(None)),
        }
    })
}

async fn call(context: &Context, operation: &'static Operation) -> Result<JsValue, JsValue> {
    let done = run::execute(context, operation, &context.args).await;
    let outcome = outcome_of(operation, done.outcome);
    match done.result {
        Ok((response, value)) => {
            let answer: Object = match operation.answer {
                Answer::Json(_) => value.unchecked_into(),
                Answer::Empty => Object::new(),
            };
            set_hidden(&answer, "httpStatusCode", &response.status.into());
            set_hidden(&answer, "requestId", &response.request_id.into());
            Ok(answer.into())
        }
        Err(fail) => {
            if let Fail::Thrown(_) = fail {
                let event = Json::object()
                    .with("type", Json::text("aborted"))
                    .with("operation", Json::text(operation.name))
                    .with(
                        "outcome",
                        outcome.map(|outcome| Json::text(outcome.as_str())),
                    );
                context.emit(event, "", &JsValue::UNDEFINED);
            }
            Err(fail.into_js(outcome))
        }
    }
}

fn outcome_of(operation: &Operation, outcome: Outcome) -> Option<Outcome> {
    (operation.effect == Effect::Swap).then_some(outcome)
}

/// A client of the Distributed Cache Service.
#[wasm_bindgen]
pub struct Client(Rc<Shared>);

#[wasm_bindgen]
impl Client {
    /// Reads the client's options. What they lack, each call may give.
    ///
    /// # Errors
    /// `InvalidArgumentError`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Client, JsValue> {
        let given = Given::read(options)?;
        Ok(Self(Rc::new(Shared {
            given,
            ..Shared::default()
        })))
    }

    /// Calls the operation of that name.
    pub fn call(&self, operation: &str, options: &JsValue) -> Promise {
        let Some(operation) = Operation::find(operation) else {
            let error = Error::invalid("operation", "is not known");
            return Promise::reject(&to_js(&error, &JsValue::UNDEFINED, None));
        };
        let mut names = Vec::new();
        for param in operation.params {
            names.push(param.name);
        }
        self.start(
            options,
            &names,
            outcome_of(operation, Outcome::NotSent),
            Task::Call(operation),
        )
    }

    /// A whole switchover.
    pub fn switchover(&self, options: &JsValue) -> Promise {
        self.start(
            options,
            &["instanceId"],
            Some(Outcome::NotSent),
            Task::Switchover,
        )
    }

    /// The states of a job, one after the other.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    pub fn follow(&self, options: &JsValue) -> Result<Follow, JsValue> {
        let context =
            Context::new(&self.0, options, &["jobId"]).map_err(|fail| not_begun(fail, None))?;
        if let Err(error) = show_job_info::OPERATION.path_and_query("", &context.args) {
            return Err(to_js(&error, &JsValue::UNDEFINED, None));
        }
        let following = Following::new(context.config.switchover, super::platform::now_ms());
        Ok(Follow(Rc::new(context), Rc::new(RefCell::new(following))))
    }
}

impl Client {
    fn start(
        &self,
        options: &JsValue,
        names: &[&str],
        outcome: Option<Outcome>,
        task: Task,
    ) -> Promise {
        match Context::new(&self.0, options, names) {
            Ok(context) => start(Rc::new(context), task),
            Err(fail) => Promise::reject(&not_begun(fail, outcome)),
        }
    }
}

/// A job that is followed.
#[wasm_bindgen]
pub struct Follow(Rc<Context>, Rc<RefCell<Following>>);

#[wasm_bindgen]
impl Follow {
    /// The next state; undefined after the last one. Rejects when the job failed, or time is up.
    pub fn next(&self) -> Promise {
        start(Rc::clone(&self.0), Task::Follow(Rc::clone(&self.1)))
    }
}

/// Swaps master and standby: `new Client().call("changeMasterStandbyAsync", options)`.
#[wasm_bindgen(js_name = changeMasterStandbyAsync)]
pub fn change_master_standby_async(options: &JsValue) -> Promise {
    Client(Rc::default()).call(change_master_standby_async::OPERATION.name, options)
}

/// The regions that DCS is known to serve.
#[wasm_bindgen]
pub fn regions() -> JsValue {
    let mut regions = Vec::new();
    for region in REGIONS {
        regions.push(
            Json::object()
                .with("id", Json::text(region.id))
                .with("dcsEndpoint", Json::String(region.dcs_endpoint()))
                .with("iamEndpoint", Json::String(region.iam_endpoint())),
        );
    }
    super::platform::to_js(&Json::Array(regions))
}

/// Reads the text of a profile file: `{ ak?, sk?, securityToken?, projectId?, iamEndpoint? }`.
///
/// # Errors
/// `CredentialsError` naming the line.
#[wasm_bindgen(js_name = parseProfile)]
pub fn parse_profile(text: &str) -> Result<JsValue, JsValue> {
    let profile = crate::credential::profile::parse(text)
        .map_err(|error| to_js(&error, &JsValue::UNDEFINED, None))?;
    let object = JsValue::from(Object::new());
    let set = |name: &str, text: Option<&str>| {
        if let Some(text) = text {
            super::platform::set(&object, name, &text.into());
        }
    };
    set("ak", profile.ak.as_deref());
    set("sk", profile.sk.as_ref().map(|text| text.as_str()));
    set(
        "securityToken",
        profile.security_token.as_ref().map(|text| text.as_str()),
    );
    set("projectId", profile.project_id.as_deref());
    set("iamEndpoint", profile.iam_endpoint.as_deref());
    Ok(object)
}
