//! A whole switchover as a machine without I/O: check, swap once, follow the job, verify; and when the answer to the
//! swap was lost, find out by reading.
//!
//! The driver asks for a [`Step`] and tells what came of it. At most one call of the swap is ever asked for. The
//! roles decide the result: `swapped` is said only when they were read and had changed, `not swapped` only when the
//! service refused or they were read, to the end of the time given, and had not.

mod following;
mod report;

pub use following::{Following, Next};
pub use report::{Report, Verdict};

use following::until;

use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{
    Instance, Job, JobStatus, Node, Operation, Role, change_master_standby_async,
    list_group_replication_info, show_instance, show_job_info,
};
use crate::retry::{is_busy, is_hopeless};
use crate::text::{concat, decimal};

/// Times of a switchover, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Between two reads; grows to five times as much while a job lasts.
    pub interval_ms: u32,
    /// For the job.
    pub follow_timeout_ms: u32,
    /// For the roles to change after the job, or after the answer was lost.
    pub verify_timeout_ms: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            interval_ms: 1_000,
            follow_timeout_ms: 600_000,
            verify_timeout_ms: 60_000,
        }
    }
}

/// Where a switchover is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading instance and roles.
    Check,
    /// Sending the swap.
    Swap,
    /// Following the job.
    Follow,
    /// Reading the roles after the job has ended.
    Verify,
    /// Reading the roles after the answer was lost.
    FindOut,
    /// Over.
    Done,
}

impl Phase {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Swap => "swap",
            Self::Follow => "follow",
            Self::Verify => "verify",
            Self::FindOut => "find_out",
            Self::Done => "done",
        }
    }
}

/// What the driver does next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Calls an operation; its arguments are [`Machine::args`].
    Call(&'static Operation),
    /// Pauses so many milliseconds.
    Wait(u32),
    /// Takes the [`Machine::report`].
    Done,
}

/// A switchover under way.
#[derive(Debug)]
pub struct Machine {
    instance_id: String,
    options: Options,
    started_ms: i64,
    phase: Phase,
    /// When the time of this phase is up.
    deadline_ms: i64,
    /// A pause that is due before the next call.
    pause: Option<u32>,
    /// The pace, while following.
    following: Following,
    /// In `Check`: the instance has been read, the roles are next. In `FindOut`: the roles did not change, the
    /// instance is next.
    second_read: bool,
    /// In `FindOut`: when the time was up the instance was RUNNING; what the roles are after that counts.
    settled: bool,
    job_id: Option<String>,
    job_ended: Option<JobStatus>,
    /// The last read error of this phase.
    read_error: Option<Error>,
    report: Report,
}

