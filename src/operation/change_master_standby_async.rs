//! ChangeMasterStandbyAsync: swaps master and standby as a job.

use super::param::INSTANCE_ID;
use super::{Answer, Effect, Operation, Service};
use crate::json::Json;

/// `PUT /v2/{project_id}/instances/{instance_id}/async-swap`, no body; answers `{"job_id"}`.
pub const OPERATION: Operation = Operation {
    name: "changeMasterStandbyAsync",
    service: Service::Dcs,
    method: "PUT",
    path: "/v2/{project_id}/instances/{instance_id}/async-swap",
    params: &[INSTANCE_ID],
    effect: Effect::Swap,
    answer: Answer::Json {
        check: |json, _| job_id(json).map(drop),
        members: "job_id",
    },
};

/// The id of the job that swaps.
///
/// # Errors
/// What was expected.
pub fn job_id(json: &Json) -> Result<&str, &'static str> {
    json.str("job_id").filter(|id| !id.is_empty()).ok_or("a string job_id")
}
