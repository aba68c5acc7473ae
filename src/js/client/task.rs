//! A task: what the promise stands for that a caller is given.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::call::{CallEnd, call};
use super::context::Context;
use super::failure::Failure;
use super::follow::next_state;
use super::project::forget;
use super::switchover::switchover;
use crate::error::Outcome;
use crate::json::Json;
use crate::operation::{Effect, Operation, list_projects};
use crate::switchover::Following;

/// The kinds of work.
pub enum Work {
    /// A call of an operation.
    Call(&'static Operation),
    /// A whole switchover of the instance of that id.
    Switchover(String),
    /// The next state of a job; nothing while another task has the pace.
    NextState(Rc<RefCell<Option<Following>>>),
    /// The look-up of a project id, which is shared under that key.
    LookUp(JsValue),
}

/// Starts a task. There is one kind of future, so that it is compiled once.
pub fn start(context: Context, work: Work) -> Promise {
    future_to_promise(async move {
        match work {
            Work::Call(operation) => called(&context, operation).await,
            Work::Switchover(instance_id) => switchover(&context, &instance_id)
                .await
                .map_err(|failure| failure.to_js(Some(Outcome::NotSent))),
            Work::NextState(following) => {
                // While it is awaited nobody else may have it.
                let Some(mut own) = following.take() else {
                    return Ok(JsValue::UNDEFINED);
                };
                let state = next_state(&context, &mut own).await;
                following.replace(Some(own));
                state.map_err(|failure| failure.to_js(None))
            }
            Work::LookUp(key) => {
                let id = look_up(&context).await;
                id.map_err(|failure| {
                    forget(&key);
                    failure.to_js(None)
                })
            }
        }
    })
}

/// Starts the look-up of the project id of a region, which every call that needs it waits for.
pub fn start_look_up(context: Context, key: JsValue) -> Promise {
    start(context, Work::LookUp(key))
}

/// The outcome that an error of this operation has.
pub fn outcome_of(operation: &Operation, outcome: Outcome) -> Option<Outcome> {
    (operation.effect == Effect::Swap).then_some(outcome)
}

async fn called(context: &Context, operation: &'static Operation) -> Result<JsValue, JsValue> {
    let CallEnd {
        result, outcome, ..
    } = call(context, operation, &context.options.plain).await;
    let outcome = outcome_of(operation, outcome);
    match result {
        Ok(answer) => Ok(answer.value),
        Err(failure) => {
            if let Failure::Aborted(_) = failure {
                context.tell_json(|| {
                    let mut event = Json::object();
                    event.add_text("type", "aborted");
                    event.add_text("operation", operation.name);
                    event.add_given("outcome", outcome.map(Outcome::as_str));
                    event
                });
            }
            Err(failure.to_js(outcome))
        }
    }
}

async fn look_up(context: &Context) -> Result<JsValue, Failure> {
    let region = context.config.region.as_deref().unwrap_or_default();
    let mut args = Json::object();
    args.add_text("region", region);
    let answer = call(context, &list_projects::OPERATION, &args)
        .await
        .result?;
    Ok(list_projects::only_project(&answer.json, region)?.into())
}
