//! When it is not known what became of the swap: the list of tasks and the roles are read; once the time is up, instance, tasks
//! and roles a last time, in this order.

use super::check::{is_at_rest, is_not_permitted};
use super::nodes::Comparison;
use super::tasks::{has_newest, swaps};
use super::{Step, Switchover, Verdict};
use crate::error::{Doubt, Error, Outcome};
use crate::json::Json;
use crate::operation::{BackgroundTask, Instance};
use crate::retry::is_hopeless;

/// So long after its date a request is refused by the gateway, in milliseconds: no copy of it can run any more.
const NO_COPY_RUNS_AFTER_MS: i64 = 15 * 60 * 1000;

/// So long after its record was written a swap leaves at the latest, in milliseconds: the roles that it relies on are read after
/// that, and count for two seconds; the rest is for the writing.
const LEAVES_WITHIN_MS: i64 = 5_000;

/// What nothing speaks for is looked for so long at most, in milliseconds: changed roles after a job that failed, a swap behind a
/// refusal by flow control.
pub(super) const SHORT_MS: u32 = 10_000;

impl Switchover {
    /// Begins to find out.
    pub(super) fn find_out(&mut self, doubt: Doubt) {
        self.report.doubt = Some(doubt);
        if self.report.outcome == Outcome::Rejected {
            self.report.outcome = Outcome::Unknown;
        }
        let most = self.options.times.verify_timeout_ms;
        // Flow control answers at once: a first copy, if there was one, ran before.
        let ms = if self.refusal_doubted {
            most.min(SHORT_MS)
        } else {
            most
        };
        self.deadline_ms = self.now.monotonic_ms + i64::from(ms);
        self.step = Step::FindTasks;
        self.pause_to_deadline();
    }

    /// The time is up: what is read from now on decides.
    pub(super) fn settle(&mut self) {
        self.settling = true;
        self.deadline_ms = self.now.monotonic_ms;
        self.step = Step::FindInstance;
        self.pause = None;
    }

    pub(super) fn tasks_found(&mut self, result: Result<Json, Error>) {
        self.new_swaps = None;
        self.step = Step::FindRoles;
        match result {
            Ok(json) => self.count_swaps(&json),
            Err(error) if is_not_permitted(&error) => {
                self.note(&["the background tasks cannot be read: ", &error.message()]);
            }
            Err(error) => self.read_error = Some(error),
        }
    }

    /// Swaps in the list that were not there before; the job of a single one is followed.
    fn count_swaps(&mut self, json: &Json) {
        let Ok(tasks) = BackgroundTask::read_list(json) else {
            return;
        };
        let mut all = swaps(&tasks);
        let new: Vec<_> = match &self.record.tasks {
            _ if !has_newest(json, &tasks) => return,
            Some(known) => all
                .filter(|task| !known.iter().any(|id| id == task.id))
                .collect(),
            // Without the list of before, an old swap could be taken for this one.
            None if all.next().is_some() => return,
            None => Vec::new(),
        };
        self.new_swaps = Some(new.len());
        if let ([one], None) = (new.as_slice(), &self.job)
            && let Some(job_id) = one.job_id
        {
            self.record.job_id = Some(job_id.to_owned());
            let job_id = job_id.to_owned();
            self.follow(&job_id);
            self.pause = None;
        }
    }

    pub(super) fn roles_found(&mut self, result: Result<Json, Error>) {
        let late = self.began.monotonic_ms >= self.deadline_ms;
        match self.roles(result) {
            Ok(Comparison::Changed) => {
                let reason = [self.story(), "; the roles were read again and have changed"];
                self.end(Verdict::Swapped, true, &reason, None);
            }
            Err(error) if is_hopeless(&error) || self.settling => {
                let reason = [
                    self.story(),
                    ", and the roles cannot be read: ",
                    &error.message(),
                ];
                self.still_unknown(&reason, Some(error));
            }
            Ok(Comparison::Same) if self.settling => self.as_before(),
            Ok(_) if self.settling => {
                let reason = [
                    self.story(),
                    ", and the nodes have no single master, or one that was not there before",
                ];
                self.still_unknown(&reason, None);
            }
            _ if late => match self.may_leave_for_ms() {
                Some(ms) => {
                    self.deadline_ms = self.now.monotonic_ms + ms;
                    self.step = Step::FindTasks;
                    self.pause_to_deadline();
                }
                None => self.settle(),
            },
            _ => {
                self.step = Step::FindTasks;
                self.pause_to_deadline();
            }
        }
    }

