//! The emulator, started for a task and ended with it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{self, Guard};
use crate::{project, tools};

/// The port taken when it is free: tests that are compiled for one URL then need no new build.
pub const USUAL_PORT: u16 = 47811;

/// How long it may take to be ready (two Redis nodes have to find each other).
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running emulator; ended when dropped.
pub struct Emulator {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    _guard: Guard,
}

/// Builds the emulator.
pub fn build(release: bool) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(project::root());
    cargo.args(["build", "--quiet", "--package", "dcs-emulator"]);
    if release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)
}

impl Emulator {
    /// Builds and starts it, on the usual port if that is free; what it says goes to the log, if any.
    pub fn start(args: &[&str], release: bool, mut log: Option<File>) -> Result<Self> {
        build(release)?;
        let profile = if release { "release" } else { "debug" };
        let program = project::native_target().join(profile).join("dcs-emulator");
        let port = match TcpListener::bind(("127.0.0.1", USUAL_PORT)) {
            Ok(_) => USUAL_PORT,
            Err(_) => 0,
        };
        let mut command = tools::command(&program.to_string_lossy());
        command
            .args(["--port", &port.to_string()])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(log) = &log {
            command.stderr(log.try_clone()?);
        }
        let mut guard = Guard::start(&mut command)?;
        let stdout = guard.child.stdout.take().expect("piped");
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on after the first line: a full pipe would stop the emulator.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(log) = &mut log {
                    let _ = writeln!(log, "{line}");
                }
                if let Some(url) = line.strip_prefix("DCS emulator ready: ") {
                    let _ = send.send(url.trim().to_owned());
                }
            }
        });
        match receive.recv_timeout(START_LIMIT) {
            Ok(url) => Ok(Self { url, _guard: guard }),
            Err(_) => match guard.child.try_wait().context("waiting for the emulator")? {
                Some(status) => bail!("the emulator ended before it was ready ({status})"),
                None => bail!("the emulator was not ready after {START_LIMIT:?}"),
            },
        }
    }
}
