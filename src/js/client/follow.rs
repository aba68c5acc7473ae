//! Following a job: its states, one after the other, as [`crate::job::FollowJob`] paces them.

use wasm_bindgen::JsValue;

use super::call::{GoodAnswer, call};
use super::context::Context;
use super::failure::{Failure, job_failure};
use super::wait::now;
use crate::error::Error;
use crate::job::{Event, FollowJob, Next};
use crate::operation::{Job, JobStatus};

/// The next state of the job; undefined after the last one.
///
/// # Errors
/// `SwitchoverError` when the job failed; `RequestTimeoutError` when its time is up; what a read that is hopeless to
/// repeat failed with; the caller's abort.
pub(super) async fn next_state(
    context: &Context,
    follow: &mut FollowJob,
) -> Result<JsValue, Failure> {
    let mut last = None;
    loop {
        match follow.next(now()) {
            Next::Call(request) => match call(context, request, None).await.result {
                Ok(answer) => {
                    follow.handle(Event::Answer(Ok(&answer.json)), now());
                    if let Some(state) = state_of(answer) {
                        return state;
                    }
                }
                Err(aborted @ Failure::Aborted(_)) => return Err(aborted),
                Err(failure) => {
                    follow.handle(Event::Answer(Err(failure.to_error())), now());
                    last = Some(failure);
                }
            },
            Next::Wait { ms } => {
                context.pause(ms).await?;
                follow.handle(Event::Waited, now());
            }
            Next::Done(Ok(())) => return Ok(JsValue::UNDEFINED),
            // What failed last tells more than the machine, unless the time was up.
            Next::Done(Err(error)) => {
                return Err(match last {
                    Some(failure)
                        if error != Error::timeout(context.config.times.follow_timeout_ms) =>
                    {
                        failure
                    }
                    _ => error.into(),
                });
            }
        }
    }
}

/// The state that an answer tells of, if it does.
fn state_of(answer: GoodAnswer) -> Option<Result<JsValue, Failure>> {
    let job = Job::read(&answer.json).ok()?;
    if job.status != JobStatus::Fail {
        return Some(Ok(answer.value));
    }
    let why = job.fail_reason.unwrap_or("the service gave no reason");
    Some(Err(job_failure(why, &answer.value)))
}
