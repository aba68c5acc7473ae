//! The check: whether the instance can be swapped, and whether it shall be. The roles are read last, right before the swap.

use super::goal::{Judgement, is_node, names};
use super::nodes::{Comparison, compare, master, read_one_group};
use super::tasks::{has_newest, swaps};
use super::{Decision, Purpose, Step, Switchover, Verdict};
use crate::error::{Error, ErrorKind, ServiceErrorKind};
use crate::json::Json;
use crate::operation::{BackgroundTask, Instance, Node};
use crate::sign::SdkDate;
use crate::text::concat;

/// A swap that leaves later after the roles were read, in milliseconds, relies on what may have changed: they are read again.
pub(super) const FRESH_MS: u32 = 2_000;

/// How often everything is checked when the swap could not leave in time.
const MAX_STALE_CHECKS: u32 = 3;

const HOUR_MS: i64 = 3_600_000;

const RUNNING: &str = "RUNNING";

impl Switchover {
    pub(super) fn instance_checked(&mut self, result: Result<Json, Error>) {
        let json = match result {
            Ok(json) => json,
            Err(error) => return self.check_failed(error),
        };
        let refusal = match Instance::read(&json) {
            Ok(instance) => unfit(&instance).or_else(|| self.outside_of_window(&instance)),
            Err(expected) => Some(concat(&["the instance was read without ", expected])),
        };
        match refusal {
            Some(why) => self.refuse(&why),
            None => self.step = Step::CheckTasks,
        }
    }

    pub(super) fn tasks_checked(&mut self, result: Result<Json, Error>) {
        let json = match result {
            Ok(json) => json,
            Err(error) if is_not_permitted(&error) => {
                self.record.tasks = None;
                self.note(&[
                    "the background tasks cannot be read, so that it was done without them: ",
                    &error.message(),
                ]);
                self.step = Step::CheckRoles;
                return;
            }
            Err(error) => return self.check_failed(error),
        };
        let tasks = BackgroundTask::read_list(&json).unwrap_or_default();
        // One that has been at work for longer may be a leftover: the service itself refuses what it cannot do.
        let since = SdkDate::from_unix_ms(self.service_ms() - HOUR_MS).digits();
        let at_work = |task: &&BackgroundTask<'_>| task.is_at_work() && !task.is_older_than(&since);
        if let Some(task) = tasks.iter().find(at_work) {
            let why = [
                "another task is at work: ",
                task.name,
                " (",
                task.status,
                ")",
            ];
            return self.refuse(&concat(&why));
        }
        let ids: Vec<String> = swaps(&tasks).map(|task| task.id.to_owned()).collect();
        if self.is_refusal_in_doubt()
            && let Some(known) = &self.record.tasks
            && ids.iter().any(|id| !known.contains(id))
        {
            return self.refuse("a swap was begun since");
        }
        self.record.tasks = has_newest(&json, &tasks).then_some(ids);
        self.step = Step::CheckRoles;
    }

    pub(super) fn roles_checked(&mut self, result: Result<Json, Error>) {
        let nodes = match result.map(|json| read_one_group(&json)) {
            Ok(Ok(nodes)) => nodes,
            Ok(Err(expected)) => {
                let why = ["its nodes cannot be told: the answer lacks ", expected];
                return self.refuse(&concat(&why));
            }
            Err(error) => return self.check_failed(error),
        };
        self.roles_read = self.began;
        // Read again, because time has passed: what was right to swap then would now be swapped back.
        let first = std::mem::replace(&mut self.record.before, nodes.clone());
        let moved = !first.is_empty() && compare(&first, &nodes) != Comparison::Same;
        if self.is_refusal_in_doubt() && (moved || self.record.tasks.is_none()) {
            self.record.before = first;
            return self.refuse("whether it ran all the same is found out");
        }
        self.report.before = Some(nodes);
        match self.decide() {
            (Decision::Swap, _) if moved => {
                self.refuse("the roles have changed since they were first read: somebody swapped");
            }
            (Decision::NotSent, why) => self.refuse(&why),
            (Decision::Already, why) => {
                self.decision = Decision::Already;
                self.report.after = self.report.before.clone();
                let reason = [self.so_far(), &why];
                self.end(Verdict::Already, true, &reason, None);
            }
            (Decision::Swap, why) if self.needs_gap_check() => {
                self.report.reason = why;
                self.step = Step::CheckGap(0);
            }
            (Decision::Swap, why) => self.go(&why),
        }
    }

