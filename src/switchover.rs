//! A whole switchover, as a machine without I/O: check, swap once, follow the job, verify; and when it is not known what became
//! of the swap, find out by reading. It is driven as [`crate::call`] says.
//!
//! At most one swap is asked for, unless the service's flow control refused the one before; then everything is checked again.
//! What is claimed in the end has its proof:
//!
//! | claim | proof |
//! |---|---|
//! | swapped | a single master, read after the swap, that was a standby before it |
//! | already | the goal held when the check read the roles; nothing was sent |
//! | not swapped | nothing was sent; or a refusal that is a proof ([`crate::refusal`]); or the job said FAIL and the roles, in a read begun after that, are as before; or the roles are as before and the service's own list of tasks shows that no swap was begun |
//! | unknown | everything else |

mod check;
mod find_out;
mod follow;
mod goal;
mod guard;
mod nodes;
mod options;
mod protocol;
mod record;
mod report;
mod requests;
mod resume;
mod swap;
mod tasks;

pub use crate::call::Sent;
pub use goal::Goal;
pub use options::{Options, Times};
pub use protocol::{Answer, Event, Next, Phase, Purpose};
pub use record::Record;
pub use report::{Decision, Plan, Report, Verdict};

use requests::Requests;

use crate::error::{Doubt, Error, Outcome};
use crate::job::Pace;
use crate::operation::{JobStatus, Request};
use crate::sign::SdkDate;
use crate::text::concat;
use crate::time::Now;

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    CheckInstance,
    CheckTasks,
    CheckRoles,
    /// How far the standby at this index is behind.
    CheckGap(usize),
    WriteIntent,
    Swap,
    WriteJob,
    ReadJob,
    /// The roles, while the job cannot be read.
    RolesMeanwhile,
    VerifyInstance,
    VerifyRoles,
    FindTasks,
    FindRoles,
    /// The instance, once the time is up: then tasks and roles a last time.
    FindInstance,
    Remove,
    Done,
}

/// A switchover under way.
#[derive(Debug)]
pub struct Switchover {
    record: Record,
    options: Options,
    purpose: Purpose,
    requests: Requests,
    started: Now,
    /// When it was last asked, or told.
    now: Now,
    /// What to add to this machine's clock for the service's, as its last answer tells it.
    clock_offset_ms: i64,
    step: Step,
    /// When the call under way began; each call has its answer before the next one begins.
    began: Now,
    /// When the roles were read that the swap relies on.
    roles_read: Now,
    /// When the time of this phase is up, on the monotonic clock.
    deadline_ms: i64,
    pause: Option<u32>,
    pace: Pace,
    /// How often everything was checked.
    checks: u32,
    decision: Decision,
    gap_checked: bool,
    /// Flow control has refused a request for the swap.
    throttled: bool,
    /// A refusal by flow control is not taken for a proof, and its truth is found out.
    refusal_doubted: bool,
    /// The journal holds the record.
    recorded: bool,
    /// It was written for the swap that is next.
    intent_written: bool,
    /// In `find_out`: the time is up, and what is read now decides.
    settling: bool,
    /// Swaps in the list of tasks that were not there before; none where the list cannot be read.
    new_swaps: Option<usize>,
    job: Option<Request>,
    job_ended: Option<JobStatus>,
    /// Why the job, or the roles, could not be read last.
    read_error: Option<Error>,
    report: Report,
}

impl Switchover {
    /// A switchover of one instance. `record_id` tells it from every other one in a journal.
    ///
    /// # Errors
    /// `InvalidArgument` with field `instanceId`.
    pub fn new(
        instance_id: &str,
        options: Options,
        record_id: &str,
        now: Now,
    ) -> Result<Self, Error> {
        let record = Record {
            id: record_id.to_owned(),
            instance_id: instance_id.to_ascii_lowercase(),
            started: SdkDate::from_unix_ms(now.unix_ms),
            before: Vec::new(),
            job_id: None,
            tasks: None,
            goal: options.goal.clone(),
            expected_master: options.expected_master.clone(),
        };
        Self::start(record, options, Purpose::Swap, now)
    }

