//! A JSON value as plain data. In a page `JSON.parse` reads the text, and the value crosses into wasm packed in one
//! string; natively serde_json reads it. On its way out a value goes through serde.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::text::split_once;

/// Deeper values are refused: no answer of the service nests so far, and recursion must end.
const MAX_DEPTH: u8 = 32;

/// A JSON value; an object keeps its order, and of two equal keys the last counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
    /// What JSON does not know: a function, a symbol.
    Other,
}

impl Json {
    /// The member of that name, when this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The items, when this is a list.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items of the member `name`, or what was `expected`.
    pub(crate) fn list(&self, name: &str, expected: &'static str) -> Result<&[Json], &'static str> {
        self.get(name).and_then(Self::as_array).ok_or(expected)
    }

    /// The text of the member `name`, when it is a string.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// What the value is, for a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
            Self::Other => "a value of this kind",
        }
    }
}

/// Building objects, member by member.
impl Json {
    /// An object without members.
    pub fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// A string.
    pub fn text(text: &str) -> Self {
        Self::String(text.to_owned())
    }

    /// Adds a member to this object.
    #[inline(never)]
    pub fn add(&mut self, name: &str, value: Json) {
        if let Self::Object(members) = self {
            members.push((name.to_owned(), value));
        }
    }

    /// Adds a text.
    #[inline(never)]
    pub fn add_text(&mut self, name: &str, text: &str) {
        self.add(name, Self::text(text));
    }

    /// Adds a text, if there is one.
    #[inline(never)]
    pub fn add_given(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.add_text(name, text);
        }
    }

    /// Adds what every answer has.
    pub(crate) fn add_answer(&mut self, http_status: u16, request_id: Option<&str>) {
        self.add_number("httpStatusCode", http_status.into());
        self.add_given("requestId", request_id);
    }

    /// Adds a number.
    #[inline(never)]
    pub fn add_number(&mut self, name: &str, number: f64) {
        self.add(name, Self::Number(number));
    }
}

/// Crossing from JavaScript: a value packed in one string, token by token, NUL between them. A token is `s` and a text,
/// `i` and a whole number, `f` (another number), `t`, `u` (false), `n` (null), `x` (something else), or `[` or `{` and
/// what is in it to `]` or `}`; in an object each value follows its name. `src/js/client/values.js` packs.
impl Json {
    /// Reads a packed value.
    pub fn unpack(packed: &str) -> Self {
        unpack(&mut Some(packed)).unwrap_or_default()
    }
}

/// The next token; `left` is what follows it.
#[inline(never)]
fn token<'a>(left: &mut Option<&'a str>) -> Option<&'a str> {
    let (token, rest) = split_once((*left)?, 0);
    *left = rest;
    Some(token)
}

fn unpack(left: &mut Option<&str>) -> Option<Json> {
    let token = token(left)?;
    let rest = token.get(1..).unwrap_or_default();
    Some(match token.as_bytes().first()? {
        b's' => Json::text(rest),
        b'i' => Json::Number(whole(rest.as_bytes())),
        b'f' => Json::Number(f64::NAN),
        b't' => Json::Bool(true),
        b'u' => Json::Bool(false),
        b'n' => Json::Null,
        b'[' => {
            let mut items = Vec::new();
            while let Some(item) = unpack(left) {
                items.push(item);
            }
            Json::Array(items)
        }
        b'{' => {
            let mut object = Json::object();
            loop {
                // A name begins with a mark, so that none can be taken for the end.
                match self::token(left) {
                    None | Some("}") => return Some(object),
                    Some(name) => object.add(name.get(1..)?, unpack(left)?),
                }
            }
        }
        b'x' => Json::Other,
        _ => return None, // the end of a list
    })
}

/// A whole number, which JavaScript wrote.
fn whole(digits: &[u8]) -> f64 {
    let mut number = 0.0;
    for digit in digits {
        if *digit != b'-' {
            number = number * 10.0 + f64::from(digit.wrapping_sub(b'0'));
        }
    }
    if digits.first() == Some(&b'-') {
        -number
    } else {
        number
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null | Self::Other => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Seed(MAX_DEPTH).deserialize(deserializer)
    }
}

/// Carries how many levels may still follow.
#[derive(Clone, Copy)]
struct Seed(u8);

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut members = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            members.push((key, entries.next_value_seed(deeper)?));
        }
        Ok(Json::Object(members))
    }
}

impl Seed {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("nested too deeply"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind() {
        let json: Json =
            serde_json::from_str(r#"{"a":[1,-2,1.5,"x",null,true],"a":{"b":"c"}}"#).unwrap();
        assert_eq!(
            json.get("a").and_then(|a| a.str("b")),
            Some("c"),
            "the last of two keys"
        );
        let list: Json = serde_json::from_str(r#"[1,-2,1.5,"x",null,true]"#).unwrap();
        assert_eq!(list.as_array().map(<[Json]>::len), Some(6));
        assert_eq!(list.as_array().unwrap()[2].as_number(), Some(1.5));
    }

    #[test]
    fn unpacks_every_kind() {
        let packed = "{\0:a\0[\0s1\0sx y\0i-2\0f\0t\0u\0n\0x\0[\0]\0]\0:}\0{\0}\0:\0s\0}";
        let Json::Object(members) = Json::unpack(packed) else {
            panic!()
        };
        let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "}", ""]);
        let items = members[0].1.as_array().unwrap();
        assert_eq!(
            items[..3],
            [Json::text("1"), Json::text("x y"), Json::Number(-2.0)]
        );
        assert!(items[3].as_number().is_some_and(f64::is_nan));
        let rest = [
            Json::Bool(true),
            Json::Bool(false),
            Json::Null,
            Json::Other,
            Json::Array(vec![]),
        ];
        assert_eq!(items[4..], rest);
        assert_eq!(
            (&members[1].1, &members[2].1),
            (&Json::object(), &Json::text(""))
        );
        for broken in ["", "q", "{", "{\0a", "[\0[", "i", "s\0s", "]", "{\0é\0n"] {
            let _ = Json::unpack(broken);
        }
    }

    #[test]
    fn writes_what_it_reads() {
        let text = r#"{"a":[1.0,"x",null,true],"b":{}}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
    }

    #[test]
    fn depth_ends() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(serde_json::from_str::<Json>(&nested(32)).is_ok());
        assert!(serde_json::from_str::<Json>(&nested(33)).is_err());
    }
}
