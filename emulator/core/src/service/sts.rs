//! The services that give temporary keys for an identity token: IAM, STS and pod identity.

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderValue, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::auth::credentials::Registration;
use crate::clock::iso;
use crate::config::{AGENCY_URN, AUDIENCE, IDP_ID, PROVIDER_URN};
use crate::errors::{answer, gateway, iam};
use crate::lock;

use super::{Call, id_token};

/// How long the keys last that may be asked for, in seconds.
const DURATIONS: std::ops::RangeInclusive<i64> = 900..=86_400;
/// How long a token of IAM lasts, in milliseconds.
const TOKEN_MS: i64 = 24 * 3600 * 1000;
/// Tokens remembered at once.
const MAX_TOKENS: usize = 1_000;

/// What the services accept and give, as `POST /_emulator/identity` takes it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sts {
    /// The identity provider that IAM knows.
    pub idp_id: String,
    /// The audience that an identity token must be for.
    pub audience: String,
    /// The identity provider that STS knows.
    pub provider_urn: String,
    /// The agency that may be assumed.
    pub agency_urn: String,
    /// How long the keys last, at most; a negative figure gives keys that are over.
    pub expires_in_ms: i64,
    #[serde(skip)]
    tokens: HashMap<String, i64>,
}

impl Default for Sts {
    fn default() -> Self {
        Self {
            idp_id: IDP_ID.to_owned(),
            audience: AUDIENCE.to_owned(),
            provider_urn: PROVIDER_URN.to_owned(),
            agency_urn: AGENCY_URN.to_owned(),
            expires_in_ms: 24 * 3600 * 1000,
            tokens: HashMap::new(),
        }
    }
}

/// A temporary key.
pub struct Key {
    access: String,
    secret: String,
    token: String,
    expires_at_ms: i64,
}

/// Makes a temporary key that the other services accept.
pub fn issue(call: &Call<'_>, lasts_ms: i64) -> Key {
    let random = || call.app.world.id();
    let key = Key {
        access: format!("EMULATORSTS{}", random()[..9].to_ascii_uppercase()),
        secret: format!("emulator-sk-{}", random()),
        token: format!("emulator-security-token-{}", random()),
        expires_at_ms: call.app.world.now_ms() + lasts_ms,
    };
    let registration = Registration {
        ak: Some(key.access.clone()),
        sk: Some(key.secret.clone()),
        security_token: Some(key.token.clone()),
        token: None,
        read_only: false,
        denied: Vec::new(),
        expires_in_ms: Some(lasts_ms),
    };
    // It names a pair, which is all that a registration needs.
    let _ = lock(&call.app.credentials).register(registration, call.app.clock.now_ms());
    key
}

impl Key {
    /// The form of IAM and the metadata service; its time has microseconds.
    pub fn of_iam(&self) -> Value {
        json!({ "credential": {
            "access": self.access,
            "secret": self.secret,
            "securitytoken": self.token,
            "expires_at": iso(self.expires_at_ms).replace('Z', "000Z"),
        } })
    }

    fn of_sts(&self, agency: &str, session: &str) -> Value {
        json!({
            "assumed_agency": { "urn": format!("{agency}/{session}"), "id": session },
            "credentials": {
                "access_key_id": self.access,
                "secret_access_key": self.secret,
                "security_token": self.token,
                "expiration": iso(self.expires_at_ms),
            },
        })
    }

    fn of_pod_identity(&self) -> Value {
        json!({
            "accessKeyId": self.access,
            "secretAccessKey": self.secret,
            "securityToken": self.token,
            "expiration": iso(self.expires_at_ms),
        })
    }
}

fn body(call: &Call<'_>) -> Value {
    serde_json::from_slice(call.body).unwrap_or_default()
}

