//! After the swap was accepted: following its job, then reading the roles.

use super::find_out::SHORT_MS;
use super::nodes::{Comparison, compare, read_one_group};
use super::{ADVICE, Step, Switchover, Verdict};
use crate::error::{Doubt, Error, ErrorKind, Outcome, ServiceErrorKind};
use crate::job::Pace;
use crate::json::Json;
use crate::operation::{Job, JobStatus, show_job_info};
use crate::retry::is_hopeless;
use crate::text::concat;
use crate::time::pause_until;

impl Switchover {
    /// Follows the job of the swap.
    pub(super) fn follow(&mut self, job_id: &str) {
        let times = self.options.times;
        let mut args = Json::object();
        args.add_text("jobId", job_id);
        // An id that no job can have: the roles are read in its place.
        self.job = show_job_info::OPERATION.request(&args).ok();
        self.deadline_ms = self.now.monotonic_ms + i64::from(times.follow_timeout_ms);
        self.pace = Pace::new(times.interval_ms, self.deadline_ms);
        self.pause = Some(self.pace.pause(self.now));
        self.step = Step::ReadJob;
        if self.job.is_none() {
            self.step = Step::RolesMeanwhile;
        }
    }

    pub(super) fn job_read(&mut self, result: Result<Json, Error>) {
        let json = match result {
            Ok(json) => json,
            Err(error) => return self.job_unreadable(error),
        };
        match Job::read(&json).map(|job| job.status) {
            Ok(status @ (JobStatus::Success | JobStatus::Fail)) => {
                self.report.job = Some(json);
                self.job_ended = Some(status);
                let most = self.options.times.verify_timeout_ms;
                let ms = match status {
                    JobStatus::Fail => most.min(SHORT_MS),
                    _ => most,
                };
                self.verify(ms);
            }
            // Time is up: whether the roles have changed all the same is read once.
            _ if self.pace.is_over(self.began) => self.verify(0),
            Ok(_) => {
                self.report.job = Some(json);
                self.pause = Some(self.pace.pause(self.now));
            }
            // A status that is not known: the roles tell.
            Err(_) => self.step = Step::RolesMeanwhile,
        }
    }

    /// A job that cannot be read does not hold the switchover up: the roles are read as well.
    fn job_unreadable(&mut self, error: Error) {
        let over = self.pace.is_over(self.began);
        if is_hopeless(&error) {
            // Asked again it could lock the access key.
            self.job = None;
        }
        self.read_error = Some(error);
        if over {
            self.verify(0);
        } else {
            self.step = Step::RolesMeanwhile;
        }
    }

    /// The roles, while the job cannot be read.
    pub(super) fn roles_meanwhile(&mut self, result: Result<Json, Error>) {
        let over = self.pace.is_over(self.began);
        match self.roles(result) {
            Ok(Comparison::Changed) => {
                let reason = "the job cannot be read; the roles were read and have changed";
                self.end(Verdict::Swapped, true, &[reason], None);
            }
            Err(error) if is_hopeless(&error) || over && self.job.is_none() => {
                let reason = [
                    "the swap was accepted, but neither its job nor the roles can be read: ",
                    &error.message(),
                    ADVICE,
                ];
                self.doubtful(Doubt::Late, &reason, Some(error));
            }
            _ if over && self.job.is_none() => self.verify(0),
            _ => {
                self.pause = Some(self.pace.pause(self.now));
                if self.job.is_some() {
                    self.step = Step::ReadJob;
                }
            }
        }
    }

    /// Reads the roles for so many milliseconds.
    pub(super) fn verify(&mut self, ms: u32) {
        self.deadline_ms = self.now.monotonic_ms + i64::from(ms);
        self.step = Step::VerifyRoles;
        self.pause = None;
    }

