//! One call of an operation, from its credential to its answer: read [`drive`] from top to bottom.
//!
//! What is sent when, and what follows from an answer, is decided by the machine of [`crate::call`]; here it is done.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::{JsCast, JsValue};

use super::context::Context;
use super::events;
use super::failure::Failure;
use super::project::project_id;
use super::request::{Outgoing, Target, check_fetch, host_of};
use super::response::{Answer, read_answer, to_response};
use super::wait::{Waited, check_signal, message_of, now, random, record_id};
use crate::call::{Call, Event, Next, Sent};
use crate::error::ErrorKind;
use crate::http;
use crate::json::Json;
use crate::operation::{Request, Service};
use crate::retry::Policy;
use crate::time::Now;

/// How a call ended.
pub(super) struct CallEnd {
    /// The answer of the service, or why there is none that can be used.
    pub result: Result<GoodAnswer, Failure>,
    /// What was sent, and what became of it.
    pub sent: Sent,
}

/// An answer that is what the API promises.
pub(super) struct GoodAnswer {
    /// Its value, for the core.
    pub json: Json,
    /// The same, for the caller.
    pub value: JsValue,
    /// The service's `Date`, in milliseconds since 1970.
    pub date_ms: Option<i64>,
}

/// Calls an operation. One that is `fresh` is sent once, and not any more when so many milliseconds have passed since that
/// moment. Boxed here, so that it is compiled once and not into each of its callers.
pub(super) fn call(
    context: &Context,
    request: Request,
    fresh: Option<(Now, u32)>,
) -> Pin<Box<dyn Future<Output = CallEnd> + '_>> {
    Box::pin(async move {
        let config = &context.config;
        let found = context.shared.clock_offset_ms.get();
        let offset_ms = found.unwrap_or(config.clock_offset_ms);
        let endpoints = config.endpoints_of(request.operation().service).len();
        let policy = match fresh {
            Some(_) => Policy::NEVER,
            None => config.retry,
        };
        let mut call = Call::new(request, policy, endpoints, offset_ms, random(), now());
        if let Some((read, ms)) = fresh {
            call = call.fresh(read, ms);
        }
        let result = drive(context, &mut call).await;
        let sent = call.sent();
        CallEnd { result, sent }
    })
}

/// The call itself. What the machine asks for is done until there is an end: credential, project id, signature, request and
/// answer, in this order.
async fn drive(context: &Context, call: &mut Call) -> Result<GoodAnswer, Failure> {
    check_signal(&context.options.signal)?;
    check_fetch(context)?;
    let operation = call.request().operation();
    let mut project = String::new();
    // One for all attempts of the call: by it a back end of the page knows a request that it was sent before.
    let key = context.config.to_server.then(record_id).unwrap_or_default();
    let mut signed = None;
    let mut last = Attempt::default();
    loop {
        match call.next(now()) {
            Next::Sign { endpoint } => {
                while let Some(ms) = context.throttled_ms() {
                    context.pause(ms).await?;
                }
                let credential = context.credential().await?;
                if project.is_empty() && operation.service != Service::Iam {
                    project = project_id(context, credential.as_ref()).await?;
                }
                let path = call.request().path_and_query(&project);
                let target = Target::new(context, operation, endpoint, &project, &path)?;
                let offset_ms = call.clock_offset_ms();
                let headers = target
                    .sign(context, credential.as_ref(), offset_ms, &key)
                    .await?;
                signed = Some(target.request(context, headers)?);
                check_signal(&context.options.signal)?;
                call.handle(Event::Signed, now());
            }
            Next::Send => {
                if let Some(request) = signed.take() {
                    let url = request.url.clone();
                    let attempt = attempt(context, call, request).await?;
                    last = Attempt { url, ..attempt };
                }
            }
            Next::Wait { ms } => {
                if call.is_throttled() {
                    // Other calls of the client wait as well.
                    context.throttle(ms);
                }
                events::tell_retry(context, call, ms);
                context.pause(ms).await?;
                call.handle(Event::Waited, now());
            }
            Next::Done(Ok(response)) => {
                return Ok(GoodAnswer {
                    json: response.json.unwrap_or_default(),
                    value: last.value,
                    date_ms: response.date_ms,
                });
            }
            Next::Done(Err(error)) => {
                if call.is_throttled()
                    && let ErrorKind::Service(service) = error.kind()
                {
                    context.throttle(service.retry_after_ms.unwrap_or_default());
                }
                let error = error.about(operation.name, &host_of(&last.url));
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
    /// Where it was sent.
    url: String,
}

/// Sends a request, waits for its answer, and tells the machine.
async fn attempt(
    context: &Context,
    call: &mut Call,
    request: Outgoing,
) -> Result<Attempt, Failure> {
    let sent = now();
    events::tell_attempt(context, call, &request.shown_url);
    // Whoever hears of it may give it up.
    check_signal(&context.options.signal).inspect_err(|_| call.not_sent())?;
    let stop = &request.stop;
    let waited = match request.send() {
        Ok(fetched) => {
            let members = call.request().operation().answer.members();
            let answer = read_answer(&fetched, &stop.signal(), &request.secrets, members);
            context.wait_for(&answer).await
        }
        Err(thrown) => Ok(Waited::Thrown(thrown)),
    };
    let (failure, thrown) = match waited {
        Ok(Waited::Value(answer)) => {
            return Ok(answered(context, call, answer.unchecked_ref(), sent));
        }
        Ok(Waited::Thrown(thrown)) => (request.no_connection(&message_of(&thrown)), thrown),
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
    call.handle(Event::Failure(failure), now());
    Ok(Attempt {
        thrown,
        ..Attempt::default()
    })
}

/// An answer has come.
fn answered(context: &Context, call: &mut Call, answer: &Answer, sent: Now) -> Attempt {
    let response = to_response(answer);
    events::tell_response(context, call, &response, sent);
    let before_ms = call.clock_offset_ms();
    call.handle(Event::Answer(response), now());
    let offset_ms = call.clock_offset_ms();
    if offset_ms != before_ms {
        context.shared.clock_offset_ms.set(Some(offset_ms));
        events::tell_clock(context, call);
    }
    Attempt {
        value: answer.value(),
        ..Attempt::default()
    }
}
