//! Driving the machine of a switchover, and following a job.

use wasm_bindgen::JsValue;

use super::context::Context;
use super::error::{Fail, switchover_error};
use super::platform::{self, now_ms, set};
use super::run::execute;
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Job, JobStatus, Operation, show_job_info};
use crate::switchover::{Following, Machine, Next, Report, Step, Verdict};

/// Marks an instance while its switchover is under way.
struct Mark<'a>(&'a Context, &'a str);

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.0
            .shared
            .swapping
            .borrow_mut()
            .retain(|id| id != self.1);
    }
}

/// Runs a switchover to its report.
///
/// # Errors
/// `SwitchoverError` with the report unless the roles were seen to change; the signal's reason when it is aborted.
pub async fn run(context: &Context, operation: &'static Operation) -> Result<JsValue, Fail> {
    operation.path_and_query("", &context.args)?;
    let id = context
        .args
        .str("instanceId")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if context.shared.swapping.borrow().contains(&id) {
        let why = "has a switchover under way in this client; wait for it";
        return Err(Error::invalid("instanceId", why).into());
    }
    context.shared.swapping.borrow_mut().push(id.clone());
    let _mark = Mark(context, &id);
    let started = now_ms();
    let mut machine = Machine::new(id.clone(), context.config.switchover, started);
    let (mut job, mut cause) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
    let mut phase = None;
    let event = |kind: &str| {
        Json::object()
            .with("type", Json::text(kind))
            .with("instanceId", Json::text(&id))
            .with("elapsedMs", Json::Number((now_ms() - started) as f64))
    };
    let aborted = loop {
        if phase != Some(machine.phase()) {
            phase = Some(machine.phase());
            let name = machine.phase().as_str();
            context.emit(
                event("phase").with("phase", Json::text(name)),
                "",
                &JsValue::UNDEFINED,
            );
        }
        match machine.step() {
            Step::Done => break None,
            Step::Wait(ms) => match context.sleep(ms).await {
                Err(Fail::Thrown(reason)) => {
                    machine.stop(Outcome::Unknown, 0, now_ms());
                    break Some(reason);
                }
                _ => machine.waited(),
            },
            Step::Call(operation) => {
                let done = execute(context, operation, &machine.args()).await;
                let result = match done.result {
                    Err(Fail::Thrown(reason)) => {
                        machine.stop(done.outcome, done.requests, now_ms());
                        break Some(reason);
                    }
                    Err(Fail::Error(error, thrown)) => {
                        cause = super::error::to_js(&error, &thrown, None);
                        Err(error)
                    }
                    Err(Fail::Made(error, made)) => {
                        cause = made;
                        Err(error)
                    }
                    Ok((response, value)) => {
                        if operation == &show_job_info::OPERATION {
                            job = value;
                            context.emit(event("job"), "job", &job);
                        }
                        Ok(response.json.unwrap_or_default())
                    }
                };
                machine.answered(result, done.outcome, done.requests, now_ms());
            }
        }
    };
    finish(
        context,
        event("report"),
        machine.report(),
        &id,
        &job,
        &cause,
        aborted,
    )
}

/// Tells of the end, and resolves or rejects.
fn finish(
    context: &Context,
    event: Json,
    report: &Report,
    id: &str,
    job: &JsValue,
    cause: &JsValue,
    aborted: Option<JsValue>,
) -> Result<JsValue, Fail> {
    let value = platform::to_js(&report.to_json(id));
    set(&value, "job", job);
    context.emit(event, "report", &value);
    match aborted {
        Some(reason) => Err(Fail::Thrown(reason)),
        None if report.verdict == Verdict::Swapped => Ok(value),
        None => {
            let fields = platform::to_js(
                &Json::object()
                    .with("code", Json::text("SWITCHOVER"))
                    .with("retryable", Json::Bool(false))
                    .with("outcome", Json::text(report.outcome.as_str())),
            );
            set(&fields, "report", &value);
            if report.error.is_some() {
                set(&fields, "cause", cause);
            }
            let message = [report.verdict.as_str(), ": ", &report.reason].concat();
            Err(Fail::Thrown(switchover_error(&message, &fields)))
        }
    }
}

/// The next state of a job that is followed; undefined after the last one.
pub async fn next_state(context: &Context, following: &mut Following) -> Result<JsValue, Fail> {
    loop {
        match following.step() {
            Next::Ended => return Ok(JsValue::UNDEFINED),
            Next::Late => {
                let timeout_ms = context.config.switchover.follow_timeout_ms;
                return Err(Error::Timeout { timeout_ms }.into());
            }
            Next::Wait(ms) => context.sleep(ms).await?,
            Next::Read => {
                let (error, fail) = match execute(context, &show_job_info::OPERATION, &context.args)
                    .await
                    .result
                {
                    Ok((response, value)) => {
                        let Some(Ok(job)) = response.json.as_ref().map(Job::read) else {
                            continue;
                        };
                        following.read(job.status, now_ms());
                        return job_state(&job, value);
                    }
                    Err(Fail::Error(error, cause)) => (error.clone(), Fail::Error(error, cause)),
                    Err(Fail::Made(error, made)) => (error.clone(), Fail::Made(error, made)),
                    Err(aborted) => return Err(aborted),
                };
                // A read that fails is tried again at the next turn, unless that is hopeless.
                if following.failed(&error, now_ms()) {
                    return Err(fail);
                }
            }
        }
    }
}

fn job_state(job: &Job, value: JsValue) -> Result<JsValue, Fail> {
    if job.status != JobStatus::Fail {
        return Ok(value);
    }
    let why = job
        .fail_reason
        .as_deref()
        .unwrap_or("the service gave no reason");
    let fields = platform::to_js(
        &Json::object()
            .with("code", Json::text("SWITCHOVER"))
            .with("retryable", Json::Bool(false)),
    );
    set(&fields, "job", &value);
    Err(Fail::Thrown(switchover_error(
        &["the job failed: ", why].concat(),
        &fields,
    )))
}
