//! A model of the service, one instance of two nodes, for model check and fuzzing: it plays worlds and faults, and knows what
//! really ran, so that what the machines say can be judged against it.

mod drive;
mod judge;

pub use drive::{Drive, Driven, POLICY, TIMEOUT_MS};
pub use judge::{judge, judge_counts};

use huaweicloud_dcs::http::{Failure, Response, RetryAfter};
use huaweicloud_dcs::operation::Request;
use huaweicloud_dcs::retry::Effect;

/// The instance.
pub const INSTANCE: &str = "00000000-0000-4000-8000-000000000001";
/// How long a job takes, in milliseconds.
pub const JOB_MS: i64 = 250;

/// What the job of a swap does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Changes the roles, and says SUCCESS.
    Succeeds,
    /// Changes nothing, and says FAIL.
    Fails,
    /// Never ends, and changes nothing.
    Hangs,
    /// Says SUCCESS, and changes nothing.
    Stuck,
    /// Changes the roles, and says a word that is not known.
    Mumbles,
    /// Changes the roles; another job's state is answered.
    Foreign,
}

/// Who else swaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// Nobody.
    Nobody,
    /// Somebody swaps back so many milliseconds after a swap of ours has begun.
    SwapsBackAfter(i64),
    /// Somebody swaps as soon as the first swap of ours was refused by flow control.
    SwapsDuringThrottling,
    /// Somebody swaps while the driver stands still between check and swap.
    SwapsDuringFreeze,
    /// Somebody swaps, and is done, before the record of the intent is written.
    SwapsBeforeWrite,
}

/// The list of background tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tasks {
    /// Can be read; a task appears so many milliseconds after its swap was taken.
    After(i64),
    /// May not be read.
    Forbidden,
    /// Can be read, and has as many tasks of long ago as a list can have, in an order that nobody knows.
    Endless,
}

/// A world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// What jobs do.
    pub job: Job,
    /// The list of tasks.
    pub tasks: Tasks,
    /// So long after a job's end its roles can be seen.
    pub lag_ms: i64,
    /// Who else swaps.
    pub other: Other,
    /// Every node has another id after a swap.
    pub new_ids: bool,
    /// The wall clock jumps by so much when the swap has been sent.
    pub clock_jump_ms: i64,
}

