//! The operations, and which of them an address means.

pub mod dcs;
pub mod iam;
pub mod id_token;
pub mod metadata;
pub mod metric;
pub mod sts;
pub mod tasks;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Identity;
use crate::errors::Dcs;
use crate::faults::Fault;
use crate::lock;

/// An operation, with the ids of its path as they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `PUT /v2/{project_id}/instances/{instance_id}/async-swap`.
    ChangeMasterStandbyAsync(Ids),
    /// `POST /v2/{project_id}/instances/{instance_id}/swap`.
    ChangeMasterStandby(Ids),
    /// `GET /v2/{project_id}/jobs/{job_id}`; the id is the job's.
    ShowJobInfo(Ids),
    /// `GET /v2/{project_id}/instances`.
    ListInstances(Ids),
    /// `GET /v2/{project_id}/instances/{instance_id}`.
    ShowInstance(Ids),
    /// `GET /v2/{project_id}/instance/{instance_id}/groups`.
    ListGroupReplicationInfo(Ids),
    /// `GET /v2/{project_id}/instances/{instance_id}/tasks`.
    ListBackgroundTask(Ids),
    /// `GET /V1.0/{project_id}/metric-data`, Cloud Eye's.
    ShowMetricData(Ids),
    /// `GET /v3/projects`.
    KeystoneListProjects,
    /// `POST /v3.0/OS-AUTH/id-token/tokens`.
    CreateUnscopedTokenWithIdToken,
    /// `POST /v3.0/OS-CREDENTIAL/securitytokens`.
    CreateTemporaryAccessKeyByToken,
    /// `POST /v5/agencies/assume-with-oidc`, STS's.
    AssumeAgencyWithOidc,
    /// `POST /pod-identity/credentials`, an address that only the environment of a pod names.
    PodIdentityCredentials,
    /// `PUT /meta-data/latest/api/token`.
    MetadataToken,
    /// `GET /openstack/latest/securitykey`.
    MetadataSecurityKey,
}

/// The project of a path, and the id of what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// The project.
    pub project: String,
    /// The instance or the job; empty for a list.
    pub subject: String,
}

impl Operation {
    /// The operation of a method and a path.
    ///
    /// # Errors
    /// [`Dcs::NoUrl`] or [`Dcs::Method`].
    pub fn of(method: &str, path: &str) -> Result<Self, Dcs> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ids = |project: &str, subject: &str| Ids {
            project: project.to_owned(),
            subject: subject.to_owned(),
        };
        let (wanted, operation) = match segments[..] {
            ["v2", project, "instances", id, "async-swap"] => {
                ("PUT", Self::ChangeMasterStandbyAsync(ids(project, id)))
            }
            ["v2", project, "instances", id, "swap"] => {
                ("POST", Self::ChangeMasterStandby(ids(project, id)))
            }
            ["v2", project, "jobs", id] => ("GET", Self::ShowJobInfo(ids(project, id))),
            ["v2", project, "instances"] => ("GET", Self::ListInstances(ids(project, ""))),
            ["v2", project, "instances", id] => ("GET", Self::ShowInstance(ids(project, id))),
            ["v2", project, "instance", id, "groups"] => {
                ("GET", Self::ListGroupReplicationInfo(ids(project, id)))
            }
            ["v2", project, "instances", id, "tasks"] => {
                ("GET", Self::ListBackgroundTask(ids(project, id)))
            }
            ["V1.0", project, "metric-data"] => ("GET", Self::ShowMetricData(ids(project, ""))),
            ["v3", "projects"] => ("GET", Self::KeystoneListProjects),
            ["v3.0", "OS-AUTH", "id-token", "tokens"] => {
                ("POST", Self::CreateUnscopedTokenWithIdToken)
            }
            ["v3.0", "OS-CREDENTIAL", "securitytokens"] => {
                ("POST", Self::CreateTemporaryAccessKeyByToken)
            }
            ["v5", "agencies", "assume-with-oidc"] => ("POST", Self::AssumeAgencyWithOidc),
            ["pod-identity", "credentials"] => ("POST", Self::PodIdentityCredentials),
            ["meta-data", "latest", "api", "token"] => ("PUT", Self::MetadataToken),
            ["openstack", "latest", "securitykey"] => ("GET", Self::MetadataSecurityKey),
            _ => return Err(Dcs::NoUrl),
        };
        if wanted == method {
            Ok(operation)
        } else {
            Err(Dcs::Method)
        }
    }

    /// The names of all operations.
    pub const NAMES: [&str; 15] = [
        "ChangeMasterStandbyAsync",
        "ChangeMasterStandby",
        "ShowJobInfo",
        "ListInstances",
        "ShowInstance",
        "ListGroupReplicationInfo",
        "ListBackgroundTask",
        "ShowMetricData",
        "KeystoneListProjects",
        "CreateUnscopedTokenWithIdToken",
        "CreateTemporaryAccessKeyByToken",
        "AssumeAgencyWithOidc",
        "PodIdentityCredentials",
        "MetadataToken",
        "MetadataSecurityKey",
    ];

    /// The operation's name in the API reference.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ChangeMasterStandbyAsync(_) => "ChangeMasterStandbyAsync",
            Self::ChangeMasterStandby(_) => "ChangeMasterStandby",
            Self::ShowJobInfo(_) => "ShowJobInfo",
            Self::ListInstances(_) => "ListInstances",
            Self::ShowInstance(_) => "ShowInstance",
            Self::ListGroupReplicationInfo(_) => "ListGroupReplicationInfo",
            Self::ListBackgroundTask(_) => "ListBackgroundTask",
            Self::ShowMetricData(_) => "ShowMetricData",
            Self::KeystoneListProjects => "KeystoneListProjects",
            Self::CreateUnscopedTokenWithIdToken => "CreateUnscopedTokenWithIdToken",
            Self::CreateTemporaryAccessKeyByToken => "CreateTemporaryAccessKeyByToken",
            Self::AssumeAgencyWithOidc => "AssumeAgencyWithOidc",
            Self::PodIdentityCredentials => "PodIdentityCredentials",
            Self::MetadataToken => "MetadataToken",
            Self::MetadataSecurityKey => "MetadataSecurityKey",
        }
    }

    /// The instance in the path.
    #[must_use]
    pub fn instance_id(&self) -> Option<&str> {
        match self {
            Self::ChangeMasterStandbyAsync(ids)
            | Self::ChangeMasterStandby(ids)
            | Self::ShowInstance(ids)
            | Self::ListBackgroundTask(ids)
            | Self::ListGroupReplicationInfo(ids) => Some(&ids.subject),
            _ => None,
        }
    }

    /// The id in the path that a read is about, to be exchanged for another.
    pub const fn subject_of_read(&mut self) -> Option<&mut String> {
        match self {
            Self::ShowInstance(ids)
            | Self::ShowJobInfo(ids)
            | Self::ListBackgroundTask(ids)
            | Self::ListGroupReplicationInfo(ids) => Some(&mut ids.subject),
            _ => None,
        }
    }

    /// Whether it swaps.
    #[must_use]
    pub const fn is_swap(&self) -> bool {
        matches!(
            self,
            Self::ChangeMasterStandbyAsync(_) | Self::ChangeMasterStandby(_)
        )
    }

    /// Whether it is IAM's.
    #[must_use]
    pub const fn is_iam(&self) -> bool {
        matches!(
            self,
            Self::KeystoneListProjects
                | Self::CreateUnscopedTokenWithIdToken
                | Self::CreateTemporaryAccessKeyByToken
        )
    }

    /// Whether the caller must prove who it is.
    #[must_use]
    pub const fn is_authenticated(&self) -> bool {
        !matches!(
            self,
            Self::CreateUnscopedTokenWithIdToken
                | Self::CreateTemporaryAccessKeyByToken
                | Self::AssumeAgencyWithOidc
                | Self::PodIdentityCredentials
                | Self::MetadataToken
                | Self::MetadataSecurityKey
        )
    }
}

