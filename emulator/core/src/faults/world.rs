//! Faults that are not of an answer: what happens to the instance of a request besides it.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::fleet::instance::Instance;
use crate::fleet::job::{self, Course, Job, Plan};
use crate::service::Operation;

use super::{Fault, Nth, When};

/// How faults bend the job of a swap.
pub fn plan(faults: &[Fault]) -> Plan {
    let mut plan = Plan::default();
    for fault in faults {
        match fault {
            Fault::JobFail { reason } => {
                let usual = || "failover failed".to_owned();
                plan.course = Course::Fail(reason.clone().unwrap_or_else(usual));
            }
            Fault::JobHang {} => plan.course = Course::Hang,
            Fault::RolesStuck {} => plan.course = Course::Stuck,
            Fault::RolesLate { ms } => plan.course = Course::Late(Duration::from_millis(*ms)),
            Fault::RolesLag { ms } => plan.lag_ms = Some(*ms),
            Fault::JobStatus { status, end_time } => plan.says = Some((status.clone(), *end_time)),
            Fault::NewNodeIds {} => plan.new_ids = true,
            Fault::SwapTwice { answer } => plan.twice = Some(*answer == Nth::Second),
            Fault::SwapBack { ms } => plan.back = Some(Duration::from_millis(*ms)),
            _ => {}
        }
    }
    plan
}

/// Lets happen what others do before or after a request.
pub async fn happen(app: &Arc<App>, operation: &Operation, faults: &[Fault], now: When) {
    let Some(instance) = operation.instance_id().and_then(|id| app.fleet.get(id)) else {
        return;
    };
    for fault in faults {
        match fault {
            Fault::SomebodySwaps { when, job_ms } if when.unwrap_or(When::Before) == now => {
                somebody_swaps(app, &instance, Duration::from_millis(*job_ms)).await;
            }
            Fault::NodeAppears { ms, az_code } if now == When::After => {
                add_node(app, &instance, Duration::from_millis(*ms), az_code.clone());
            }
            _ => {}
        }
    }
}

/// Begins a swap of somebody else; one that takes no time is over when this returns.
pub async fn somebody_swaps(app: &Arc<App>, instance: &Arc<Instance>, length: Duration) {
    let claimed = instance.claim();
    if claimed && length.is_zero() {
        job::somebody(&app.fleet, instance, length, claimed).await;
        return;
    }
    let (fleet, other) = (Arc::clone(&app.fleet), Arc::clone(instance));
    let swap = async move { job::somebody(&fleet, &other, length, claimed).await };
    instance.working(app.world.begin(swap));
}

fn add_node(app: &App, instance: &Arc<Instance>, after: Duration, az_code: Option<String>) {
    if after.is_zero() {
        // Real nodes cannot become more.
        let _ = instance.nodes.add(az_code);
        return;
    }
    let (world, instance) = (Arc::clone(&app.world), Arc::clone(instance));
    app.world.spawn(Box::pin(async move {
        world.sleep(after).await;
        let _ = instance.nodes.add(az_code);
    }));
}

/// The operation as an answer about another thing has it.
pub fn another(app: &App, operation: &Operation, faults: &[Fault]) -> Option<Operation> {
    let Some(Fault::AboutAnother {
        instance_id,
        job_status,
    }) = faults
        .iter()
        .find(|f| matches!(f, Fault::AboutAnother { .. }))
    else {
        return None;
    };
    let mut other = operation.clone();
    let about_job = matches!(operation, Operation::ShowJobInfo(_));
    let subject = other.subject_of_read()?;
    let own = if about_job {
        app.fleet.job(subject).map(|job| job.instance_id)
    } else {
        Some(subject.clone())
    };
    let instance = other_instance(app, own.as_deref(), instance_id.as_deref());
    *subject = if about_job {
        other_job(app, &instance, job_status.as_deref())
    } else {
        instance
    };
    Some(other)
}

/// The id of an instance that is not this one.
pub fn other_instance(app: &App, own: Option<&str>, wanted: Option<&str>) -> String {
    let all = app.fleet.all();
    let first = || {
        all.iter()
            .find(|i| Some(i.id.as_str()) != own)
            .map(|i| i.id.clone())
    };
    wanted
        .map(str::to_owned)
        .or_else(first)
        .unwrap_or_else(|| "ffffffff-ffff-4fff-8fff-ffffffffffff".to_owned())
}

/// The id of a job of another instance, which is noted here.
pub fn other_job(app: &App, instance_id: &str, status: Option<&str>) -> String {
    let mut job = Job::new(instance_id, &*app.world);
    job.status = status.unwrap_or("SUCCESS").into();
    if job.status == "SUCCESS" || job.status == "FAIL" {
        job.end_time = Some(job.begin_time.clone());
    }
    let id = job.job_id.clone();
    app.fleet.add_job(job);
    id
}
