//! Following a job: its states, one after the other, as [`crate::switchover::Following`] paces them.

use wasm_bindgen::JsValue;

use super::call::{GoodAnswer, call};
use super::context::Context;
use super::failure::Failure;
use super::wait::now_ms;
use crate::error::Error;
use crate::json::Json;
use crate::operation::{Job, JobStatus, show_job_info};
use crate::switchover::{Following, Next};

/// The next state of the job; undefined after the last one.
///
/// # Errors
/// `SwitchoverError` when the job failed; `RequestTimeoutError` when its time is up; what a read that is hopeless to
/// repeat failed with; the caller's abort.
pub async fn next_state(context: &Context, following: &mut Following) -> Result<JsValue, Failure> {
    let mut args = Json::object();
    args.add_given("jobId", context.options.plain.str("jobId"));
    loop {
        match following.step() {
            Next::Read => match call(context, &show_job_info::OPERATION, &args).await.result {
                Ok(answer) => {
                    if let Some(state) = state_of(answer, following) {
                        return state;
                    }
                }
                Err(aborted @ Failure::Aborted(_)) => return Err(aborted),
                // A read that fails is tried again, unless that is hopeless.
                Err(failure) => {
                    if let Some(failure) = hopeless(failure, following) {
                        return Err(failure);
                    }
                }
            },
            Next::Wait(ms) => {
                context.pause(ms).await?;
            }
            Next::Ended => return Ok(JsValue::UNDEFINED),
            Next::Late => {
                let timeout_ms = context.config.switchover.follow_timeout_ms;
                return Err(Error::timeout(timeout_ms).into());
            }
        }
    }
}

/// A failed read, when it ends the following.
fn hopeless(failure: Failure, following: &mut Following) -> Option<Failure> {
    let ends = match &failure {
        Failure::Error { error, .. } => following.failed(error, now_ms()),
        // Of a provider or a look-up: the next read would fail the same way.
        _ => following.failed(&Error::credentials(""), now_ms()),
    };
    ends.then_some(failure)
}

/// The state that an answer tells of, if it does.
fn state_of(answer: GoodAnswer, following: &mut Following) -> Option<Result<JsValue, Failure>> {
    let job = Job::read(&answer.json).ok()?;
    following.read(job.status, now_ms());
    if job.status != JobStatus::Fail {
        return Some(Ok(answer.value));
    }
    let why = job.fail_reason.unwrap_or("the service gave no reason");
    Some(Err(Failure::Job {
        message: why.to_owned(),
        job: answer.value,
    }))
}
