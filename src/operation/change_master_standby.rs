//! ChangeMasterStandby: swaps master and standby, without a job to follow.

use super::param::INSTANCE_ID;
use super::{Answer, Effect, Operation, Service};

/// `POST /v2/{project_id}/instances/{instance_id}/swap`, no body; answers 204.
pub const OPERATION: Operation = Operation {
    name: "changeMasterStandby",
    service: Service::Dcs,
    method: "POST",
    path: "/v2/{project_id}/instances/{instance_id}/swap",
    params: &[INSTANCE_ID],
    effect: Effect::Swap,
    answer: Answer::Empty,
};
