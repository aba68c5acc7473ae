//! IAM: which projects a region has.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::app::Project;
use crate::config::PROJECT_ID;
use crate::errors::answer;
use crate::lock;

use super::{Call, parameter};

/// `KeystoneListProjects`, with its `name` filter.
pub fn projects(call: &Call<'_>) -> Response<Bytes> {
    let name = parameter(call.query, "name");
    let set = lock(&call.app.projects).clone();
    let known = set.unwrap_or_else(|| {
        vec![Project {
            id: PROJECT_ID.to_owned(),
            name: call.app.options.region.clone(),
        }]
    });
    let listed: Vec<Value> = known
        .iter()
        .filter(|project| name.as_ref().is_none_or(|wanted| *wanted == project.name))
        .map(|project| {
            json!({
                "id": project.id,
                "name": project.name,
                "domain_id": "d78cbac186b744899480f25bd022f468",
                "parent_id": "d78cbac186b744899480f25bd022f468",
                "is_domain": false,
                "enabled": true,
                "description": "",
                "links": { "self": format!("https://iam.myhuaweicloud.com/v3/projects/{}", project.id) },
            })
        })
        .collect();
    answer(
        200,
        json!({
            "links": { "next": null, "previous": null, "self": "https://iam.myhuaweicloud.com/v3/projects" },
            "projects": listed,
        }),
    )
}