impl World {
    /// Nothing out of the ordinary.
    pub const PLAIN: Self = Self {
        job: Job::Succeeds,
        tasks: Tasks::After(0),
        lag_ms: 0,
        other: Other::Nobody,
        new_ids: false,
        clock_jump_ms: 0,
    };
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Refused with this status and code, before it runs.
    Refused(u16, &'static str),
    /// It runs, and this status and code are answered.
    AnsweredAfter(u16, &'static str),
    /// It never arrives, and the connection is lost.
    LostBefore,
    /// It runs, and the connection is lost.
    LostAfter,
    /// It never arrives, and time passes.
    TimeoutBefore,
    /// It runs, and time passes.
    TimeoutAfter,
    /// Its answer is cut.
    Malformed,
    /// An answer about something else.
    Foreign,
    /// It is lost for the client, and arrives so many milliseconds later.
    ArrivesLater(i64),
    /// Two copies arrive, the second so many milliseconds later; what the second is told is answered.
    Doubled(i64),
    /// The driver stands still before it is sent.
    Freeze,
}

/// A swap that ran.
#[derive(Debug, Clone, Copy)]
pub struct Swap {
    /// When it was taken.
    pub at_ms: i64,
    /// Whether it was the client's.
    pub ours: bool,
}

/// The service, and what is true.
#[derive(Debug)]
pub struct Model {
    /// Its world.
    pub world: World,
    /// The time.
    pub now_ms: i64,
    /// Swaps that were taken.
    pub swaps: Vec<Swap>,
    /// Copies on their way: when each arrives.
    pub late: Vec<i64>,
    /// Requests that the client sent.
    pub requests: u32,
    /// Those for a swap.
    pub swaps_sent: u32,
    /// Those of them that flow control refused.
    pub swaps_throttled: u32,
    /// When the client sent its first swap.
    pub first_sent_ms: Option<i64>,
}

impl Model {
    /// A service at rest.
    pub fn new(world: World) -> Self {
        Self {
            world,
            now_ms: 0,
            swaps: Vec::new(),
            late: Vec::new(),
            requests: 0,
            swaps_sent: 0,
            swaps_throttled: 0,
            first_sent_ms: None,
        }
    }

    /// Lets time pass; what arrives meanwhile runs.
    pub fn pass(&mut self, ms: i64) {
        self.now_ms += ms;
        let mut due: Vec<i64> = self
            .late
            .iter()
            .copied()
            .filter(|at| *at <= self.now_ms)
            .collect();
        self.late.retain(|at| *at > self.now_ms);
        due.sort_unstable();
        for at_ms in due {
            let _ = self.take(at_ms, true);
        }
        if let Other::SwapsBackAfter(ms) = self.world.other
            && let [first] = self.swaps.as_slice()
            && first.ours
            && self.now_ms >= first.at_ms + ms
        {
            let at_ms = first.at_ms + ms;
            let _ = self.take(at_ms, false);
        }
    }

    /// Somebody else swaps now.
    pub fn somebody_swaps(&mut self) {
        let _ = self.take(self.now_ms, false);
    }

    /// Takes a swap, unless one is at work.
    fn take(&mut self, at_ms: i64, ours: bool) -> Result<(), ()> {
        let busy = |swap: &Swap| at_ms < swap.at_ms + JOB_MS || self.world.job == Job::Hangs;
        if self.swaps.iter().any(busy) {
            return Err(());
        }
        self.swaps.push(Swap { at_ms, ours });
        Ok(())
    }

    /// Whether a swap is at work now.
    fn is_at_work(&self) -> bool {
        let at_work = |swap: &Swap| self.now_ms < swap.at_ms + JOB_MS;
        self.world.job == Job::Hangs && !self.swaps.is_empty() || self.swaps.iter().any(at_work)
    }

    /// Whether jobs change the roles in this world.
    pub fn jobs_change_roles(&self) -> bool {
        matches!(self.world.job, Job::Succeeds | Job::Mumbles | Job::Foreign)
    }

    /// The master that can be seen at a moment: 0 or 1.
    pub fn master_at(&self, at_ms: i64) -> usize {
        if !self.jobs_change_roles() {
            return 0;
        }
        let seen = |swap: &&Swap| swap.at_ms + JOB_MS + self.world.lag_ms <= at_ms;
        self.swaps.iter().filter(seen).count() % 2
    }

    /// Swaps of the client that change the roles, now or later.
    pub fn effective_swaps_of_ours(&self) -> usize {
        if !self.jobs_change_roles() {
            return 0;
        }
        self.swaps.iter().filter(|swap| swap.ours).count() + self.late.len()
    }

    fn body(&self, request: &Request) -> String {
        match request.operation().name {
            "showJobInfo" => self.job_body(request.value("job_id").unwrap_or_default()),
            "showInstance" => {
                let task = if self.is_at_work() {
                    "\"SWAPPING\""
                } else {
                    "null"
                };
                format!(
                    r#"{{"instance_id":"{INSTANCE}","status":"RUNNING","cache_mode":"ha","task":{task}}}"#
                )
            }
            "listBackgroundTask" => self.tasks_body(),
            _ => self.groups_body(),
        }
    }

    fn job_body(&self, job_id: &str) -> String {
        let index = usize::from_str_radix(job_id, 16).unwrap_or_default();
        let done = self
            .swaps
            .get(index)
            .is_some_and(|swap| self.now_ms >= swap.at_ms + JOB_MS);
        let status = match self.world.job {
            Job::Mumbles => "FINISHED",
            Job::Hangs => "RUNNING",
            _ if !done => "RUNNING",
            Job::Fails => "FAIL",
            _ => "SUCCESS",
        };
        let id = if self.world.job == Job::Foreign {
            "f".repeat(32)
        } else {
            job_id.to_owned()
        };
        format!(r#"{{"job_id":"{id}","status":"{status}","fail_reason":"why"}}"#)
    }

    fn tasks_body(&self) -> String {
        let Tasks::After(ms) = self.world.tasks else {
            let old = (0..100).map(|at| format!(r#"{{"id":"old{at}","name":"backupJob"}}"#));
            return format!(r#"{{"tasks":[{}]}}"#, old.collect::<Vec<_>>().join(","));
        };
        let shown = self
            .swaps
            .iter()
            .enumerate()
            .filter(|(_, swap)| swap.at_ms + ms <= self.now_ms);
        let tasks = shown.map(|(index, swap)| {
            let at_work = self.now_ms < swap.at_ms + JOB_MS || self.world.job == Job::Hangs;
            let status = if at_work { "EXECUTING" } else { "SUCCESS" };
            format!(
                r#"{{"id":"t{index}","name":"masterStandbySwapJob","status":"{status}","job_id":"{index:032x}"}}"#
            )
        });
        format!(r#"{{"tasks":[{}]}}"#, tasks.collect::<Vec<_>>().join(","))
    }

    fn groups_body(&self) -> String {
        let master = self.master_at(self.now_ms);
        let generation = if self.world.new_ids {
            self.swaps.len()
        } else {
            0
        };
        let nodes = (0..2).map(|node| {
            let role = if node == master { "master" } else { "slave" };
            format!(
                r#"{{"node_id":"n{node}-{generation}","replication_ip":"10.0.0.{node}","replication_role":"{role}","status":"Active","az_code":"z{node}"}}"#
            )
        });
        let nodes = nodes.collect::<Vec<_>>().join(",");
        format!(r#"{{"group_list":[{{"replication_list":[{nodes}]}}]}}"#)
    }

    /// Runs a request; what it is told.
    fn run(&mut self, request: &Request) -> Response {
        if request.operation().effect == Effect::Swap {
            return match self.take(self.now_ms, true) {
                Ok(()) => {
                    let index = self.swaps.len() - 1;
                    response(200, &format!(r#"{{"job_id":"{index:032x}"}}"#))
                }
                Err(()) => refusal(400, "DCS.4026"),
            };
        }
        if request.operation().name == "listBackgroundTask" && self.world.tasks == Tasks::Forbidden
        {
            return refusal(403, "DCS.2003");
        }
        response(200, &self.body(request))
    }

    /// Takes one request with what happens to it.
    ///
    /// # Errors
    /// There is no answer.
    pub fn send(&mut self, request: &Request, fault: Fault) -> Result<Response, Failure> {
        let is_swap = request.operation().effect == Effect::Swap;
        self.requests += 1;
        if is_swap {
            self.swaps_sent += 1;
            self.first_sent_ms.get_or_insert(self.now_ms);
        }
        self.pass(5);
        let lost = || Err(Failure::Connection("reset".into()));
        match fault {
            Fault::None | Fault::Freeze => Ok(self.run(request)),
            Fault::Refused(status, code) => {
                if is_swap && is_throttled(status, code) {
                    self.swaps_throttled += 1;
                    if self.world.other == Other::SwapsDuringThrottling && self.swaps.is_empty() {
                        self.somebody_swaps();
                    }
                }
                Ok(refusal(status, code))
            }
            Fault::AnsweredAfter(status, code) => {
                self.swaps_throttled += u32::from(is_swap && is_throttled(status, code));
                self.run(request);
                Ok(refusal(status, code))
            }
            Fault::LostBefore => lost(),
            Fault::LostAfter => {
                self.run(request);
                lost()
            }
            Fault::TimeoutBefore => self.time_out(),
            Fault::TimeoutAfter => {
                self.run(request);
                self.time_out()
            }
            Fault::Malformed => {
                let whole = self.run(request);
                Ok(response(whole.status, &whole.body[..whole.body.len() / 2]))
            }
            Fault::Foreign => {
                let own = self.run(request);
                let foreign = own
                    .body
                    .replace(INSTANCE, "00000000-0000-4000-8000-00000000000f");
                let foreign = foreign.replace("10.0.0.", "10.9.9.").replace("\"n", "\"x");
                Ok(response(own.status, &foreign))
            }
            Fault::ArrivesLater(ms) => {
                self.late.push(self.now_ms + ms);
                lost()
            }
            Fault::Doubled(ms) => {
                self.run(request);
                self.pass(ms);
                Ok(self.run(request))
            }
        }
    }

    fn time_out(&mut self) -> Result<Response, Failure> {
        self.pass(i64::from(TIMEOUT_MS));
        Err(Failure::Timeout(TIMEOUT_MS))
    }
}

/// Whether that is a refusal by flow control.
fn is_throttled(status: u16, code: &str) -> bool {
    status == 429 || code == "APIGW.0308"
}

/// A response of this status and body.
pub fn response(status: u16, body: &str) -> Response {
    let json = serde_json::from_str(body).ok();
    Response {
        status,
        body: body.to_owned(),
        json,
        ..Response::default()
    }
}

/// An error answer of the service.
pub fn refusal(status: u16, code: &str) -> Response {
    let body = format!(r#"{{"error_code":"{code}","error_msg":"m"}}"#);
    let mut refusal = response(status, &body);
    if status == 429 {
        refusal.retry_after = Some(RetryAfter::Seconds(1));
    }
    refusal
}