fn header<'a>(call: &'a Call<'_>, name: &str) -> &'a str {
    let value = call.headers.get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// `CreateUnscopedTokenWithIdToken`.
pub fn token(call: &Call<'_>) -> Response<Bytes> {
    let mut sts = lock(&call.app.sts);
    let body = body(call);
    let Some(id) = body["auth"]["id_token"]["id"].as_str() else {
        return iam(400, "auth.id_token.id is missing");
    };
    if header(call, "x-idp-id") != sts.idp_id {
        return iam(404, "The identity provider does not exist");
    }
    if let Err(why) = id_token::check(id, &sts.audience, call.app.world.now_ms()) {
        return iam(401, why);
    }
    let now = call.app.world.now_ms();
    sts.tokens.retain(|_, end| *end > now);
    if sts.tokens.len() >= MAX_TOKENS {
        sts.tokens.clear();
    }
    let token = format!("emulator-subject-token-{}", call.app.world.id());
    sts.tokens.insert(token.clone(), now + TOKEN_MS);
    let mut given = answer(
        201,
        json!({ "token": {
            "methods": ["mapped"],
            "issued_at": iso(now),
            "expires_at": iso(now + TOKEN_MS),
            "user": { "id": "federation", "name": "FederationUser" },
        } }),
    );
    if let Ok(value) = HeaderValue::from_str(&token) {
        given.headers_mut().insert("x-subject-token", value);
    }
    given
}

/// `CreateTemporaryAccessKeyByToken`.
pub fn key_by_token(call: &Call<'_>) -> Response<Bytes> {
    let body = body(call);
    let identity = &body["auth"]["identity"];
    let seconds = identity["token"]["duration_seconds"]
        .as_i64()
        .unwrap_or(900);
    if identity["methods"] != json!(["token"]) || !DURATIONS.contains(&seconds) {
        return iam(400, "auth.identity is not valid");
    }
    let token = identity["token"]["id"]
        .as_str()
        .unwrap_or_else(|| header(call, "x-auth-token"));
    let lasts = {
        let sts = lock(&call.app.sts);
        let known = sts
            .tokens
            .get(token)
            .is_some_and(|end| *end > call.app.world.now_ms());
        if !known {
            return iam(401, "The token is invalid or has expired");
        }
        sts.expires_in_ms.min(seconds * 1000)
    };
    answer(201, issue(call, lasts).of_iam())
}

/// `AssumeAgencyWithOidc`.
pub fn assume(call: &Call<'_>) -> Response<Bytes> {
    let body = body(call);
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    let refused = |status, code, why: &str| gateway(status, code, why, call.request_id);
    for name in [
        "provider_urn",
        "agency_urn",
        "agency_session_name",
        "id_token",
    ] {
        if text(name).is_none() {
            return refused(400, "STS.0400", &format!("{name} is missing"));
        }
    }
    let seconds = body["duration_seconds"].as_i64().unwrap_or(3600);
    if !DURATIONS.contains(&seconds) {
        return refused(400, "STS.0400", "duration_seconds is not valid");
    }
    let (agency, lasts) = {
        let sts = lock(&call.app.sts);
        if text("provider_urn") != Some(&sts.provider_urn) {
            return refused(404, "STS.0404", "The identity provider does not exist");
        }
        if text("agency_urn") != Some(&sts.agency_urn) {
            return refused(403, "STS.0403", "The agency may not be assumed");
        }
        if let Err(why) = id_token::check(
            text("id_token").unwrap_or_default(),
            &sts.audience,
            call.app.world.now_ms(),
        ) {
            return refused(401, "STS.0401", why);
        }
        (
            sts.agency_urn.clone(),
            sts.expires_in_ms.min(seconds * 1000),
        )
    };
    let session = text("agency_session_name").unwrap_or_default();
    answer(200, issue(call, lasts).of_sts(&agency, session))
}

/// Pod identity: the token is the whole `Authorization` header.
pub fn pod_identity(call: &Call<'_>) -> Response<Bytes> {
    let lasts = {
        let sts = lock(&call.app.sts);
        if let Err(why) = id_token::check(
            header(call, "authorization"),
            &sts.audience,
            call.app.world.now_ms(),
        ) {
            return answer(401, json!({ "code": "Unauthorized", "message": why }));
        }
        sts.expires_in_ms
    };
    answer(200, issue(call, lasts).of_pod_identity())
}
