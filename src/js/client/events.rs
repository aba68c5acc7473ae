//! What a listener hears of a call. An event is made only if somebody listens.

use super::context::Context;
use super::wait::now;
use crate::call::Call;
use crate::http::Response;
use crate::json::Json;
use crate::time::Now;

/// A request is about to leave.
pub(super) fn tell_attempt(context: &Context, call: &Call, url: &str) {
    context.tell_json(|| {
        let mut event = event_of(call, "attempt");
        event.add_text("method", call.request().operation().method);
        event.add_text("url", url);
        event
    });
}

/// An answer has come.
pub(super) fn tell_response(context: &Context, call: &Call, response: &Response, sent: Now) {
    context.tell_json(|| {
        let elapsed_ms = now().monotonic_ms - sent.monotonic_ms;
        let mut event = event_of(call, "response");
        event.add_answer(response.status, response.request_id.as_deref());
        event.add_number("elapsedMs", elapsed_ms as f64);
        event
    });
}

/// The clock was corrected by the service's.
pub(super) fn tell_clock(context: &Context, call: &Call) {
    context.tell_json(|| {
        let mut event = event_of(call, "clock");
        event.add_number("offsetMs", call.clock_offset_ms() as f64);
        event
    });
}

/// The call is repeated after so many milliseconds.
pub(super) fn tell_retry(context: &Context, call: &Call, ms: u32) {
    context.tell_json(|| {
        let mut event = event_of(call, "retry");
        event.add_number("delayMs", ms.into());
        event.add_text(
            "reason",
            if call.is_throttled() {
                "throttled"
            } else {
                "failed"
            },
        );
        event
    });
}

fn event_of(call: &Call, kind: &str) -> Json {
    let mut event = Json::object();
    event.add_text("type", kind);
    event.add_text("operation", call.request().operation().name);
    event.add_number("attempt", call.sent().attempts.into());
    event
}
