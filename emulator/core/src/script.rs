//! Answers that no HTTP library gives: resets, cut bodies, bodies without end.
//!
//! The core answers with a [`Script`] in the response's extensions; whoever has the connection
//! plays it there.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::response::Parts;

/// One thing to do with a bare connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Write these bytes.
    Write(Bytes),
    /// Write these bytes one by one.
    Trickle {
        /// The bytes.
        bytes: Bytes,
        /// The wait before each.
        pause: Duration,
    },
    /// Write this again and again, so many bytes in all.
    Repeat {
        /// The piece.
        chunk: Bytes,
        /// The sum.
        total: u64,
    },
    /// Write this for ever.
    Endless(Bytes),
    /// Say nothing, until the other side goes away.
    Hang,
    /// End the connection in order.
    Close,
    /// End the connection with a reset.
    Reset,
}

/// What to do with a connection in place of an answer.
#[derive(Clone, Debug)]
pub struct Script(pub Vec<Step>);

impl Script {
    /// A response that stands for a script.
    #[must_use]
    pub fn answer(steps: Vec<Step>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        response.extensions_mut().insert(Self(steps));
        response
    }

    /// What becomes of the request, for the log.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self.0.first() {
            Some(Step::Reset) => "dropped",
            Some(Step::Hang) => "hung",
            _ => "answered",
        }
    }

    /// Status line and headers, ready to be written.
    #[must_use]
    pub fn head(parts: &Parts, extra: &[(&str, String)]) -> Vec<u8> {
        let extra: Vec<_> = extra
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.clone()))
            .collect();
        Self::head_owned(parts, &extra)
    }

    /// The same, with header names made on the way.
    #[must_use]
    pub fn head_owned(parts: &Parts, extra: &[(String, String)]) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
        for (name, value) in &parts.headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        for (name, value) in extra {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        head.extend_from_slice(b"connection: close\r\n\r\n");
        head
    }
}
