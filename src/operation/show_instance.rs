//! ShowInstance: one instance.

use super::param::INSTANCE_ID;
use super::{Answer, Effect, Instance, Operation, Service};

/// `GET /v2/{project_id}/instances/{instance_id}`
pub const OPERATION: Operation = Operation {
    name: "showInstance",
    service: Service::Dcs,
    method: "GET",
    path: "/v2/{project_id}/instances/{instance_id}",
    params: &[INSTANCE_ID],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, request| {
            let instance = Instance::read(json)?;
            let same = request.is_about("instance_id", instance.id);
            same.then_some(()).ok_or("the instance that was asked for")
        },
        members: Instance::MEMBERS,
    },
};