    /// Only the check of one: what it would do now.
    ///
    /// # Errors
    /// `InvalidArgument` with field `instanceId`.
    pub fn check(instance_id: &str, options: Options, now: Now) -> Result<Self, Error> {
        let mut check = Self::new(instance_id, options, "", now)?;
        check.purpose = Purpose::Check;
        Ok(check)
    }

    fn start(record: Record, options: Options, purpose: Purpose, now: Now) -> Result<Self, Error> {
        Ok(Self {
            requests: Requests::new(&record.instance_id)?,
            pace: Pace::new(options.times.interval_ms, i64::MAX),
            record,
            options,
            purpose,
            started: now,
            now,
            step: Step::CheckInstance,
            clock_offset_ms: 0,
            began: now,
            roles_read: now,
            deadline_ms: i64::MAX,
            pause: None,
            checks: 1,
            decision: Decision::NotSent,
            gap_checked: false,
            throttled: false,
            refusal_doubted: false,
            recorded: purpose == Purpose::Resume,
            intent_written: false,
            settling: false,
            new_swaps: None,
            job: None,
            job_ended: None,
            read_error: None,
            report: Report::new(),
        })
    }

    /// The instance.
    pub fn instance_id(&self) -> &str {
        &self.record.instance_id
    }

    /// What is kept of it.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        match self.step {
            Step::CheckInstance
            | Step::CheckTasks
            | Step::CheckRoles
            | Step::CheckGap(_)
            | Step::WriteIntent => Phase::Check,
            Step::Swap => Phase::Swap,
            Step::WriteJob | Step::ReadJob | Step::RolesMeanwhile => Phase::Follow,
            Step::VerifyInstance | Step::VerifyRoles => Phase::Verify,
            Step::FindTasks | Step::FindRoles | Step::FindInstance => Phase::FindOut,
            Step::Remove | Step::Done => Phase::Done,
        }
    }

    /// What to do next.
    pub fn next(&mut self, now: Now) -> Next {
        self.now = now;
        if let Some(ms) = self.pause {
            return Next::Wait { ms };
        }
        let request = match self.step {
            Step::WriteIntent | Step::WriteJob => {
                return Next::Write(Box::new(self.record.clone()));
            }
            Step::Remove => return Next::Remove,
            Step::Done => return Next::Done,
            Step::CheckInstance | Step::VerifyInstance | Step::FindInstance => {
                self.requests.instance.clone()
            }
            Step::CheckTasks | Step::FindTasks => self.requests.tasks.clone(),
            Step::CheckGap(standby) => self.gap_request(standby),
            Step::Swap => self.requests.swap.clone(),
            Step::ReadJob => self
                .job
                .clone()
                .unwrap_or_else(|| self.requests.roles.clone()),
            Step::CheckRoles | Step::RolesMeanwhile | Step::VerifyRoles | Step::FindRoles => {
                self.requests.roles.clone()
            }
        };
        self.began = now;
        let fresh = (self.step == Step::Swap).then_some((self.roles_read, check::FRESH_MS));
        Next::Call { request, fresh }
    }

    /// Takes what came of it.
    pub fn handle(&mut self, event: Event, now: Now) {
        self.now = now;
        match event {
            Event::Waited => self.pause = None,
            Event::Written(written) => self.written(written),
            Event::Aborted(sent) => self.aborted(sent),
            Event::Answer(answer) => self.answered(answer),
        }
    }

    fn answered(&mut self, answer: Answer) {
        let Answer {
            result,
            sent,
            date_ms,
        } = answer;
        if let Some(ms) = date_ms {
            self.clock_offset_ms = ms - self.now.unix_ms;
        }
        if self.step == Step::Swap {
            self.swap_ended(&sent);
        } else {
            self.report.read_requests += sent.attempts;
        }
        match self.step {
            Step::CheckInstance => self.instance_checked(result),
            Step::CheckTasks => self.tasks_checked(result),
            Step::CheckRoles => self.roles_checked(result),
            Step::CheckGap(standby) => self.gap_read(standby, result),
            Step::Swap => self.swap_answered(result, sent),
            Step::ReadJob => self.job_read(result),
            Step::RolesMeanwhile => self.roles_meanwhile(result),
            Step::VerifyInstance => self.instance_after_refusal(result),
            Step::VerifyRoles => self.roles_verified(result),
            Step::FindTasks => self.tasks_found(result),
            Step::FindRoles => self.roles_found(result),
            Step::FindInstance => self.instance_found(result),
            Step::WriteIntent | Step::WriteJob | Step::Remove | Step::Done => {}
        }
    }

    /// The time by the service's clock, in milliseconds since 1970: dates are compared with dates of the service.
    fn service_ms(&self) -> i64 {
        self.now.unix_ms + self.clock_offset_ms
    }

    fn written(&mut self, written: Result<(), String>) {
        match (self.step, written) {
            (Step::CheckInstance, Err(why)) => {
                self.refuse(&concat(&["the journal cannot be read: ", &why]));
            }
            (Step::WriteIntent, Ok(())) => {
                self.recorded = true;
                self.intent_written = true;
                // Another run may have swapped, and removed its record, between reading the roles and writing this one. From
                // now on the journal keeps others away: what is read again holds until the swap.
                self.step = Step::CheckRoles;
            }
            (Step::WriteIntent, Err(why)) => {
                self.refuse(&concat(&["the journal cannot be written: ", &why]));
            }
            (Step::WriteJob, written) => {
                if let Err(why) = written {
                    self.note(&["the journal cannot be written: ", &why]);
                }
                self.step = Step::ReadJob;
                self.pause = Some(self.options.times.interval_ms);
            }
            (Step::Remove, written) => {
                if let Err(why) = written {
                    self.note(&["the record cannot be removed from the journal: ", &why]);
                }
                self.step = Step::Done;
            }
            _ => {}
        }
    }

    fn aborted(&mut self, sent: Option<Sent>) {
        if self.phase() == Phase::Done {
            self.step = Step::Done;
            return;
        }
        if let (Step::Swap, Some(sent)) = (self.step, sent) {
            self.swap_ended(&sent);
        }
        if self.is_refusal_in_doubt() && self.report.outcome == Outcome::Rejected {
            self.report.outcome = Outcome::Unknown;
        }
        let (verdict, reason) = match self.report.outcome {
            Outcome::NotSent | Outcome::Rejected => {
                let reason = "stopped by the caller before a swap was accepted";
                (Verdict::NotSwapped, reason)
            }
            Outcome::Unknown | Outcome::Accepted => {
                let reason = "stopped by the caller; the swap may still run: read the roles first";
                (Verdict::Unknown, reason)
            }
        };
        if verdict == Verdict::Unknown {
            self.report.doubt.get_or_insert(Doubt::Late);
        }
        self.pause = None;
        self.end(verdict, false, &[reason], Some(Error::aborted()));
    }

    /// What happened.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What a check found.
    pub fn plan(&self) -> Plan {
        Plan {
            decision: self.decision,
            reason: self.report.reason.clone(),
            notes: self.report.notes.clone(),
            nodes: self.report.before.clone(),
            error: self.report.error.clone(),
        }
    }

    fn note(&mut self, parts: &[&str]) {
        let note = concat(parts);
        if !self.report.notes.contains(&note) {
            self.report.notes.push(note);
        }
    }

    fn end(&mut self, verdict: Verdict, verified: bool, reason: &[&str], error: Option<Error>) {
        // What is proven need not be found out by anyone; what is unknown must be.
        self.step = if self.recorded && verdict != Verdict::Unknown {
            Step::Remove
        } else {
            Step::Done
        };
        self.pause = None;
        let report = &mut self.report;
        report.verdict = verdict;
        report.verified = verified;
        report.reason = concat(reason);
        let goal = self.options.goal.as_ref().or(self.record.goal.as_ref());
        let master = report.after.as_deref().and_then(nodes::master);
        if let (Verdict::Swapped, Some(goal), Some(master)) = (verdict, goal, master)
            && !goal.holds(master)
        {
            report.goal_missed = true;
            report.reason.push_str("; the master is ");
            report.reason.push_str(&goal::names([master].into_iter()));
            report.reason.push_str(", which is not where it shall be");
        }
        report.duration_ms = self.now.monotonic_ms - self.started.monotonic_ms;
        if error.is_some() {
            report.error = error;
        }
    }
}

/// Advice at the end of a reason.
const ADVICE: &str = ". Read the roles; do not swap again before that";
