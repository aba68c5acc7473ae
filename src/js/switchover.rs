//! Driving the machine of a switchover, and following a job, turn by turn as [`super::run`] does.

use wasm_bindgen::JsValue;

use super::context::Context;
use super::error::{Fail, How};
use super::platform::{self, Came, Ended, now_ms};
use super::run::{Calling, Turn};
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Job, JobStatus, change_master_standby_async, show_job_info};
use crate::switchover::{Following, Machine, Next, Phase, Step, Verdict};
use crate::text::concat;

/// A switchover under way.
pub struct Switching {
    machine: Machine,
    id: String,
    started_ms: i64,
    /// The phase that was told last.
    phase: Option<Phase>,
    calling: Option<Calling>,
    /// The error that a call ended with last.
    cause: JsValue,
}

impl Switching {
    /// Begins, unless the instance has one under way.
    ///
    /// # Errors
    /// `InvalidArgument` with field `instanceId`.
    pub fn new(context: &Context) -> Result<Self, Error> {
        change_master_standby_async::OPERATION.path_and_query("", &context.args)?;
        let id = context.args.str("instanceId").unwrap_or_default();
        let id = id.to_ascii_lowercase();
        let mut swapping = context.shared.swapping.borrow_mut();
        if swapping.contains(&id) {
            let why = "has a switchover under way in this client; wait for it";
            return Err(Error::invalid("instanceId", why));
        }
        swapping.push(id.clone());
        let started_ms = now_ms();
        Ok(Self {
            machine: Machine::new(id.clone(), context.config.switchover, started_ms),
            id,
            started_ms,
            phase: None,
            calling: None,
            cause: JsValue::UNDEFINED,
        })
    }

    /// Takes what came, and begins the next wait, or ends.
    ///
    /// # Errors
    /// What the promise is rejected with, unless the roles were seen to change.
    pub fn turn(&mut self, context: &Context, came: &Came) -> Result<Turn, JsValue> {
        if let Some(mut calling) = self.calling.take() {
            match calling.turn(context, came) {
                Ok(Turn::Await(promise)) => {
                    self.calling = Some(calling);
                    return Ok(Turn::Await(promise));
                }
                ended => {
                    let result = ended.map(|_| calling.response.json.take().unwrap_or_default());
                    if !self.call_ended(context, &calling, result) {
                        return self.finish(context, true);
                    }
                }
            }
        } else if came.ended == Ended::Abort {
            self.machine.stop(Outcome::Unknown, 0, now_ms());
            return self.finish(context, true);
        } else {
            self.machine.waited();
        }
        if self.phase != Some(self.machine.phase()) {
            let phase = self.machine.phase();
            self.phase = Some(phase);
            let mut event = self.event("phase");
            event.add_text("phase", phase.as_str());
            context.tell(&event);
        }
        match self.machine.step() {
            Step::Done => self.finish(context, false),
            Step::Wait(ms) => Ok(Turn::pause(context, ms)),
            Step::Call(operation) => {
                let args = self.machine.args();
                self.calling = Some(Calling::new(context, operation, args));
                self.turn(context, &Came::nothing())
            }
        }
    }

    /// Tells the machine; false when the caller has given up.
    fn call_ended(
        &mut self,
        context: &Context,
        calling: &Calling,
        result: Result<Json, Fail>,
    ) -> bool {
        let call = &calling.call;
        let (outcome, requests) = (call.outcome(), call.attempts());
        let result = match result {
            Err(fail) if fail.how == How::Reason => {
                self.machine.stop(outcome, requests, now_ms());
                return false;
            }
            Err(fail) => {
                self.cause = fail.to_js(&context.room, None);
                Err(fail.error)
            }
            Ok(json) => {
                if call.operation() == &show_job_info::OPERATION {
                    context.tell(&self.event("job"));
                }
                Ok(json)
            }
        };
        self.machine.answered(result, outcome, requests, now_ms());
        true
    }