/// What an operation is run with.
pub struct Call<'a> {
    /// Everything.
    pub app: &'a Arc<App>,
    /// Who calls; nobody where keys are given out.
    pub identity: Option<&'a Identity>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The query, as sent.
    pub query: &'a str,
    /// The body, as sent.
    pub body: &'a [u8],
    /// The id given to the request.
    pub request_id: &'a str,
    /// The faults, some of which bend a job.
    pub faults: &'a [Fault],
}

/// Runs an operation.
pub async fn run(operation: &Operation, call: &Call<'_>) -> Response<Bytes> {
    let form = call.app.options.codes;
    let name = operation.name();
    if lock(&call.app.denied).contains(name)
        || call
            .identity
            .is_some_and(|who| who.denied.iter().any(|denied| denied == name))
    {
        return Dcs::NoPermission.answer(form);
    }
    let result = match operation {
        Operation::ChangeMasterStandbyAsync(ids) => dcs::swap_async(ids, call),
        Operation::ChangeMasterStandby(ids) => dcs::swap(ids, call).await,
        Operation::ShowJobInfo(ids) => dcs::job(ids, call),
        Operation::ListInstances(ids) => dcs::list(ids, call),
        Operation::ShowInstance(ids) => dcs::show(ids, call),
        Operation::ListGroupReplicationInfo(ids) => dcs::groups(ids, call).await,
        Operation::ListBackgroundTask(ids) => tasks::list(ids, call),
        Operation::ShowMetricData(ids) => metric::data(ids, call).await,
        Operation::KeystoneListProjects => Ok(iam::projects(call)),
        Operation::CreateUnscopedTokenWithIdToken => Ok(sts::token(call)),
        Operation::CreateTemporaryAccessKeyByToken => Ok(sts::key_by_token(call)),
        Operation::AssumeAgencyWithOidc => Ok(sts::assume(call)),
        Operation::PodIdentityCredentials => Ok(sts::pod_identity(call)),
        Operation::MetadataToken => Ok(metadata::token(call)),
        Operation::MetadataSecurityKey => Ok(metadata::security_key(call)),
    };
    result.unwrap_or_else(|error| error.answer(form))
}

/// 32 lower-case hex digits.
pub fn is_hex32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A UUID with its hyphens.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok()
}

/// A parameter of a query, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let decode = |t: &str| {
        percent_encoding::percent_decode_str(t)
            .decode_utf8_lossy()
            .into_owned()
    };
    query
        .split('&')
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .find(|(key, _)| decode(key) == name)
        .map(|(_, value)| decode(value))
}
