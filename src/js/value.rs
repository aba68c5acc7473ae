//! Reading and making JavaScript values. Reads go through `Reflect`, which catches what getters and proxies throw: an
//! exception that passes through wasm would leave the instance in disorder.

#[cfg(feature = "client")]
use js_sys::Array;
use js_sys::{Object, Reflect};
#[cfg(feature = "client")]
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

use crate::error::Error;

/// The own members of an object whose names are strings, read once. Undefined ones are left out.
///
/// # Errors
/// `InvalidArgument` naming `field` when it is no object, or cannot be read.
pub fn members(value: &JsValue, field: &str) -> Result<Vec<(String, JsValue)>, Error> {
    if !value.is_object() || value.is_function() {
        return Err(Error::invalid(field, "must be an object"));
    }
    let unreadable = |_| Error::invalid(field, "cannot be read: a getter or proxy threw");
    let mut members = Vec::new();
    for key in Reflect::own_keys(value).map_err(unreadable)?.iter() {
        let Some(name) = key.as_string() else {
            continue;
        };
        let member = Reflect::get(value, &key).map_err(unreadable)?;
        if !member.is_undefined() {
            members.push((name, member));
        }
    }
    Ok(members)
}

/// An object with these members.
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

/// Sets a member, unless it is undefined.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        // Fails for no plain object.
        let _ = Reflect::set(object, &name.into(), value);
    }
}

/// A list of objects.
#[cfg(feature = "client")]
pub fn list(items: impl IntoIterator<Item = Object>) -> JsValue {
    items.into_iter().collect::<Array>().into()
}

/// Undefined for none.
pub fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::UNDEFINED, JsValue::from_str)
}

/// The function that a member must be.
///
/// # Errors
/// `InvalidArgument` naming `field`.
#[cfg(feature = "client")]
pub fn function(value: JsValue, field: &str) -> Result<js_sys::Function, Error> {
    value
        .dyn_into()
        .map_err(|_| Error::invalid(field, "must be a function"))
}

/// A plain value as [`crate::json::Json`]: scalars by serde-wasm-bindgen, lists and objects member by member.
///
/// # Errors
/// `InvalidArgument` naming `field` for a function, a symbol, an object that cannot be read or nests too deeply.
#[cfg(feature = "client")]
pub fn plain(value: JsValue, field: &str, depth: u8) -> Result<crate::json::Json, Error> {
    use crate::json::Json;

    if !value.is_object() {
        return serde_wasm_bindgen::from_value(value)
            .map_err(|_| Error::invalid(field, "must be a plain value"));
    }
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Error::invalid(field, "nests too deeply"));
    };
    // `members` has read the keys when `is_array` is asked: that one throws for a revoked proxy.
    let members = members(&value, field)?;
    if Array::is_array(&value) {
        let items = members.into_iter().filter(|(name, _)| name != "length");
        return items
            .map(|(_, item)| plain(item, field, deeper))
            .collect::<Result<_, _>>()
            .map(Json::Array);
    }
    let read = members
        .into_iter()
        .map(|(name, member)| Ok((name, plain(member, field, deeper)?)));
    read.collect::<Result<_, _>>().map(Json::Object)
}
