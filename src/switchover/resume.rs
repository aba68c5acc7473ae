//! What became of a switchover that another run began.

use super::{Options, Purpose, Record, Switchover};
use crate::error::{Doubt, Error, Outcome};
use crate::time::Now;

impl Switchover {
    /// What became of one that another run began. It only reads.
    ///
    /// # Errors
    /// `InvalidArgument` with field `record`.
    pub fn resume(record: Record, options: Options, now: Now) -> Result<Self, Error> {
        let mut resumed = Self::start(record, options, Purpose::Resume, now)?;
        resumed.report.resumed = true;
        resumed.report.before = Some(resumed.record.before.clone());
        match resumed.record.job_id.clone() {
            Some(job_id) => {
                resumed.report.outcome = Outcome::Accepted;
                resumed.follow(&job_id);
            }
            None => {
                resumed.report.outcome = Outcome::Unknown;
                resumed.find_out(Doubt::Lost);
            }
        }
        resumed.pause = None;
        Ok(resumed)
    }

    /// What becomes of the switchover that the record is of: it was found in place of the record that this one was to write. Nothing
    /// runs for this one.
    ///
    /// # Errors
    /// As [`Switchover::resume`]; also when the record is of another instance.
    pub fn resumed(&self, record: Record, now: Now) -> Result<Self, Error> {
        if record.instance_id != self.record.instance_id {
            return Err(Error::invalid("record", "is of another instance"));
        }
        let mut resumed = Self::resume(record, self.options.clone(), now)?;
        resumed.started = self.started;
        resumed.report.read_requests = self.report.read_requests;
        resumed.report.swap_requests = self.report.swap_requests;
        Ok(resumed)
    }
}
