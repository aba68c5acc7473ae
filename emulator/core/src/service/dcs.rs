//! The DCS operations.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::errors::{BUSY, Dcs, answer, busy_with};
use crate::faults::world::plan;
use crate::fleet::instance::Instance;
use crate::fleet::job::{self, Begun, Order};
use crate::fleet::task::CALLER;
use crate::fleet::view;

use super::{Call, Ids, is_hex32, is_uuid, parameter};

type Answer = Result<Response<Bytes>, Dcs>;

/// The most that one page of a list holds.
const MAX_PAGE: usize = 1000;
/// What a page holds when nothing is said.
const PAGE: usize = 10;

/// `ChangeMasterStandbyAsync`.
pub fn swap_async(ids: &Ids, call: &Call<'_>) -> Answer {
    let begun = begin(ids, call)?;
    Ok(answer(200, json!({ "job_id": begun.job_id })))
}

/// `ChangeMasterStandby`: the same, answered when it is done.
pub async fn swap(ids: &Ids, call: &Call<'_>) -> Answer {
    let begun = begin(ids, call)?;
    match begun.ended.await {
        Ok(Ok(())) => {
            let mut done = Response::new(Bytes::new());
            *done.status_mut() = StatusCode::NO_CONTENT;
            Ok(done)
        }
        _ => Err(Dcs::Internal),
    }
}

fn begin(ids: &Ids, call: &Call<'_>) -> Result<Begun, Dcs> {
    let instance = find(ids, call)?;
    let begun = begin_on(&instance, call);
    if begun.is_err() {
        instance.counters.refused.fetch_add(1, Ordering::SeqCst);
    }
    begun
}

fn begin_on(instance: &Arc<Instance>, call: &Call<'_>) -> Result<Begun, Dcs> {
    if call.identity.is_some_and(|who| who.read_only) {
        return Err(Dcs::ReadOnly);
    }
    if !instance.has_standby() {
        return Err(Dcs::OnlyMasterStandby);
    }
    let settings = instance.settings();
    let busy = |usual: &'static str| {
        let set = settings.busy_code.as_deref();
        let code = BUSY.iter().find(|code| Some(**code) == set);
        Err(Dcs::Busy(code.copied().unwrap_or(usual)))
    };
    if settings.status != "RUNNING" {
        return busy("DCS.4049");
    }
    if let Some(task) = &settings.task {
        return busy(busy_with(task));
    }
    if !instance.claim() {
        return busy("DCS.4017");
    }
    let order = Order {
        plan: plan(call.faults),
        length: Duration::from_millis(settings.job_ms.unwrap_or(call.app.options.job_ms)),
        user: CALLER,
    };
    Ok(job::start(&call.app.fleet, instance, order))
}

/// `ShowJobInfo`. The published table has no code for a job that does not exist, so it is an
/// address that does not.
pub fn job(ids: &Ids, call: &Call<'_>) -> Answer {
    project(ids, call)?;
    if !is_hex32(&ids.subject) && !is_uuid(&ids.subject) {
        return Err(Dcs::InvalidJobId);
    }
    let job = call.app.fleet.job(&ids.subject).ok_or(Dcs::NoUrl)?;
    Ok(answer(200, json!(job)))
}

/// `ShowInstance`.
pub fn show(ids: &Ids, call: &Call<'_>) -> Answer {
    let instance = find(ids, call)?;
    Ok(answer(
        200,
        view::shown(&instance, &call.app.options.region),
    ))
}

/// `ListGroupReplicationInfo`.
pub async fn groups(ids: &Ids, call: &Call<'_>) -> Answer {
    let instance = find(ids, call)?;
    let groups = instance.shown_groups().await.map_err(|_| Dcs::Internal)?;
    Ok(answer(200, view::groups(&instance, &groups)))
}

/// The part of a list that a query asks for: offset and limit.
pub fn page(query: &str) -> Result<(usize, usize), Dcs> {
    let number = |name: &'static str, otherwise: usize| match parameter(query, name) {
        Some(text) => text.parse().map_err(|_| Dcs::InvalidParameter(name)),
        None => Ok(otherwise),
    };
    let offset = number("offset", 0)?;
    let limit = number("limit", PAGE)?;
    if (1..=MAX_PAGE).contains(&limit) {
        Ok((offset, limit))
    } else {
        Err(Dcs::InvalidParameter("limit"))
    }
}

/// `ListInstances`.
pub fn list(ids: &Ids, call: &Call<'_>) -> Answer {
    project(ids, call)?;
    let (offset, limit) = page(call.query)?;
    let filter = Filter::read(call.query)?;
    let all: Vec<_> = call
        .app
        .fleet
        .all()
        .into_iter()
        .filter(|i| filter.keeps(i))
        .collect();
    let page: Vec<_> = all
        .iter()
        .skip(offset)
        .take(limit)
        .map(|instance| view::listed(instance, &call.app.options.region))
        .collect();
    Ok(answer(
        200,
        json!({ "instance_num": all.len(), "instances": page }),
    ))
}

/// The filters of a list.
struct Filter {
    instance_id: Option<String>,
    name: Option<String>,
    name_equal: bool,
    status: Option<String>,
    ip: Option<String>,
    capacity: Option<u32>,
    include_failure: bool,
    tags: bool,
}

impl Filter {
    fn read(query: &str) -> Result<Self, Dcs> {
        let text = |name| parameter(query, name).filter(|value| !value.is_empty());
        let flag = |name: &'static str| match text(name).as_deref() {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(_) => Err(Dcs::InvalidParameter(name)),
        };
        flag("include_delete")?;
        Ok(Self {
            instance_id: text("instance_id"),
            name: text("name"),
            name_equal: flag("name_equal")?,
            status: text("status"),
            ip: text("ip"),
            capacity: text("capacity")
                .map(|t| t.parse().map_err(|_| Dcs::InvalidParameter("capacity")))
                .transpose()?,
            include_failure: flag("include_failure")?,
            tags: text("tags").is_some(),
        })
    }

    fn keeps(&self, instance: &Instance) -> bool {
        let named = |wanted: &str| {
            if self.name_equal {
                instance.name == wanted
            } else {
                instance.name.contains(wanted)
            }
        };
        let status = instance.status();
        let failed = status == "CREATEFAILED";
        self.instance_id.as_ref().is_none_or(|id| *id == instance.id)
            && self.name.as_deref().is_none_or(named)
            && self.status.as_ref().is_none_or(|wanted| *wanted == status)
            && self.ip.as_ref().is_none_or(|part| instance.ip.contains(part.as_str()))
            && self.capacity.is_none_or(|wanted| wanted == instance.capacity)
            && (!failed || self.include_failure)
            // No instance here carries a tag.
            && !self.tags
    }
}

/// The instance of a path.
pub fn find(ids: &Ids, call: &Call<'_>) -> Result<Arc<Instance>, Dcs> {
    project(ids, call)?;
    if !is_uuid(&ids.subject) {
        return Err(Dcs::InvalidInstanceId);
    }
    call.app.fleet.get(&ids.subject).ok_or(Dcs::NoInstance)
}

/// The project of the path must be well-formed, known, and the one that the header names.
pub fn project(ids: &Ids, call: &Call<'_>) -> Result<(), Dcs> {
    if !is_hex32(&ids.project) {
        return Err(Dcs::InvalidProjectId);
    }
    let header = call.headers.get("x-project-id");
    let fits = header.is_none_or(|value| value.as_bytes() == ids.project.as_bytes());
    if fits && call.app.knows_project(&ids.project) {
        Ok(())
    } else {
        Err(Dcs::ProjectMismatch)
    }
}