    fn event(&self, kind: &str) -> Json {
        let elapsed_ms = now_ms() - self.started_ms;
        let mut event = Json::object();
        event.add_text("type", kind);
        event.add_text("instanceId", &self.id);
        event.add_number("elapsedMs", elapsed_ms as f64);
        event
    }

    /// Tells of the end, and resolves or rejects.
    fn finish(&self, context: &Context, aborted: bool) -> Result<Turn, JsValue> {
        let mut swapping = context.shared.swapping.borrow_mut();
        swapping.retain(|id| *id != self.id);
        drop(swapping);
        let report = self.machine.report();
        let mut event = self.event("report");
        event.add("report", report.to_json(&self.id));
        context.tell(&event);
        if aborted {
            return Err(Fail::aborted().to_js(&context.room, None));
        }
        if report.verdict == Verdict::Swapped {
            return Ok(Turn::Done(platform::value(&context.room)));
        }
        let mut how = How::Plain;
        if report.error.is_some() {
            how = How::Cause;
            platform::threw(&context.room, &self.cause);
        }
        let message = concat(&[report.verdict.as_str(), ": ", &report.reason]);
        let mut fields = fields("report");
        fields.add_text("outcome", report.outcome.as_str());
        Err(error(context, how, &message, &fields))
    }
}

/// The fields of an error about a switchover; JavaScript puts the value of that name in.
fn fields(name: &str) -> Json {
    let mut fields = Json::object();
    fields.add_text("code", "SWITCHOVER");
    fields.add("retryable", Json::Bool(false));
    fields.add(name, Json::Null);
    fields
}

fn error(context: &Context, how: How, message: &str, fields: &Json) -> JsValue {
    let fields = platform::to_js(fields);
    platform::fail(
        &context.room,
        how as u32,
        "SwitchoverError",
        message,
        &fields,
    )
}

/// The next state of a job that is followed; undefined after the last one.
///
/// # Errors
/// What the promise is rejected with.
pub fn follow(
    context: &Context,
    following: &mut Following,
    calling: &mut Option<Calling>,
    came: &Came,
) -> Result<Turn, JsValue> {
    let room = &context.room;
    if let Some(mut under_way) = calling.take() {
        match under_way.turn(context, came) {
            Ok(Turn::Await(promise)) => {
                *calling = Some(under_way);
                return Ok(Turn::Await(promise));
            }
            Ok(Turn::Done(value)) => {
                let json = under_way.response.json.unwrap_or_default();
                // It was read when it was checked.
                if let Ok(job) = Job::read(&json) {
                    following.read(job.status, now_ms());
                    return job_state(context, &job).map(|()| Turn::Done(value));
                }
            }
            // A read that fails is tried again at the next turn, unless that is hopeless.
            Err(fail) => {
                if fail.how == How::Reason || following.failed(&fail.error, now_ms()) {
                    return Err(fail.to_js(room, None));
                }
            }
        }
    } else if came.ended == Ended::Abort {
        return Err(Fail::aborted().to_js(room, None));
    }
    match following.step() {
        Next::Ended => Ok(Turn::Done(JsValue::UNDEFINED)),
        Next::Late => {
            let error = Error::timeout(context.config.switchover.follow_timeout_ms);
            Err(Fail::from(error).to_js(room, None))
        }
        Next::Wait(ms) => Ok(Turn::pause(context, ms)),
        Next::Read => {
            let args = context.args.clone();
            *calling = Some(Calling::new(context, &show_job_info::OPERATION, args));
            follow(context, following, calling, &Came::nothing())
        }
    }
}

fn job_state(context: &Context, job: &Job) -> Result<(), JsValue> {
    if job.status != JobStatus::Fail {
        return Ok(());
    }
    let why = job
        .fail_reason
        .as_deref()
        .unwrap_or("the service gave no reason");
    let message = concat(&["the job failed: ", why]);
    Err(error(context, How::Plain, &message, &fields("job")))
}