impl Machine {
    /// A switchover of one instance, not yet begun. The id has been checked.
    pub fn new(instance_id: String, options: Options, now_ms: i64) -> Self {
        Self {
            instance_id,
            options,
            started_ms: now_ms,
            phase: Phase::Check,
            deadline_ms: i64::MAX,
            pause: None,
            following: Following::new(options, now_ms),
            second_read: false,
            settled: false,
            job_id: None,
            job_ended: None,
            read_error: None,
            report: Report {
                verdict: Verdict::NotSwapped,
                verified: false,
                outcome: Outcome::NotSent,
                reason: String::new(),
                before: None,
                after: None,
                job: None,
                duration_ms: 0,
                swap_requests: 0,
                read_requests: 0,
                error: None,
            },
        }
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What to do next.
    pub fn step(&self) -> Step {
        if self.phase == Phase::Done {
            return Step::Done;
        }
        if let Some(ms) = self.pause {
            return Step::Wait(ms);
        }
        Step::Call(match (self.phase, self.second_read) {
            (Phase::Check, false) | (Phase::FindOut, true) => &show_instance::OPERATION,
            (Phase::Swap, _) => &change_master_standby_async::OPERATION,
            (Phase::Follow, _) => &show_job_info::OPERATION,
            _ => &list_group_replication_info::OPERATION,
        })
    }

    /// The arguments of the call that [`Machine::step`] asks for.
    pub fn args(&self) -> Json {
        let (name, id) = match (self.phase, &self.job_id) {
            (Phase::Follow, Some(id)) => ("jobId", id),
            _ => ("instanceId", &self.instance_id),
        };
        Json::Object(vec![(name.to_owned(), Json::String(id.clone()))])
    }

    /// The pause is over.
    pub fn waited(&mut self) {
        self.pause = None;
    }

    /// The job as last read.
    pub fn job(&self) -> Option<&Json> {
        self.report.job.as_ref()
    }

    /// The call that was asked for has ended. `outcome` is what became of the swap, when it was one; `requests` is
    /// how many were sent.
    pub fn answered(
        &mut self,
        answer: Result<Json, Error>,
        outcome: Outcome,
        requests: u32,
        now_ms: i64,
    ) {
        if self.phase == Phase::Swap {
            self.report.swap_requests += requests;
        } else {
            self.report.read_requests += requests;
        }
        match self.phase {
            Phase::Check => self.checked(answer, now_ms),
            Phase::Swap => self.swap_answered(answer, outcome, now_ms),
            Phase::Follow => self.job_read(answer, now_ms),
            Phase::Verify | Phase::FindOut => self.roles_read(answer, now_ms),
            Phase::Done => {}
        }
    }

    /// The caller gives up. `in_flight` is what became of the swap if one is being sent at this moment.
    pub fn stop(&mut self, in_flight: Outcome, requests: u32, now_ms: i64) {
        if self.phase == Phase::Swap {
            self.report.swap_requests += requests;
            self.report.outcome = in_flight;
        }
        let verdict = match self.report.outcome {
            Outcome::NotSent | Outcome::Rejected => Verdict::NotSwapped,
            Outcome::Unknown | Outcome::Accepted => Verdict::Unknown,
        };
        let reason = if verdict == Verdict::NotSwapped {
            "stopped by the caller before a swap was accepted"
        } else {
            "stopped by the caller; the swap may still run: read the roles first"
        };
        self.end(verdict, false, &[reason], Some(Error::aborted()), now_ms);
    }

    /// What happened.
    pub fn report(&self) -> &Report {
        &self.report
    }

    fn checked(&mut self, answer: Result<Json, Error>, now_ms: i64) {
        let refusal = match answer {
            Err(error) => {
                let reason = ["nothing was sent: the check failed: ", &error.message()];
                return self.end(Verdict::NotSwapped, false, &reason, Some(error), now_ms);
            }
            Ok(json) if self.second_read => self.check_roles(&json),
            Ok(json) => check_instance(&json),
        };
        match refusal {
            Some(why) => {
                let reason = ["nothing was sent: ", &why];
                self.end(Verdict::NotSwapped, false, &reason, None, now_ms);
            }
            None if self.second_read => self.enter(Phase::Swap, i64::MAX),
            None => self.second_read = true,
        }
    }

    fn check_roles(&mut self, json: &Json) -> Option<String> {
        let mut groups = Node::read_groups(json).unwrap_or_default();
        let [nodes] = groups.as_slice() else {
            let count = decimal(groups.len() as u64);
            let why = " groups of nodes, not one";
            return Some(concat(&["the instance has ", &count, why]));
        };
        let refusal = if master(nodes).is_none() {
            Some("its nodes have no single master".to_owned())
        } else if !nodes.iter().any(Node::is_active_slave) {
            Some("it has no active standby node to take over".to_owned())
        } else {
            None
        };
        self.report.before = groups.pop();
        refusal
    }

    fn swap_answered(&mut self, answer: Result<Json, Error>, outcome: Outcome, now_ms: i64) {
        self.report.outcome = outcome;
        match answer {
            Ok(json) => {
                self.job_id = change_master_standby_async::job_id(&json)
                    .ok()
                    .map(str::to_owned);
                self.enter(
                    Phase::Follow,
                    now_ms + i64::from(self.options.follow_timeout_ms),
                );
                self.pause = Some(self.options.interval_ms);
            }
            Err(error) if matches!(outcome, Outcome::NotSent | Outcome::Rejected) => {
                let reason = ["the swap was not accepted: ", &error.message()];
                self.end(Verdict::NotSwapped, false, &reason, Some(error), now_ms);
            }
            Err(error) => {
                self.enter(
                    Phase::FindOut,
                    now_ms + i64::from(self.options.verify_timeout_ms),
                );
                self.pause = Some(self.options.interval_ms);
                self.report.error = Some(error);
            }
        }
    }

    fn job_read(&mut self, answer: Result<Json, Error>, now_ms: i64) {
        let status = answer.and_then(|json| match Job::read(&json) {
            Ok(job) => {
                let status = job.status;
                self.report.job = Some(json);
                Ok(status)
            }
            Err(expected) => Err(Error::unexpected(expected)),
        });
        match status {
            Ok(status @ (JobStatus::Success | JobStatus::Fail)) => {
                self.job_ended = Some(status);
                self.enter(
                    Phase::Verify,
                    now_ms + i64::from(self.options.verify_timeout_ms),
                );
            }
            Err(error) if is_hopeless(&error) => {
                let reason = [
                    "the swap was accepted, but its job cannot be read: ",
                    &error.message(),
                ];
                self.end(Verdict::Unknown, false, &reason, Some(error), now_ms);
            }
            other => {
                match other {
                    Ok(status) => self.following.read(status, now_ms),
                    Err(error) => {
                        self.following.failed(&error, now_ms);
                        self.read_error = Some(error);
                    }
                }
                match self.following.step() {
                    Next::Wait(ms) => self.pause = Some(ms),
                    // Time is up: whether the roles have changed all the same is read once.
                    _ => self.enter(Phase::Verify, now_ms),
                }
            }
        }
    }

    fn roles_read(&mut self, answer: Result<Json, Error>, now_ms: i64) {
        let late = now_ms >= self.deadline_ms;
        match answer {
            Err(error) if is_hopeless(&error) || late => {
                let reason = ["the roles cannot be read: ", &error.message(), ADVICE];
                self.end(Verdict::Unknown, false, &reason, Some(error), now_ms);
            }
            Err(error) => {
                self.read_error = Some(error);
                self.second_read = false;
                self.pause = Some(until(self.deadline_ms, self.options.interval_ms, now_ms));
            }
            Ok(json) if self.second_read => self.instance_read_last(&json, now_ms),
            Ok(json) => {
                let mut nodes = Vec::new();
                for mut group in Node::read_groups(&json).unwrap_or_default() {
                    nodes.append(&mut group);
                }
                let changed = self.has_changed(&nodes);
                self.report.after = Some(nodes);
                match changed {
                    Some(true) => {
                        let reason = [self.how(), "; the roles were read again and have changed"];
                        self.end(Verdict::Swapped, true, &reason, None, now_ms);
                    }
                    _ if !late => {
                        self.pause =
                            Some(until(self.deadline_ms, self.options.interval_ms, now_ms));
                    }
                    Some(false) => self.unchanged(now_ms),
                    None => {
                        let reason = ["the nodes have no single master", ADVICE];
                        self.end(Verdict::Unknown, false, &reason, None, now_ms);
                    }
                }
            }
        }
    }

    /// The roles were read to the end of the time and are as before.
    fn unchanged(&mut self, now_ms: i64) {
        match (self.phase, self.job_ended) {
            // A lost swap may still be at work in an instance that is not RUNNING.
            (Phase::FindOut, _) if !self.settled => self.second_read = true,
            (Phase::FindOut, _) => {
                let reason = [
                    self.lost(),
                    "; the roles were read to the end of the time given and are as before",
                ];
                self.end(Verdict::NotSwapped, true, &reason, None, now_ms);
            }
            (_, Some(JobStatus::Fail)) => {
                let job = self.report.job.as_ref();
                let why = job.and_then(|job| Job::read(job).ok()?.fail_reason);
                let why = why.unwrap_or("no reason given").to_owned();
                let reason = ["the job failed (", &why, ") and the roles are as before"];
                self.end(Verdict::NotSwapped, true, &reason, None, now_ms);
            }
            (_, Some(_)) => {
                let reason = ["the job says SUCCESS, but the roles are as before"];
                self.end(Verdict::NotSwapped, true, &reason, None, now_ms);
            }
            (_, None) => {
                let reason = [
                    "the job did not end in time and the roles are as before: it may still swap",
                    ADVICE,
                ];
                let error = self.read_error.take();
                self.end(Verdict::Unknown, false, &reason, error, now_ms);
            }
        }
    }

    fn instance_read_last(&mut self, json: &Json, now_ms: i64) {
        let status = Instance::read(json)
            .map(|instance| instance.status)
            .unwrap_or_default();
        if status == RUNNING {
            // The swap may have ended between the two reads: only roles read after this prove that none runs.
            self.settled = true;
            self.second_read = false;
        } else {
            let reason = [self.lost(), " and the instance is ", status, ADVICE];
            self.end(Verdict::Unknown, false, &reason, None, now_ms);
        }
    }

    /// What came before the roles were seen to have changed.
    fn how(&self) -> &'static str {
        match (self.phase, self.job_ended) {
            (Phase::FindOut, _) => self.lost(),
            (_, Some(JobStatus::Success)) => "the job succeeded",
            (_, Some(_)) => "the job failed",
            (_, None) => "the job did not end in time",
        }
    }

