//! ShowJobInfo: where a job is.

use super::{Answer, Effect, Job, Kind, Operation, Param, Place};

/// `GET /v2/{project_id}/jobs/{job_id}`
pub const OPERATION: Operation = Operation {
    name: "showJobInfo",
    method: "GET",
    path: "/v2/{project_id}/jobs/{job_id}",
    params: &[Param { name: "jobId", wire: "job_id", kind: Kind::JobId, place: Place::Path }],
    effect: Effect::Read,
    answer: Answer::Json(|json| Job::read(json).map(drop)),
};
