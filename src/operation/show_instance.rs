//! ShowInstance: one instance.

use super::param::INSTANCE_ID;
use super::{Answer, Effect, Instance, Operation};

/// `GET /v2/{project_id}/instances/{instance_id}`
pub const OPERATION: Operation = Operation {
    name: "showInstance",
    method: "GET",
    path: "/v2/{project_id}/instances/{instance_id}",
    params: &[INSTANCE_ID],
    effect: Effect::Read,
    answer: Answer::Json(|json| Instance::read(json).map(drop)),
};