    /// Whether to swap, by the roles as they were just read.
    fn decide(&self) -> (Decision, String) {
        let nodes = &self.record.before;
        let refused = |why: &str| (Decision::NotSent, why.to_owned());
        let Some(master) = master(nodes) else {
            return refused("its nodes have no single master");
        };
        let candidates: Vec<&Node> = nodes.iter().filter(|node| node.is_active_slave()).collect();
        if let Some(goal) = &self.options.goal {
            match goal.judge(nodes, master, &candidates) {
                Judgement::Holds => {
                    let why = [
                        "the master is where it shall be: ",
                        &names([master].into_iter()),
                    ];
                    return (Decision::Already, concat(&why));
                }
                Judgement::Refused(why) if !candidates.is_empty() => return refused(&why),
                Judgement::Refused(_) | Judgement::Reachable => {}
            }
        }
        if let Some(expected) = &self.options.expected_master
            && !is_node(master, expected)
        {
            let why = [
                "the master is ",
                master.id(),
                ", not the expected ",
                expected,
            ];
            return (Decision::NotSent, concat(&why));
        }
        if candidates.is_empty() {
            return refused("it has no active standby node to take over");
        }
        let why = ["master is ", master.id(), ", to be taken over by "];
        let one_of = if candidates.len() > 1 { "one of " } else { "" };
        let names = names(candidates.into_iter());
        (Decision::Swap, concat(&[&concat(&why), one_of, &names]))
    }

    /// Goes on to the swap, or ends a check.
    fn go(&mut self, why: &str) {
        if self.purpose == Purpose::Check {
            self.decision = Decision::Swap;
            return self.end(Verdict::NotSwapped, false, &[why], None);
        }
        self.step = if self.options.journal && !self.intent_written {
            self.record.started = SdkDate::from_unix_ms(self.service_ms());
            Step::WriteIntent
        } else {
            Step::Swap
        };
    }

    /// Checks everything again.
    pub(super) fn check_again(&mut self) {
        self.checks += 1;
        self.gap_checked = false;
        // Another run may take the record for that of one that died, and remove it.
        self.intent_written = false;
        self.step = Step::CheckInstance;
    }

    /// The swap could not leave in time after the roles were read.
    pub(super) fn stale(&mut self, error: Error) {
        if self.checks < MAX_STALE_CHECKS {
            return self.check_again();
        }
        let why = "between reading the roles and sending the swap more than 2 seconds passed, three times";
        self.refuse_with(why, Some(error));
    }

    pub(super) fn check_failed(&mut self, error: Error) {
        let why = concat(&["the check failed: ", &error.message()]);
        self.refuse_with(&why, Some(error));
    }

    pub(super) fn refuse(&mut self, why: &str) {
        self.refuse_with(why, None);
    }

    pub(super) fn refuse_with(&mut self, why: &str, error: Option<Error>) {
        self.decision = Decision::NotSent;
        let reason = [self.so_far(), why];
        if self.is_refusal_in_doubt() {
            self.note(&reason);
            self.report.error = error;
            return self.verify_refusal();
        }
        self.end(Verdict::NotSwapped, false, &reason, error);
    }

    /// What was sent before nothing more is.
    fn so_far(&self) -> &'static str {
        if self.report.swap_requests > 0 {
            "the swap was refused by flow control, and not sent again: "
        } else {
            "nothing was sent: "
        }
    }
}

/// Why an instance cannot be swapped, if so.
fn unfit(instance: &Instance<'_>) -> Option<String> {
    if instance.status != RUNNING {
        return Some(concat(&[
            "the instance is ",
            instance.status,
            ", not RUNNING",
        ]));
    }
    if let Some(task) = instance.task {
        return Some(concat(&["the instance has a task at work: ", task]));
    }
    let engine = instance.engine.unwrap_or_default();
    let is_old = instance
        .engine_version
        .is_some_and(|version| version.starts_with("3."));
    if engine.eq_ignore_ascii_case("memcached") || engine.eq_ignore_ascii_case("redis") && is_old {
        let version = instance.engine_version.unwrap_or_default();
        let why = "; changeMasterStandbyAsync swaps it without verification";
        return Some(concat(&[
            "the roles of ",
            engine,
            " ",
            version,
            " cannot be read",
            why,
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

/// Whether an instance runs and has no task at work.
pub(super) fn is_at_rest(instance: &Instance<'_>) -> bool {
    instance.status == RUNNING && instance.task.is_none()
}

/// Whether the caller may not read something, or the service has no such operation, or a remote signer signs no request for it:
/// it is done without. If the signer is down, the reads that follow fail as well.
pub(super) fn is_not_permitted(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Credentials { .. } => true,
        ErrorKind::Service(error) => matches!(
            error.kind(),
            ServiceErrorKind::Permission | ServiceErrorKind::NotFound | ServiceErrorKind::Method
        ),
        _ => false,
    }
}
