//! Parameters of operations, as data, and their check.

use crate::error::Error;
use crate::json::Json;
use crate::text::decimal;

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
pub enum Kind {
    /// A UUID.
    InstanceId,
    /// 32 hex digits or a UUID.
    JobId,
    /// 32 lower-case hex digits.
    ProjectId,
    /// Text without control characters, to 1,024 bytes.
    Text,
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
    pub kind: Kind,
    /// Where it goes.
    pub place: Place,
}

/// The instance a call is about.
pub(crate) const INSTANCE_ID: Param = Param {
    name: "instanceId",
    wire: "instance_id",
    kind: Kind::InstanceId,
    place: Place::Path,
};

impl Param {
    /// An optional filter.
    pub(crate) const fn query(name: &'static str, wire: &'static str, kind: Kind) -> Self {
        Self {
            name,
            wire,
            kind,
            place: Place::Query,
        }
    }

    /// The parameter's text among `args`; none when it is optional and left out.
    pub(crate) fn read(&self, args: &Json) -> Result<Option<String>, Error> {
        let wrong = |why: &str| Err(Error::invalid(self.name, why));
        match (self.kind, args.get(self.name)) {
            (_, None | Some(Json::Null)) => match self.place {
                Place::Path => wrong(self.kind.wanted()),
                Place::Query => Ok(None),
            },
            (Kind::Bool, Some(Json::Bool(value))) => {
                Ok(Some(if *value { "true" } else { "false" }.to_owned()))
            }
            (Kind::Integer(least, most), Some(Json::Number(number))) => {
                // A float compares exactly here, and NaN compares false.
                if number.fract() == 0.0
                    && *number >= f64::from(least)
                    && *number <= f64::from(most)
                {
                    Ok(Some(decimal(*number as u64)))
                } else {
                    wrong(
                        &[
                            "must be a whole number from ",
                            &decimal(least.into()),
                            " to ",
                            &decimal(most.into()),
                        ]
                        .concat(),
                    )
                }
            }
            (Kind::Bool | Kind::Integer(..), Some(_)) => wrong(self.kind.wanted()),
            (kind, Some(Json::String(text))) => {
                kind.check(self.name, text)?;
                Ok(Some(text.clone()))
            }
            (kind, Some(_)) => wrong(kind.wanted()),
        }
    }
}

impl Kind {
    const fn wanted(self) -> &'static str {
        match self {
            Self::InstanceId => "must be a UUID, for example 7b2a9b0e-1f6c-4f0e-9d4f-0a1b2c3d4e5f",
            Self::JobId => "must be a job id: 32 hex digits or a UUID",
            Self::ProjectId => "must be 32 lower-case hex digits",
            Self::Text => "must be a text of 1 to 1,024 bytes without control characters",
            Self::Bool => "must be true or false",
            Self::Integer(..) => "must be a whole number",
        }
    }

    /// Checks a text of this kind.
    pub(crate) fn check(self, field: &str, text: &str) -> Result<(), Error> {
        let right = match self {
            Self::InstanceId => is_uuid(text),
            Self::JobId => is_uuid(text) || is_hex(text, 32),
            Self::ProjectId => {
                is_hex(text, 32) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
            }
            _ => (1..=1024).contains(&text.len()) && !text.chars().any(char::is_control),
        };
        if right {
            Ok(())
        } else {
            Err(Error::invalid(field, self.wanted()))
        }
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_uuid(text: &str) -> bool {
    let mut parts = text.split('-');
    [8, 4, 4, 4, 12]
        .iter()
        .all(|length| parts.next().is_some_and(|part| is_hex(part, *length)))
        && parts.next().is_none()
}