    /// Why the truth has to be found out.
    fn lost(&self) -> &'static str {
        match &self.report.error {
            Some(error) if is_busy(error) => {
                "the instance has a job already, perhaps this swap, sent twice on its way"
            }
            _ => "the answer to the swap was lost",
        }
    }

    /// Whether another node is master now; none when there is no single one.
    fn has_changed(&self, nodes: &[Node]) -> Option<bool> {
        let before = master(self.report.before.as_deref()?)?;
        Some(master(nodes)?.id != before.id)
    }

    fn enter(&mut self, phase: Phase, deadline_ms: i64) {
        self.phase = phase;
        self.deadline_ms = deadline_ms;
        self.second_read = false;
        self.pause = None;
    }

    fn end(
        &mut self,
        verdict: Verdict,
        verified: bool,
        reason: &[&str],
        error: Option<Error>,
        now_ms: i64,
    ) {
        self.phase = Phase::Done;
        self.pause = None;
        let report = &mut self.report;
        report.verdict = verdict;
        report.verified = verified;
        report.reason = concat(reason);
        report.duration_ms = now_ms - self.started_ms;
        if error.is_some() {
            report.error = error;
        }
    }
}

const RUNNING: &str = "RUNNING";
const ADVICE: &str = ". Read the roles; do not swap again before that";

/// Why an instance cannot be swapped, if so.
fn check_instance(json: &Json) -> Option<String> {
    let instance = match Instance::read(json) {
        Ok(instance) => instance,
        Err(expected) => return Some(concat(&["the instance was read without ", expected])),
    };
    if instance.status != RUNNING {
        return Some(concat(&[
            "the instance is ",
            instance.status,
            ", not RUNNING",
        ]));
    }
    // Without a mode the groups decide: one group with a master and an active slave is the sure sign.
    let mode = instance.cache_mode.unwrap_or("ha");
    if matches!(mode, "ha" | "ha_rw_split") {
        return None;
    }
    let why = "; only ha and ha_rw_split can be swapped";
    Some(concat(&["the instance is of mode ", mode, why]))
}

/// The one master.
fn master(nodes: &[Node]) -> Option<&Node> {
    let mut masters = nodes.iter().filter(|node| node.role == Role::Master);
    match (masters.next(), masters.next()) {
        (Some(master), None) => Some(master),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
