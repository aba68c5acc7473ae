//! What a core is started with, and the constants a client needs to talk to it.
//!
//! Every value here is public by design: none of them opens anything but the emulator.

use serde_json::{Value, json};

/// The region served when none is named.
pub const REGION: &str = "cn-north-4";
/// The project that owns the default fleet.
pub const PROJECT_ID: &str = "0123456789abcdef0123456789abcdef";
/// A permanent access key.
pub const ACCESS_KEY: &str = "EMULATORAK0000000001";
/// The secret of [`ACCESS_KEY`].
pub const SECRET_KEY: &str = "emulator-sk-not-a-secret-000000000001";
/// A temporary access key, valid only together with [`SECURITY_TOKEN`].
pub const TEMPORARY_ACCESS_KEY: &str = "EMULATORTEMP00000001";
/// The secret of [`TEMPORARY_ACCESS_KEY`].
pub const TEMPORARY_SECRET_KEY: &str = "emulator-sk-not-a-secret-000000000002";
/// The security token that belongs to [`TEMPORARY_ACCESS_KEY`].
pub const SECURITY_TOKEN: &str = "emulator-security-token";
/// A token for `X-Auth-Token`.
pub const TOKEN: &str = "emulator-token";
/// The identity provider that IAM knows.
pub const IDP_ID: &str = "emulator-idp";
/// The audience of the identity tokens.
pub const AUDIENCE: &str = "dcs-emulator";
/// The identity provider that STS knows.
pub const PROVIDER_URN: &str = "iam::d78cbac186b744899480f25bd022f468:oidcProvider:emulator";
/// The agency that an identity token may assume.
pub const AGENCY_URN: &str = "iam::d78cbac186b744899480f25bd022f468:agency:dcs-switchover";
/// Where pod identity gives its keys.
pub const POD_IDENTITY_PATH: &str = "/pod-identity/credentials";

/// How far `X-Sdk-Date` may be from the gateway's clock, in milliseconds.
pub const DATE_WINDOW_MS: i64 = 15 * 60 * 1000;
/// Failed authentications in a row that lock an access key.
pub const FAILURES_TO_LOCK: u32 = 5;
/// How long a locked access key stays locked, in milliseconds.
pub const LOCK_MS: i64 = 5 * 60 * 1000;
/// The largest request body the gateway reads (the real one stops at 12 MB).
pub const MAX_BODY: usize = 12 * 1024 * 1024;
/// Requests kept in the log that `GET /_emulator/state` shows.
pub const LOG_LENGTH: usize = 2_000;
/// Finished jobs kept for `ShowJobInfo`, the newest ones.
pub const JOBS_KEPT: usize = 20_000;

/// The id of the n-th instance of the default fleet, counted from one.
#[must_use]
pub fn instance_id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// Which of the two published forms of an error code is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeForm {
    /// `DCS.4049`.
    #[default]
    Dcs,
    /// `111400017`; codes that exist only in the newer form keep it.
    NineDigit,
}

/// What a core is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many master/standby instances to start with.
    pub instances: usize,
    /// Whether one instance of every other kind and state is added.
    pub variety: bool,
    /// How long a swap takes, in milliseconds.
    pub job_ms: u64,
    /// The region that IAM knows the project by.
    pub region: String,
    /// The form of the service's error codes.
    pub codes: CodeForm,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            instances: 1,
            variety: false,
            job_ms: 300,
            region: REGION.to_owned(),
            codes: CodeForm::default(),
        }
    }
}

/// The constants of this module as JSON, for `--print-config`.
#[must_use]
pub fn printed(region: &str) -> Value {
    json!({
        "region": region,
        "project_id": PROJECT_ID,
        "instance_id": instance_id(1),
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "temporary": {
            "access_key": TEMPORARY_ACCESS_KEY,
            "secret_key": TEMPORARY_SECRET_KEY,
            "security_token": SECURITY_TOKEN,
        },
        "token": TOKEN,
        "identity": {
            "idp_id": IDP_ID,
            "audience": AUDIENCE,
            "provider_urn": PROVIDER_URN,
            "agency_urn": AGENCY_URN,
            "pod_identity_path": POD_IDENTITY_PATH,
        },
        "date_window_ms": DATE_WINDOW_MS,
        "failures_to_lock": FAILURES_TO_LOCK,
        "lock_ms": LOCK_MS,
    })
}
