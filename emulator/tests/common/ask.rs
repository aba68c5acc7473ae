//! A request and its answer, byte for byte.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use dcs_emulator::auth::algorithm::{Algorithm, string_to_sign};
use dcs_emulator::auth::{RawRequest, canonical};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use time::OffsetDateTime;
use time::macros::format_description;

use super::PATIENCE;

/// An answer as it came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// How the connection ended, when not in order.
    pub end: Option<ErrorKind>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn code(&self) -> String {
        self.json()["error_code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn message(&self) -> String {
        self.json()["error_msg"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// A request to be.
#[derive(Clone)]
pub struct Ask {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Stop reading after so many bytes.
    pub limit: usize,
    /// Stop reading after so long.
    pub patience: Duration,
}

impl Ask {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            limit: usize::MAX,
            patience: PATIENCE,
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Signs it, with every header it has so far.
    pub fn signed(self, host: &str, key: (&str, &str)) -> Self {
        self.signed_at(host, key, OffsetDateTime::now_utc())
    }

    pub fn signed_at(self, host: &str, key: (&str, &str), at: OffsetDateTime) -> Self {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let date = at.format(&format).expect("a date");
        let mut ask = self.header("x-sdk-date", &date);
        let mut headers = HeaderMap::new();
        let mut signs = vec!["host".to_owned()];
        headers.insert("host", HeaderValue::from_str(host).expect("a host"));
        for (name, value) in &ask.headers {
            let name = HeaderName::try_from(name.as_str()).expect("a name");
            signs.push(name.as_str().to_owned());
            headers.insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        signs.sort();
        let names: Vec<&str> = signs.iter().map(String::as_str).collect();
        let (path, query) = ask.target.split_once('?').unwrap_or((&ask.target, ""));
        let raw = RawRequest {
            method: &ask.method,
            path,
            query,
            headers: &headers,
            body: &ask.body,
        };
        let algorithm = Algorithm::HmacSha256;
        let canonical = canonical::requests(&raw, algorithm, &names).remove(0);
        let text = string_to_sign(algorithm, &date, None, &canonical);
        let mac = Hmac::<Sha256>::new_from_slice(key.1.as_bytes())
            .expect("a key")
            .chain_update(text)
            .finalize()
            .into_bytes();
        let signature: String = mac.iter().map(|b| format!("{b:02x}")).collect();
        let value = format!(
            "{} Access={}, SignedHeaders={}, Signature={signature}",
            algorithm.name(),
            key.0,
            names.join(";")
        );
        ask = ask.header("authorization", &value);
        ask
    }

    /// Sends it on a connection of its own, and reads to the end.
    pub fn send(&self, host: &str) -> Reply {
        let mut stream = TcpStream::connect(host).expect("a connection");
        stream
            .set_read_timeout(Some(self.patience))
            .expect("a timeout");
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {host}\r\n",
            self.method, self.target
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "content-length: {}\r\nconnection: close\r\n\r\n",
            self.body.len()
        ));
        stream.write_all(head.as_bytes()).expect("the head is sent");
        stream.write_all(&self.body).expect("the body is sent");
        let mut all = Vec::new();
        let mut end = None;
        let mut chunk = [0; 16 * 1024];
        while all.len() < self.limit {
            match stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => all.extend_from_slice(&chunk[..n]),
                Err(error) => {
                    end = Some(error.kind());
                    break;
                }
            }
        }
        parse(&all, end)
    }
}

/// Splits head and body; bodies of one piece only, as everything here sends them.
fn parse(all: &[u8], end: Option<ErrorKind>) -> Reply {
    let at = all
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .map_or(all.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&all[..at]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    Reply {
        status,
        head,
        body: all[at..].to_vec(),
        end,
    }
}
