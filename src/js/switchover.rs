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
            let event = self.event("phase");
            context.tell(&event.with("phase", Json::text(phase.as_str())));
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
        Json::object()
            .with("type", Json::text(kind))
            .with("instanceId", Json::text(&self.id))
            .with("elapsedMs", Json::Number(elapsed_ms as f64))
    }

    /// Tells of the end, and resolves or rejects.
    fn finish(&self, context: &Context, aborted: bool) -> Result<Turn, JsValue> {
        let mut swapping = context.shared.swapping.borrow_mut();
        swapping.retain(|id| *id != self.id);
        drop(swapping);
        let report = self.machine.report();
        context.tell(&self.event("report").with("report", report.to_json(&self.id)));
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
        let message = [report.verdict.as_str(), ": ", &report.reason].concat();
        let outcome = Json::text(report.outcome.as_str());
        let fields = fields("report").with("outcome", outcome);
        Err(error(context, how, &message, &fields))
    }
}

/// The fields of an error about a switchover; JavaScript puts the value of that name in.
fn fields(name: &str) -> Json {
    Json::object()
        .with("code", Json::text("SWITCHOVER"))
        .with("retryable", Json::Bool(false))
        .with(name, Json::Null)
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
            let timeout_ms = context.config.switchover.follow_timeout_ms;
            Err(Fail::from(Error::Timeout { timeout_ms }).to_js(room, None))
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
    let message = ["the job failed: ", why].concat();
    Err(error(context, How::Plain, &message, &fields("job")))
}

