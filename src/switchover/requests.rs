//! The requests of a switchover that do not change while it lasts.

use super::tasks;
use crate::error::Error;
use crate::json::Json;
use crate::operation::{
    Operation, Request, change_master_standby_async, list_background_task,
    list_group_replication_info, show_instance,
};

/// The requests that do not change.
#[derive(Debug)]
pub(super) struct Requests {
    pub instance: Request,
    pub tasks: Request,
    pub roles: Request,
    pub swap: Request,
}

impl Requests {
    pub(super) fn new(instance_id: &str) -> Result<Self, Error> {
        let mut args = Json::object();
        args.add_text("instanceId", instance_id);
        args.add_number("limit", tasks::LIMIT as f64);
        let request = |operation: &'static Operation| operation.request(&args);
        Ok(Self {
            instance: request(&show_instance::OPERATION)?,
            tasks: request(&list_background_task::OPERATION)?,
            roles: request(&list_group_replication_info::OPERATION)?,
            swap: request(&change_master_standby_async::OPERATION)?,
        })
    }
}
