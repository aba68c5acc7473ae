//! Answers that no HTTP library gives: resets, cut bodies, bodies without end.
//!
//! A handler answers with a [`Script`] in the response's extensions; the server then takes the
//! socket away from the HTTP library and plays the script on it.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use axum::http::response::Parts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

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
    pub fn answer(steps: Vec<Step>) -> Response<Body> {
        let mut response = Response::new(Body::empty());
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

    /// Plays the script. An error means that the other side went away first.
    pub async fn play(self, io: &mut TcpStream) -> io::Result<()> {
        for step in self.0 {
            match step {
                Step::Write(bytes) => io.write_all(&bytes).await?,
                Step::Trickle { bytes, pause } => {
                    for byte in bytes {
                        sleep(pause).await;
                        io.write_all(&[byte]).await?;
                    }
                }
                Step::Repeat { chunk, total } => {
                    let mut left = total;
                    while left > 0 {
                        let now = left.min(chunk.len() as u64);
                        let end = usize::try_from(now).unwrap_or(chunk.len());
                        io.write_all(&chunk[..end]).await?;
                        left -= now;
                    }
                }
                Step::Endless(chunk) => loop {
                    io.write_all(&chunk).await?;
                },
                Step::Hang => while io.read(&mut [0; 1024]).await? > 0 {},
                Step::Close => {
                    io.shutdown().await?;
                    // Reading on until the other side closes keeps the kernel from a reset.
                    while io.read(&mut [0; 1024]).await? > 0 {}
                }
                // A close without linger is what sends the reset.
                Step::Reset => io.set_zero_linger()?,
            }
        }
        Ok(())
    }
}
