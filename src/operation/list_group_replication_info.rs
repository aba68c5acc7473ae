//! ListGroupReplicationInfo: the roles of the nodes.

use super::param::INSTANCE_ID;
use super::{Answer, Effect, Node, Operation, Service};

/// `GET /v2/{project_id}/instance/{instance_id}/groups` (`instance`, singular)
pub const OPERATION: Operation = Operation {
    name: "listGroupReplicationInfo",
    service: Service::Dcs,
    method: "GET",
    path: "/v2/{project_id}/instance/{instance_id}/groups",
    params: &[INSTANCE_ID],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, _| Node::read_groups(json).map(drop),
        members: Node::MEMBERS,
    },
};
