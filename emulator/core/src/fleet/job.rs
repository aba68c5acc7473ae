//! A swap as the service runs it: a job in the background, and its task.

use std::sync::Arc;
use std::time::Duration;

use futures_channel::oneshot;
use serde::Serialize;
use serde_json::Value;

use crate::world::World;

use super::Fleet;
use super::instance::Instance;
use super::task::{SOMEBODY, Task};

/// The kind of every job, and the name of its task.
pub const SWAP: &str = "masterStandbySwapJob";

/// A job, in the words of `ShowJobInfo`.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    /// 32 hex digits.
    pub job_id: String,
    /// Always [`SWAP`].
    pub job_type: &'static str,
    /// `INIT`, `RUNNING`, `SUCCESS` or `FAIL`, unless a fault says otherwise.
    pub status: Value,
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

impl Job {
    /// A job at its beginning.
    pub fn new(instance_id: &str, world: &dyn World) -> Self {
        Self {
            job_id: world.id(),
            job_type: SWAP,
            status: "INIT".into(),
            begin_time: world.now_ms().to_string(),
            end_time: None,
            fail_reason: None,
            instance_id: instance_id.to_owned(),
        }
    }
}

/// What the job does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Course {
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

/// How a job goes, and what follows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What it does.
    pub course: Course,
    /// How long after its end the service shows the old roles; as the instance is set when `None`.
    pub lag_ms: Option<u64>,
    /// What it says in place of `SUCCESS`, and whether it tells when it ended.
    pub says: Option<(Value, bool)>,
    /// Whether the nodes have new ids afterwards.
    pub new_ids: bool,
    /// The job is run a second time; whether the answer names that one.
    pub twice: Option<bool>,
    /// How long after its end somebody swaps back.
    pub back: Option<Duration>,
}

/// What a job is begun with.
pub struct Order {
    /// How it goes.
    pub plan: Plan,
    /// How long it takes.
    pub length: Duration,
    /// Who begins it.
    pub user: &'static str,
}

/// A job that was begun.
pub struct Begun {
    /// The id that the answer names.
    pub job_id: String,
    /// Ends with the job, whatever follows it.
    pub ended: oneshot::Receiver<Result<(), String>>,
}

/// Starts a job on an instance that was claimed for it. The job goes on whoever waits.
pub fn start(fleet: &Arc<Fleet>, instance: &Arc<Instance>, order: Order) -> Begun {
    let first = register(fleet, instance, order.user);
    let second = order
        .plan
        .twice
        .map(|_| register(fleet, instance, order.user));
    let named = match (&second, order.plan.twice) {
        (Some(second), Some(true)) => second.clone(),
        _ => first.clone(),
    };
    let (tell, ended) = oneshot::channel();
    let owner = Arc::clone(instance);
    let world = Arc::clone(fleet.world());
    let (fleet, instance) = (Arc::clone(fleet), Arc::clone(instance));
    let task = world.begin(async move {
        let Order { plan, length, .. } = order;
        let outcome = work(&fleet, &instance, &first, &plan, length).await;
        if let Some(second) = second {
            let plain = Plan::default();
            let _ = work(&fleet, &instance, &second, &plain, length).await;
        }
        let world = Arc::clone(fleet.world());
        instance.release();
        // Nobody may be waiting.
        let _ = tell.send(outcome);
        if let Course::Late(after) = plan.course {
            world.sleep(after).await;
            let _ = instance.exchange(plan.new_ids, false).await;
        }
        if let Some(after) = plan.back {
            world.sleep(after).await;
            let claimed = instance.claim();
            somebody(&fleet, &instance, Duration::ZERO, claimed).await;
        }
    });
    owner.working(task);
    Begun {
        job_id: named,
        ended,
    }
}

/// Runs a swap that somebody else began to its end, as soon as nothing else is at work: at once when
/// the instance was claimed for it.
pub async fn somebody(fleet: &Fleet, instance: &Instance, length: Duration, claimed: bool) {
    let mut claimed = claimed;
    while !claimed {
        fleet.world().sleep(Duration::from_millis(1)).await;
        claimed = instance.claim();
    }
    let id = register(fleet, instance, SOMEBODY);
    let _ = work(fleet, instance, &id, &Plan::default(), length).await;
    instance.release();
}

/// Notes a job and its task.
fn register(fleet: &Fleet, instance: &Instance, user: &str) -> String {
    let job = Job::new(&instance.id, &**fleet.world());
    let id = job.job_id.clone();
    let now = fleet.world().now_ms();
    instance.add_task(Task {
        id: fleet.world().id(),
        name: SWAP.to_owned(),
        status: "INIT".to_owned(),
        user_name: user.to_owned(),
        job_id: Some(id.clone()),
        error_code: None,
        created_ms: now,
        updated_ms: now,
        listed_from_ms: now.saturating_add_unsigned(instance.settings().task_delay_ms),
    });
    fleet.add_job(job);
    id
}

/// A whole job, from its first state to its last.
async fn work(
    fleet: &Fleet,
    instance: &Instance,
    job_id: &str,
    plan: &Plan,
    length: Duration,
) -> Result<(), String> {
    let lag_ms = plan.lag_ms.unwrap_or(instance.settings().roles_lag_ms);
    let outcome = run(fleet, instance, job_id, plan, length, lag_ms > 0).await;
    let said = if outcome.is_ok() { "SUCCESS" } else { "FAIL" };
    fleet.change_job(job_id, |job| {
        let (status, tells_end) = plan.says.clone().unwrap_or((said.into(), true));
        job.status = status;
        job.end_time = tells_end.then(|| fleet.world().now_ms().to_string());
        job.fail_reason = outcome.as_ref().err().cloned();
    });
    instance.change_task(job_id, |task| said.clone_into(&mut task.status));
    instance.settle(lag_ms);
    outcome
}

/// A fifth of the time to begin, two to work, two to settle. No time at all is no waiting, not even
/// the millisecond that the shortest sleep takes.
async fn run(
    fleet: &Fleet,
    instance: &Instance,
    job_id: &str,
    plan: &Plan,
    length: Duration,
    lags: bool,
) -> Result<(), String> {
    let pause = async |time: Duration| {
        if !time.is_zero() {
            fleet.world().sleep(time).await;
        }
    };
    pause(length / 5).await;
    fleet.change_job(job_id, |job| job.status = "RUNNING".into());
    instance.change_task(job_id, |task| "RUNNING".clone_into(&mut task.status));
    pause(length * 2 / 5).await;
    match &plan.course {
        Course::Swap => instance.exchange(plan.new_ids, lags).await?,
        Course::Fail(reason) => return Err(reason.clone()),
        Course::Hang => std::future::pending().await,
        Course::Stuck | Course::Late(_) => {}
    }
    pause(length * 2 / 5).await;
    Ok(())
}