    pub(super) fn roles_verified(&mut self, result: Result<Json, Error>) {
        if self.report.outcome == Outcome::Rejected {
            return self.roles_after_refusal(result);
        }
        // What an answer says counts as the last word only if it was asked for after the time was up.
        let last = self.began.monotonic_ms >= self.deadline_ms;
        match self.roles(result) {
            Ok(Comparison::Changed) => {
                let reason = [
                    self.job_story(),
                    "; the roles were read again and have changed",
                ];
                self.end(Verdict::Swapped, true, &reason, None);
            }
            Err(error) if is_hopeless(&error) || last => {
                let reason = ["the roles cannot be read: ", &error.message(), ADVICE];
                self.doubtful(Doubt::Late, &reason, Some(error));
            }
            Ok(Comparison::Same) if last => self.unchanged(),
            Ok(_) if last => {
                let reason = [
                    "the nodes have no single master, or one that was not there before",
                    ADVICE,
                ];
                self.doubtful(Doubt::Late, &reason, None);
            }
            _ => self.pause_to_deadline(),
        }
    }

    pub(super) fn pause_to_deadline(&mut self) {
        let interval_ms = self.options.times.interval_ms;
        self.pause = Some(pause_until(self.deadline_ms, interval_ms, self.now));
    }

    /// The roles as an answer tells them, compared with those of before.
    pub(super) fn roles(&mut self, result: Result<Json, Error>) -> Result<Comparison, Error> {
        let json = result.inspect_err(|error| self.read_error = Some(error.clone()))?;
        let before = self.report.before.as_deref().unwrap_or_default();
        let Ok(nodes) = read_one_group(&json) else {
            return Ok(Comparison::Foreign);
        };
        let comparison = compare(before, &nodes);
        if comparison != Comparison::Foreign {
            self.report.after = Some(nodes);
        }
        Ok(comparison)
    }

    /// The roles were read after the time was up, and are as before.
    fn unchanged(&mut self) {
        match self.job_ended {
            // Of a swap whose answer was lost, the job may be that of one of two copies.
            Some(JobStatus::Fail) if self.report.doubt.is_none() => {
                let job = self.report.job.as_ref();
                let why = job.and_then(|job| Job::read(job).ok()?.fail_reason);
                let why = why.unwrap_or("no reason given").to_owned();
                let reason = ["the job failed (", &why, ") and the roles are as before"];
                self.end(Verdict::NotSwapped, true, &reason, None);
            }
            Some(JobStatus::Fail) => self.settle(),
            Some(_) => {
                let reason = [
                    "the job says SUCCESS, but the same node is master: somebody swapped back, or the swap was sent twice on its way, or the list of roles is stale",
                    ADVICE,
                ];
                self.doubtful(Doubt::Late, &reason, None);
                self.forget_what_is_over();
            }
            None => {
                let error = self.read_error.take();
                let is_gone = error.as_ref().is_some_and(is_not_found);
                let story = if is_gone {
                    "the service does not know the job any more, and the roles are as before"
                } else {
                    "the job did not end in time and the roles are as before: it may still swap"
                };
                self.doubtful(Doubt::Late, &[story, ADVICE], error);
                if is_gone {
                    self.forget_what_is_over();
                }
            }
        }
    }

    /// What came before the roles were seen to have changed.
    fn job_story(&self) -> &'static str {
        match self.job_ended {
            Some(JobStatus::Success) => "the job succeeded",
            Some(_) => "the job failed",
            None => "the job did not end in time",
        }
    }

    /// The end of a switchover of which it is not known whether it swapped.
    pub(super) fn doubtful(&mut self, doubt: Doubt, reason: &[&str], error: Option<Error>) {
        self.report.doubt.get_or_insert(doubt);
        let mut text = concat(reason);
        if !text.ends_with(ADVICE) {
            text.push_str(ADVICE);
        }
        self.end(Verdict::Unknown, false, &[&text], error);
    }
}

fn is_not_found(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Service(service) if service.kind() == ServiceErrorKind::NotFound)
}
