//! One call of an operation, from its credential to its answer: read [`drive`] from top to bottom.
//!
//! What is sent when, and what follows from an answer, is decided by the machine of [`crate::call`]; here it is done.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::{JsCast, JsValue};

use super::context::Context;
use super::failure::Failure;
use super::project::project_id;
use super::request::{Outgoing, Target, check_fetch};
use super::response::{Answer, read_answer, to_response};
use super::wait::{Waited, check_signal, message_of, now_ms, random};
use crate::call::{Call, Step};
use crate::error::Outcome;
use crate::http;
use crate::json::Json;
use crate::operation::{Operation, list_projects};

/// Stands for the project id when arguments are checked before it is known.
const ANY_PROJECT: &str = "00000000000000000000000000000000";

/// How a call ended.
pub struct CallEnd {
    /// The answer of the service, or why there is none that can be used.
    pub result: Result<GoodAnswer, Failure>,
    /// What became of the swap, if it was one.
    pub outcome: Outcome,
    /// Requests sent.
    pub requests: u32,
}

/// An answer that is what the API promises.
pub struct GoodAnswer {
    /// Its value, for the core.
    pub json: Json,
    /// The same, for the caller.
    pub value: JsValue,
}

/// Calls an operation. Boxed here, so that it is compiled once and not into each of its callers.
pub fn call<'a>(
    context: &'a Context,
    operation: &'static Operation,
    args: &'a Json,
) -> Pin<Box<dyn Future<Output = CallEnd> + 'a>> {
    Box::pin(async move {
        let config = &context.config;
        let found = context.shared.clock_offset_ms.get();
        let clock_offset_ms = found.unwrap_or(config.clock_offset_ms);
        let endpoints = config.endpoints.len();
        let mut call = Call::new(
            operation,
            config.retry,
            endpoints,
            now_ms(),
            clock_offset_ms,
        );
        let result = drive(context, &mut call, args).await;
        CallEnd {
            result,
            outcome: call.outcome(),
            requests: call.attempts(),
        }
    })
}

/// The call itself. What the machine asks for is done until there is an end: to send is credential, project id, signature,
/// request and answer, in this order.
async fn drive(context: &Context, call: &mut Call, args: &Json) -> Result<GoodAnswer, Failure> {
    let operation = call.operation();
    // Malformed arguments are refused before anything is asked for.
    operation.path_and_query(ANY_PROJECT, args)?;
    check_signal(&context.options.signal)?;
    check_fetch(context)?;
    let is_of_iam = operation == &list_projects::OPERATION;
    let mut project = String::new();
    let mut last = Attempt::default();
    loop {
        match call.step() {
            Step::Send { endpoint } => {
                while let Some(ms) = context.throttled_ms() {
                    context.pause(ms).await?;
                }
                let credential = context.credential().await?;
                if project.is_empty() && !is_of_iam {
                    project = project_id(context, credential.as_ref()).await?;
                }
                let path = operation.path_and_query(&project, args)?;
                let target = Target::new(context, operation, endpoint, &project, &path)?;
                let offset_ms = call.clock_offset_ms();
                let headers = target.sign(context, credential.as_ref(), offset_ms).await?;
                let request = target.request(context, headers)?;
                check_signal(&context.options.signal)?;
                last = attempt(context, call, &target.url, &request).await?;
            }
            Step::Wait { ms } => {
                tell_retry(context, call, ms, last.throttled);
                context.pause(ms).await?;
            }
            Step::Done(Ok(response)) => {
                return Ok(GoodAnswer {
                    json: response.json.unwrap_or_default(),
                    value: last.value,
                });
            }
            Step::Done(Err(error)) => {
                let cause = last.thrown;
                return Err(Failure::Error { error, cause });
            }
        }
    }
}

/// What the last attempt leaves behind for the end of the call.
#[derive(Default)]
struct Attempt {
    /// The answer's value.
    value: JsValue,
    /// What was thrown in place of an answer.
    thrown: JsValue,
    /// The service answered that there are too many requests.
    throttled: bool,
}

/// Sends a request, waits for its answer, and tells the machine.
async fn attempt(
    context: &Context,
    call: &mut Call,
    url: &str,
    request: &Outgoing,
) -> Result<Attempt, Failure> {
    let sent_ms = now_ms();
    call.sending();
    context.tell_json(|| {
        let mut event = event_of(call, "attempt");
        event.add_text("method", call.operation().method);
        event.add_text("url", url);
        event
    });
    let stop = &request.stop;
    let waited = match request.send() {
        Ok(fetched) => {
            let answer = read_answer(&fetched, &stop.signal(), &request.secrets);
            context.wait_for(&answer).await
        }
        Err(thrown) => Ok(Waited::Thrown {
            message: message_of(&thrown),
            thrown,
        }),
    };
    let (failure, thrown) = match waited {
        Ok(Waited::Value(answer)) => {
            return Ok(answered(context, call, answer.unchecked_ref(), sent_ms));
        }
        Ok(Waited::Thrown { thrown, message }) => (http::Failure::Connection(message), thrown),
        Ok(Waited::Late) => {
            let timeout_ms = context.config.timeout_ms;
            (http::Failure::Timeout(timeout_ms), JsValue::UNDEFINED)
        }
        Err(aborted) => {
            stop.abort();
            return Err(aborted);
        }
    };
    stop.abort();
    call.failed(&failure, now_ms(), random());
    Ok(Attempt {
        thrown,
        ..Attempt::default()
    })
}

/// An answer has come.
fn answered(context: &Context, call: &mut Call, answer: &Answer, sent_ms: i64) -> Attempt {
    let response = to_response(answer);
    let throttled = response.status == 429;
    context.tell_json(|| {
        let mut event = event_of(call, "response");
        event.add_answer(response.status, response.request_id.as_deref());
        event.add_number("elapsedMs", (now_ms() - sent_ms) as f64);
        event
    });
    let before_ms = call.clock_offset_ms();
    call.answered(response, now_ms(), random());
    let offset_ms = call.clock_offset_ms();
    if offset_ms != before_ms {
        context.shared.clock_offset_ms.set(Some(offset_ms));
        context.tell_json(|| {
            let mut event = event_of(call, "clock");
            event.add_number("offsetMs", offset_ms as f64);
            event
        });
    }
    Attempt {
        value: answer.value(),
        throttled,
        ..Attempt::default()
    }
}

/// Tells of the wait before a repetition, and lets other calls of the client wait as well if the service asked for it.
fn tell_retry(context: &Context, call: &Call, ms: u32, throttled: bool) {
    if throttled {
        context.throttle(ms);
    }
    context.tell_json(|| {
        let mut event = event_of(call, "retry");
        event.add_number("delayMs", ms.into());
        event.add_text("reason", if throttled { "throttled" } else { "failed" });
        event
    });
}

/// An event of this call.
fn event_of(call: &Call, kind: &str) -> Json {
    let mut event = Json::object();
    event.add_text("type", kind);
    event.add_text("operation", call.operation().name);
    event.add_number("attempt", call.attempts().into());
    event
}
