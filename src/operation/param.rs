//! Parameters of operations, as data, and their check.

use crate::error::Error;
use crate::json::Json;
use crate::text::{concat, decimal, has_control};

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path; required.
    Path,
    /// Into the query; optional.
    Query,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// A UUID.
    InstanceId,
    /// 32 hex digits or a UUID.
    JobId,
    /// 32 lower-case hex digits.
    ProjectId,
    /// Text without control characters, to 1,024 bytes.
    Text,
    /// So many decimal digits.
    Digits(u8),
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second.
    Integer(u32, u32),
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Param {
    /// Its name in JavaScript.
    pub name: &'static str,
    /// Its name on the wire.
    pub wire: &'static str,
    /// What it may be.
    pub value: ParamType,
    /// Where it goes.
    pub place: Place,
}

/// The instance a call is about.
pub(crate) const INSTANCE_ID: Param = Param {
    name: "instanceId",
    wire: "instance_id",
    value: ParamType::InstanceId,
    place: Place::Path,
};

impl Param {
    /// An optional filter.
    pub(crate) const fn query(name: &'static str, wire: &'static str, value: ParamType) -> Self {
        Self {
            name,
            wire,
            value,
            place: Place::Query,
        }
    }

    /// The parameter's text among `args`; none when it is optional and left out.
    pub(crate) fn read(&self, args: &Json) -> Result<Option<String>, Error> {
        match (self.value, args.get(self.name)) {
            (_, None | Some(Json::Null)) if self.place == Place::Query => return Ok(None),
            (ParamType::Bool, Some(Json::Bool(value))) => {
                return Ok(Some(if *value { "true" } else { "false" }.to_owned()));
            }
            (ParamType::Integer(least, most), Some(Json::Number(number))) => {
                let whole = *number as u32;
                // NaN, a fraction and what is beyond come back as another number.
                if f64::from(whole) == *number && (least..=most).contains(&whole) {
                    return Ok(Some(decimal(whole.into())));
                }
                let (least, most) = (decimal(least.into()), decimal(most.into()));
                let why = concat(&["must be a whole number from ", &least, " to ", &most]);
                return Err(Error::invalid(self.name, &why));
            }
            (ParamType::Bool | ParamType::Integer(..), _) => {}
            (value, Some(Json::String(text))) if value.allows(text) => {
                return Ok(Some(text.clone()));
            }
            _ => {}
        }
        Err(Error::invalid(self.name, self.value.wanted()))
    }
}

impl ParamType {
    const fn wanted(self) -> &'static str {
        match self {
            Self::InstanceId => "must be a UUID: 32 hex digits, with hyphens",
            Self::JobId => "must be 32 hex digits or a UUID",
            Self::ProjectId => "must be 32 lower-case hex digits",
            Self::Digits(_) => {
                "must be a date and time of 14 digits in UTC, for example 20260131235959"
            }
            Self::Text => "must be 1 to 1,024 bytes without control characters",
            Self::Bool => "must be true or false",
            Self::Integer(..) => "must be a whole number",
        }
    }

    /// Checks a text of this type.
    pub(crate) fn check(self, field: &str, text: &str) -> Result<(), Error> {
        if self.allows(text) {
            Ok(())
        } else {
            Err(Error::invalid(field, self.wanted()))
        }
    }

    #[inline(never)]
    fn allows(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::InstanceId => is_uuid(bytes),
            Self::JobId => is_uuid(bytes) || bytes.len() == 32 && bytes.iter().all(is_hex),
            Self::ProjectId => {
                bytes.len() == 32
                    && bytes
                        .iter()
                        .all(|byte| is_hex(byte) && !byte.is_ascii_uppercase())
            }
            Self::Digits(count) => {
                bytes.len() == usize::from(count) && bytes.iter().all(u8::is_ascii_digit)
            }
            _ => (1..=1024).contains(&bytes.len()) && !has_control(text),
        }
    }
}

fn is_hex(byte: &u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => is_hex(byte),
        })
}
