//! The requests of a switchover that do not change while it lasts.

use crate::error::Error;
use crate::json::Json;
use crate::operation::{
    Operation, Request, change_master_standby_async, list_background_task,
    list_group_replication_info, show_instance,
};
use crate::sign::SdkDate;

/// The requests that do not change.
#[derive(Debug)]
pub(super) struct Requests {
    pub instance: Request,
    pub tasks: Request,
    pub roles: Request,
    pub swap: Request,
}

impl Requests {
    pub(super) fn new(instance_id: &str, since: SdkDate) -> Result<Self, Error> {
        let mut args = Json::object();
        args.add_text("instanceId", instance_id);
        args.add_number("limit", 100.0);
        args.add_text("startTime", &since.digits());
        let request = |operation: &'static Operation| operation.request(&args);
        Ok(Self {
            instance: request(&show_instance::OPERATION)?,
            tasks: request(&list_background_task::OPERATION)?,
            roles: request(&list_group_replication_info::OPERATION)?,
            swap: request(&change_master_standby_async::OPERATION)?,
        })
    }
}
