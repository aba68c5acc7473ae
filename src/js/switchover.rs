//! Driving the machine of a switchover, and following a job, turn by turn as [`super::run`] does.

use wasm_bindgen::JsValue;

use super::context::Context;
use super::error::How;
use super::platform::{self, Came, Ended, now_ms};
use super::run::Calling;
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
    calling: Option<Box<Calling>>,
    /// The error that a call ended with last.
    cause: JsValue,
}

impl Switching {
    /// Begins, unless the instance has one under way.
    ///
    /// # Errors
    /// `InvalidArgument` with field `instanceId`.
    pub fn new(context: &Context, args: &Json) -> Result<Box<Self>, Error> {
        change_master_standby_async::OPERATION.path_and_query("", args)?;
        let id = args.str("instanceId").unwrap_or_default();
        let id = id.to_ascii_lowercase();
        let mut swapping = context.shared.swapping.borrow_mut();
        if swapping.contains(&id) {
            let why = "has a switchover under way; wait for it";
            return Err(Error::invalid("instanceId", why));
        }
        swapping.push(id.clone());
        let started_ms = now_ms();
        Ok(Box::new(Self {
            machine: Machine::new(id.clone(), context.config.switchover, started_ms),
            id,
            started_ms,
            phase: None,
            calling: None,
            cause: JsValue::UNDEFINED,
        }))
    }

    /// Takes what came, and begins the next wait; or the task is done.
    ///
    /// # Errors
    /// What the promise is rejected with, unless the roles were seen to change.
    pub fn turn(&mut self, context: &Context, came: &Came) -> Result<(), Error> {
        if let Some(mut calling) = self.calling.take() {
            let turn = calling.turn(context, came);
            if turn.is_ok() && !context.done.take() {
                self.calling = Some(calling);
                return Ok(());
            }
            if context.how.get() == How::Reason {
                let call = &calling.call;
                self.machine.stop(call.outcome(), call.attempts(), now_ms());
                return self.finish(context);
            }
            self.call_ended(context, &mut calling, turn);
        } else if came.ended() == Ended::Abort {
            self.machine.stop(Outcome::Unknown, 0, now_ms());
            context.how.set(How::Reason);
            return self.finish(context);
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
            Step::Done => self.finish(context),
            Step::Wait(ms) => {
                context.pause(ms);
                Ok(())
            }
            Step::Call(operation) => {
                let args = self.machine.args();
                self.calling = Some(Calling::new(context, operation, args));
                self.turn(context, &Came::default())
            }
        }
    }

    /// Tells the machine.
    fn call_ended(&mut self, context: &Context, calling: &mut Calling, turn: Result<(), Error>) {
        let call = &calling.call;
        let (outcome, requests) = (call.outcome(), call.attempts());
        let result = match turn {
            Err(error) => {
                self.cause = context.refused(&error, None);
                Err(error)
            }
            Ok(()) => {
                if call.operation() == &show_job_info::OPERATION {
                    context.tell(&self.event("job"));
                }
                Ok(calling.response.json.take().unwrap_or_default())
            }
        };
        self.machine.answered(result, outcome, requests, now_ms());
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
    fn finish(&self, context: &Context) -> Result<(), Error> {
        let mut swapping = context.shared.swapping.borrow_mut();
        swapping.retain(|id| *id != self.id);
        drop(swapping);
        let report = self.machine.report();
        let mut event = self.event("report");
        event.add("report", report.to_json(&self.id));
        context.tell(&event);
        if context.how.get() == How::Reason {
            return Err(Error::aborted());
        }
        if report.verdict == Verdict::Swapped {
            context.done.set(true);
            return Ok(());
        }
        if report.error.is_some() {
            context.how.set(How::Cause);
            platform::keep(&context.room, true, &self.cause);
        }
        let message = concat(&[report.verdict.as_str(), ": ", &report.reason]);
        let mut fields = fields("report");
        fields.add_text("outcome", report.outcome.as_str());
        Err(failed(context, &message, &fields))
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

/// A `SwitchoverError`: the core has no such error, so it is made here.
fn failed(context: &Context, message: &str, fields: &Json) -> Error {
    let (room, how) = (&context.room, context.how.take() as u32);
    let fields = platform::to_js(fields);
    let made = platform::fail(room, how, "SwitchoverError", message, &fields);
    platform::keep(room, true, &made);
    context.behind(How::Made, Error::aborted())
}

/// The next state of a job that is followed; undefined after the last one.
///
/// # Errors
/// What the promise is rejected with.
pub fn follow(
    context: &Context,
    following: &mut Following,
    calling: &mut Option<Box<Calling>>,
    came: &Came,
) -> Result<(), Error> {
    if let Some(under_way) = calling {
        if let Err(error) = under_way.turn(context, came) {
            // A read that fails is tried again at the next turn, unless that is hopeless.
            if context.how.get() == How::Reason || following.failed(&error, now_ms()) {
                return Err(error);
            }
            context.how.take();
        } else if !context.done.take() {
            return Ok(());
        } else if let Some(Ok(job)) = under_way.response.json.as_ref().map(Job::read) {
            following.read(job.status, now_ms());
            return job_state(context, &job);
        }
        *calling = None;
    } else if came.ended() == Ended::Abort {
        return Err(context.aborted());
    }
    match following.step() {
        Next::Ended => {
            platform::keep(&context.room, false, &JsValue::UNDEFINED);
            context.done.set(true);
        }
        Next::Late => {
            let timeout_ms = context.config.switchover.follow_timeout_ms;
            return Err(Error::timeout(timeout_ms));
        }
        Next::Wait(ms) => context.pause(ms),
        Next::Read => {
            let mut args = Json::object();
            args.add_given("jobId", context.args.str("jobId"));
            *calling = Some(Calling::new(context, &show_job_info::OPERATION, args));
            return follow(context, following, calling, &Came::default());
        }
    }
    Ok(())
}

fn job_state(context: &Context, job: &Job<'_>) -> Result<(), Error> {
    if job.status != JobStatus::Fail {
        context.done.set(true);
        return Ok(());
    }
    let why = job.fail_reason.unwrap_or("the service gave no reason");
    let message = concat(&["the job failed: ", why]);
    Err(failed(context, &message, &fields("job")))
}
