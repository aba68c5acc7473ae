//! A whole switchover: the machine of [`crate::switchover`] says what is next, and here it is done.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::call::{CallEnd, call};
use super::context::{Context, Shared};
use super::failure::Failure;
use super::values::{set_member, to_js};
use super::wait::now_ms;
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::show_job_info;
use crate::switchover::{Machine, Phase, Step, Verdict};
use crate::text::concat;

/// Runs the switchover of one instance; gives its report.
///
/// # Errors
/// `InvalidArgument` when this client has a switchover of the instance under way; `SwitchoverError` unless the roles were
/// seen to change; the caller's abort.
pub async fn switchover(context: &Context, instance_id: &str) -> Result<JsValue, Failure> {
    let _under_way = UnderWay::begin(&context.shared, instance_id)?;
    let mut driver = Driver {
        context,
        instance_id,
        machine: Machine::new(instance_id.to_owned(), context.config.switchover, now_ms()),
        started_ms: now_ms(),
        told: None,
        job: JsValue::UNDEFINED,
        cause: JsValue::UNDEFINED,
    };
    loop {
        driver.tell_phase();
        match driver.machine.step() {
            Step::Call(operation) => {
                let args = driver.machine.args();
                let end = call(context, operation, &args).await;
                if operation == &show_job_info::OPERATION {
                    driver.tell_job(&end);
                }
                if let Some(reason) = driver.call_ended(end) {
                    return driver.aborted(reason);
                }
            }
            Step::Wait(ms) => {
                if let Err(aborted) = context.pause(ms).await {
                    driver.machine.stop(Outcome::Unknown, 0, now_ms());
                    return driver.aborted(aborted);
                }
                driver.machine.waited();
            }
            Step::Done => return driver.finish(),
        }
    }
}

struct Driver<'a> {
    context: &'a Context,
    instance_id: &'a str,
    machine: Machine,
    started_ms: i64,
    /// The phase that was told last.
    told: Option<Phase>,
    /// The job as it was last read, for the caller.
    job: JsValue,
    /// The error that a call ended with last.
    cause: JsValue,
}

impl Driver<'_> {
    /// Tells the machine how a call ended. Gives the abort that ended it, if one did.
    fn call_ended(&mut self, end: CallEnd) -> Option<Failure> {
        let CallEnd {
            result,
            outcome,
            requests,
        } = end;
        let result = match result {
            Ok(answer) => Ok(answer.json),
            Err(aborted @ Failure::Aborted(_)) => {
                self.machine.stop(outcome, requests, now_ms());
                return Some(aborted);
            }
            Err(failure) => {
                self.cause = failure.to_js(None);
                Err(failure.into_error())
            }
        };
        self.machine.answered(result, outcome, requests, now_ms());
        None
    }

    fn tell_phase(&mut self) {
        let phase = self.machine.phase();
        if self.told != Some(phase) {
            self.told = Some(phase);
            self.tell("phase", |event| event.add_text("phase", phase.as_str()));
        }
    }

    fn tell_job(&mut self, end: &CallEnd) {
        if let Ok(answer) = &end.result {
            self.job = answer.value.clone();
            self.tell_with("job", "job", &self.job);
        }
    }

    fn tell(&self, kind: &str, add: impl FnOnce(&mut Json)) {
        self.context.tell(|| {
            let mut event = self.event(kind);
            add(&mut event);
            to_js(&event)
        });
    }

    /// Tells an event that has a member of JavaScript's own.
    fn tell_with(&self, kind: &str, name: &str, value: &JsValue) {
        self.context.tell(|| {
            let event = to_js(&self.event(kind));
            set_member(&event, name, value);
            event
        });
    }

    fn event(&self, kind: &str) -> Json {
        let mut event = Json::object();
        event.add_text("type", kind);
        event.add_text("instanceId", self.instance_id);
        event.add_number("elapsedMs", (now_ms() - self.started_ms) as f64);
        event
    }

    /// The report, told as the last event.
    fn report(&self) -> JsValue {
        let report = to_js(&self.machine.report().to_json(self.instance_id));
        set_member(&report, "job", &self.job);
        self.tell_with("report", "report", &report);
        report
    }

    fn aborted(&self, aborted: Failure) -> Result<JsValue, Failure> {
        self.report();
        Err(aborted)
    }

    fn finish(self) -> Result<JsValue, Failure> {
        let value = self.report();
        let report = self.machine.report();
        if report.verdict == Verdict::Swapped {
            return Ok(value);
        }
        Err(Failure::Switchover {
            message: concat(&[report.verdict.as_str(), ": ", &report.reason]),
            outcome: report.outcome,
            report: value,
            cause: if report.error.is_some() {
                self.cause
            } else {
                JsValue::UNDEFINED
            },
        })
    }
}

/// Marks an instance as having a switchover under way in this client, until it is dropped.
struct UnderWay {
    shared: Rc<Shared>,
    instance_id: String,
}

impl UnderWay {
    fn begin(shared: &Rc<Shared>, instance_id: &str) -> Result<Self, Error> {
        let mut switching = shared.switching.borrow_mut();
        if switching.iter().any(|id| id == instance_id) {
            let why = "has a switchover under way; wait for it";
            return Err(Error::invalid("instanceId", why));
        }
        switching.push(instance_id.to_owned());
        Ok(Self {
            shared: Rc::clone(shared),
            instance_id: instance_id.to_owned(),
        })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut switching = self.shared.switching.borrow_mut();
        switching.retain(|id| *id != self.instance_id);
    }
}
