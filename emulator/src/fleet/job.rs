//! A swap as the service runs it: a job in the background.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;
use uuid::Uuid;

use crate::clock::real_ms;

use super::Fleet;
use super::instance::Instance;

/// A job, in the words of `ShowJobInfo`.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    /// 32 hex digits.
    pub job_id: String,
    /// Always `masterStandbySwapJob`.
    pub job_type: &'static str,
    /// `INIT`, `RUNNING`, `SUCCESS` or `FAIL`.
    pub status: &'static str,
    /// Milliseconds since 1970, as a string.
    pub begin_time: String,
    /// The same, once the job is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// Whose job it is; the service does not tell.
    #[serde(skip)]
    pub instance_id: String,
}

/// How a job goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// It swaps, and succeeds.
    #[default]
    Swap,
    /// It fails without a swap.
    Fail(String),
    /// It never ends, and never swaps.
    Hang,
    /// It says it succeeded, and did not swap.
    Stuck,
    /// It says it succeeded, and swaps only later.
    Late(Duration),
}

/// Starts a job on an instance that was claimed for it. The job goes on whoever waits.
pub fn start(
    fleet: &Arc<Fleet>,
    instance: &Arc<Instance>,
    plan: Plan,
    length: Duration,
) -> (String, tokio::task::JoinHandle<Result<(), String>>) {
    let job = Job {
        job_id: Uuid::new_v4().simple().to_string(),
        job_type: "masterStandbySwapJob",
        status: "INIT",
        begin_time: real_ms().to_string(),
        end_time: None,
        fail_reason: None,
        instance_id: instance.id.clone(),
    };
    let id = job.job_id.clone();
    fleet.add_job(job);
    let owner = Arc::clone(instance);
    let (fleet, instance, job_id) = (Arc::clone(fleet), Arc::clone(instance), id.clone());
    let task = tokio::spawn(async move {
        let outcome = run(&fleet, &instance, &job_id, &plan, length).await;
        fleet.change_job(&job_id, |job| {
            job.status = if outcome.is_ok() { "SUCCESS" } else { "FAIL" };
            job.end_time = Some(real_ms().to_string());
            job.fail_reason = outcome.as_ref().err().cloned();
        });
        instance.release();
        if let Plan::Late(after) = plan {
            sleep(after).await;
            let _ = exchange(&instance).await;
        }
        outcome
    });
    owner.working(task.abort_handle());
    (id, task)
}

/// A fifth of the time to begin, two to work, two to settle. No time at all is no waiting, not even
/// the millisecond that the shortest sleep takes.
async fn run(
    fleet: &Fleet,
    instance: &Instance,
    job_id: &str,
    plan: &Plan,
    length: Duration,
) -> Result<(), String> {
    let pause = async |time: Duration| {
        if !time.is_zero() {
            sleep(time).await;
        }
    };
    pause(length / 5).await;
    fleet.change_job(job_id, |job| job.status = "RUNNING");
    pause(length * 2 / 5).await;
    match plan {
        Plan::Swap => exchange(instance).await?,
        Plan::Fail(reason) => return Err(reason.clone()),
        Plan::Hang => std::future::pending().await,
        Plan::Stuck | Plan::Late(_) => {}
    }
    pause(length * 2 / 5).await;
    Ok(())
}

async fn exchange(instance: &Instance) -> Result<(), String> {
    instance.nodes.swap().await?;
    instance.counters.run.fetch_add(1, Ordering::SeqCst);
    Ok(())
}