    /// For how long the run that wrote the record may still send its swap, in milliseconds, if it lives.
    fn may_leave_for_ms(&self) -> Option<i64> {
        let left_ms = LEAVES_WITHIN_MS - self.age_ms();
        let is_sending = self.report.resumed && self.record.job_id.is_none();
        // A record from the future is of another clock, and says nothing.
        (is_sending && (1..=LEAVES_WITHIN_MS).contains(&left_ms)).then_some(left_ms)
    }

    /// How old the record is, in milliseconds.
    pub(super) fn age_ms(&self) -> i64 {
        self.service_ms() - self.record.started.unix_ms()
    }

    pub(super) fn instance_found(&mut self, result: Result<Json, Error>) {
        let instance = result.as_ref().map(Instance::read);
        match instance {
            Ok(Ok(instance)) if is_at_rest(&instance) => self.step = Step::FindTasks,
            Ok(Ok(instance)) => {
                let at_work = instance.task.unwrap_or(instance.status);
                let reason = [self.story(), ", and the instance is not at rest: ", at_work];
                self.still_unknown(&reason, None);
            }
            _ => {
                let error = result.err();
                let why = error.as_ref().map(Error::message).unwrap_or_default();
                let reason = [self.story(), ", and the instance cannot be read: ", &why];
                self.still_unknown(&reason, error);
            }
        }
    }

    /// The roles were read last, and are as before.
    fn as_before(&mut self) {
        let story = self.story();
        match self.new_swaps {
            Some(0) => {
                if self.refusal_doubted {
                    (self.report.outcome, self.report.doubt) = (Outcome::Rejected, None);
                }
                let reason = [
                    story,
                    "; the roles are as before, and the list of tasks shows that no swap was begun",
                ];
                self.end(Verdict::NotSwapped, true, &reason, None);
            }
            Some(1) if self.job_ended == Some(crate::operation::JobStatus::Fail) => {
                let reason = [story, "; its job failed, and the roles are as before"];
                self.end(Verdict::NotSwapped, true, &reason, None);
            }
            Some(_) => {
                let reason = [
                    story,
                    "; the roles are as before, but the list of tasks shows a swap that was begun since",
                ];
                self.still_unknown(&reason, None);
            }
            None => {
                let reason = [
                    story,
                    "; the roles are as before, but without the list of tasks it cannot be told whether it was begun",
                ];
                self.still_unknown(&reason, None);
            }
        }
    }

    /// The end without a proof. A record that nothing can follow any more is not kept.
    fn still_unknown(&mut self, reason: &[&str], error: Option<Error>) {
        // The instance was read at rest, and the roles after it.
        let at_rest = self.settling && self.step == Step::FindRoles && error.is_none();
        self.doubtful(Doubt::Lost, reason, error);
        if at_rest {
            self.forget_what_is_over();
        }
    }

    /// Removes the record of a switchover that has ended without a proof, if it began so long ago that nothing of it can still run.
    pub(super) fn forget_what_is_over(&mut self) {
        let follow_ms = i64::from(self.options.times.follow_timeout_ms);
        if self.recorded && self.age_ms() > NO_COPY_RUNS_AFTER_MS + follow_ms {
            let more =
                ". It began so long ago that nothing of it can still run: its record is removed.";
            self.report.reason.push_str(more);
            self.step = Step::Remove;
        }
    }

    /// Why the truth has to be found out.
    fn story(&self) -> &'static str {
        match self.report.doubt {
            Some(Doubt::Busy) => {
                "the instance has a job already, perhaps this swap, sent twice on its way"
            }
            Some(Doubt::RefusalNotKnown) if self.refusal_doubted => {
                "the swap was refused by flow control, perhaps only a second copy of it"
            }
            Some(Doubt::RefusalNotKnown) => {
                "the swap was refused in a way that does not prove that nothing ran"
            }
            Some(Doubt::UnusableAnswer) => "the answer to the swap says neither yes nor no",
            _ if self.report.resumed => "what became of the earlier run's swap is not recorded",
            _ => "the answer to the swap was lost",
        }
    }
}
