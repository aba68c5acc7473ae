//! ShowJobInfo: where a job is.

use super::{Answer, Effect, Job, Operation, Param, ParamType, Place, Service};

/// `GET /v2/{project_id}/jobs/{job_id}`
pub const OPERATION: Operation = Operation {
    name: "showJobInfo",
    service: Service::Dcs,
    method: "GET",
    path: "/v2/{project_id}/jobs/{job_id}",
    params: &[Param { name: "jobId", wire: "job_id", value: ParamType::JobId, place: Place::Path }],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, request| {
            let job = Job::read(json)?;
            let same = request.is_about("job_id", job.id);
            same.then_some(()).ok_or("the job that was asked for")
        },
        members: Job::MEMBERS,
    },
};
