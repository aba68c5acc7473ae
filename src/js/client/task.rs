//! A task: what the promise stands for that a caller is given.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::call::{CallEnd, call};
use super::context::{Context, UnderWay};
use super::failure::Failure;
use super::follow::next_state;
use super::project::forget;
use super::switchover::run;
use crate::call::Sent;
use crate::error::Outcome;
use crate::job::FollowJob;
use crate::json::Json;
use crate::operation::{Effect, Operation, Request, list_projects};
use crate::switchover::{Purpose, Switchover};

/// The kinds of work.
pub(super) enum Work {
    /// A call of an operation.
    Call(Request),
    /// A switchover, or only its check, or what became of it.
    Switchover(Box<Switchover>),
    /// The next state of a job; nothing while another task has it.
    NextState(Rc<RefCell<Option<FollowJob>>>),
    /// The look-up of a project id, which is shared under that key.
    LookUp(JsValue),
}

/// Starts a task. There is one kind of future, so that it is compiled once.
pub(super) fn start(context: Context, work: Work) -> Promise {
    future_to_promise(async move {
        let result = match work {
            Work::Call(request) => return called(&context, request).await,
            Work::Switchover(machine) => {
                let not_sent = (machine.purpose() == Purpose::Swap).then_some(NOT_SENT);
                return run(&context, machine)
                    .await
                    .map_err(|failure| failure.to_js(not_sent));
            }
            Work::NextState(follow) => {
                // While it is awaited nobody else may have it.
                let Some(mut own) = follow.take() else {
                    return Ok(JsValue::UNDEFINED);
                };
                let state = next_state(&context, &mut own).await;
                follow.replace(Some(own));
                state
            }
            Work::LookUp(key) => {
                let id = look_up(&context).await;
                if id.is_err() {
                    forget(&key);
                }
                id
            }
        };
        result.map_err(|failure| failure.to_js(None))
    })
}

/// Starts the look-up of the project id of a region, which every call that needs it waits for.
pub(super) fn start_look_up(context: Context, key: JsValue) -> Promise {
    start(context, Work::LookUp(key))
}

/// What an error says of a swap that was not sent.
pub(super) const NOT_SENT: Sent = Sent {
    outcome: Outcome::NotSent,
    doubt: None,
    attempts: 0,
};

/// The same of an operation; nothing of a read.
pub(super) fn not_sent(operation: &Operation) -> Option<Sent> {
    (operation.effect == Effect::Swap).then_some(NOT_SENT)
}

async fn called(context: &Context, request: Request) -> Result<JsValue, JsValue> {
    let operation = request.operation();
    let is_swap = operation.effect == Effect::Swap;
    let under_way = match request.value("instance_id") {
        Some(id) if is_swap => Some(UnderWay::begin(&context.shared, id, false)),
        _ => None,
    };
    if let Some(Err(error)) = under_way {
        return Err(Failure::from(error).to_js(not_sent(operation)));
    }
    let CallEnd { result, sent } = call(context, request, None).await;
    result.map(|answer| answer.value).map_err(|failure| {
        if let Failure::Aborted(_) = failure {
            context.tell_json(|| {
                let mut event = Json::object();
                event.add_text("type", "aborted");
                event.add_text("operation", operation.name);
                event.add_given("outcome", is_swap.then(|| sent.outcome.as_str()));
                event
            });
        }
        failure.to_js(is_swap.then_some(sent))
    })
}

async fn look_up(context: &Context) -> Result<JsValue, Failure> {
    let region = context.config.region.as_deref().unwrap_or_default();
    let mut args = Json::object();
    args.add_text("region", region);
    let request = list_projects::OPERATION.request(&args)?;
    let answer = call(context, request, None).await.result?;
    Ok(list_projects::only_project(&answer.json, region)?.into())
}
