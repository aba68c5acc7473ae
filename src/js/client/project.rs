//! The project id of a call: given, of the credentials, or looked up once at IAM for all calls of the process.

use std::rc::Rc;

use js_sys::Map;
use wasm_bindgen::JsValue;

use super::context::Context;
use super::failure::Failure;
use super::wait::Waited;
use crate::credential::Credential as Secret;
use crate::error::Error;
use crate::js::credential::Credential;
use crate::operation::check_project_id;
use crate::text::concat;

/// Stands in a path for the project that the page's own back end acts in.
const OF_SERVER: &str = "-";

thread_local! {
    /// The promise of each look-up that is under way or has ended well, by its key.
    static LOOK_UPS: Map = Map::new();
}

/// The project id for a call of DCS.
///
/// # Errors
/// `InvalidArgument` with field `projectId`; what the look-up fails with; the caller's abort.
pub(super) async fn project_id(
    context: &Context,
    credential: Option<&Credential>,
) -> Result<String, Failure> {
    if !context.signs() {
        return Ok(OF_SERVER.to_owned());
    }
    if let Some(id) = &context.config.project_id {
        return Ok(id.clone());
    }
    let Some(credential) = credential else {
        return Err(missing("must be given with signer"));
    };
    if let Some(id) = credential.project_id() {
        check_project_id(id)?;
        return Ok(id.to_owned());
    }
    let key = key_of(context, credential)?;
    let look_up = LOOK_UPS.with(|look_ups| {
        let known = look_ups.get(&key);
        if !known.is_undefined() {
            return known;
        }
        let mut own = context.for_look_up();
        if let Some(iam) = credential.iam_endpoint() {
            Rc::make_mut(&mut own.config).iam_endpoint = Some(iam.to_owned());
        }
        let started = (context.start_look_up)(own, key.clone()).into();
        look_ups.set(&key, &started);
        started
    });
    match context.wait_for(&look_up).await? {
        Waited::Value(id) => Ok(id.as_string().unwrap_or_default()),
        Waited::Thrown(error) => Err(Failure::Shared(error)),
        Waited::Late => Err(Error::timeout(context.config.timeout_ms).into()),
    }
}

/// Lets go of a look-up that has failed, so that the next call tries again.
pub(super) fn forget(key: &JsValue) {
    LOOK_UPS.with(|look_ups| look_ups.delete(key));
}

/// Under which a look-up is kept: who asks, for which region, and whom.
fn key_of(context: &Context, credential: &Credential) -> Result<JsValue, Failure> {
    let config = &context.config;
    let iam = credential.iam_endpoint().or(config.iam_endpoint.as_deref());
    let (region, iam) = match (&config.via, &config.region, iam) {
        (Some(_), ..) => return Err(missing("must be given with via")),
        (None, Some(region), Some(iam)) => (region, iam),
        _ => return Err(missing("must be given, or a known region")),
    };
    let who = match credential.secret() {
        Secret::AccessKey(key) => key.ak().to_owned(),
        // A token is secret: its hash tells it apart as well.
        Secret::Token(token) => token.fingerprint(),
    };
    Ok(concat(&[&who, "\n", region, "\n", iam]).into())
}

fn missing(why: &str) -> Failure {
    Error::invalid("projectId", why).into()
}
