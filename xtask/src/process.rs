//! Running programs, and ending those that are still running when xtask ends.
//!
//! Each program gets a process group of its own, so that ending it ends what it started too.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

static GROUPS: Mutex<Vec<i32>> = Mutex::new(Vec::new());

/// How long a program has to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// Ends the children when xtask is interrupted or terminated.
pub fn end_children_on_ctrl_c() {
    ctrlc::set_handler(|| {
        end_children();
        std::process::exit(130);
    })
    .expect("no other handler is set");
}

/// Asks every child to end, and ends those that do not in time.
pub fn end_children() {
    let groups = std::mem::take(&mut *GROUPS.lock().expect("the list of children"));
    for group in &groups {
        let _ = killpg(Pid::from_raw(*group), Signal::SIGTERM);
    }
    let start = Instant::now();
    while start.elapsed() < GRACE && groups.iter().any(|group| is_alive(*group)) {
        std::thread::sleep(Duration::from_millis(50));
    }
    for group in groups {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

/// Whether a process of the group runs.
fn is_alive(group: i32) -> bool {
    killpg(Pid::from_raw(group), None).is_ok()
}

/// A running child whose whole group is ended when this is dropped.
pub struct Guard {
    /// The child.
    pub child: Child,
}

impl Guard {
    /// Starts a program in a process group of its own.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = format!("{:?}", command.get_program());
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let group = i32::try_from(child.id()).expect("a process id fits");
        GROUPS.lock().expect("the list of children").push(group);
        Ok(Self { child })
    }

    fn group(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a process id fits")
    }

    /// Waits for the child, at most until the deadline.
    pub fn wait_until(&mut self, deadline: Instant) -> Result<Option<ExitStatus>> {
        let mut pause = Duration::from_millis(2);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() > deadline {
                return Ok(None);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let group = self.group();
        if is_alive(group) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGTERM);
            if let Ok(None) = self.wait_until(Instant::now() + GRACE) {
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            }
            let _ = self.child.wait();
            // What the child left behind in its group has no parent to wait for it.
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        GROUPS
            .lock()
            .expect("the list of children")
            .retain(|other| *other != group);
    }
}

/// What a program ends with that did nothing because something is not here, as automake and ctest have it.
pub const LEFT_OUT: i32 = 77;

/// Runs a program with its output shown; how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    Ok(Guard::start(command)?.child.wait()?)
}

/// Runs a program with its output shown; an error if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = status(command)?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs a program and returns what it prints to standard output; an error with all output if it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting `{shown}`"))?;
    let stdout = String::from_utf8_lossy(&out.stdout).into_owned();
    if !out.status.success() {
        let stderr = String::from_utf8_lossy(&out.stderr);
        bail!("`{shown}` failed ({})\n{stdout}{stderr}", out.status);
    }
    Ok(stdout)
}

/// Whether a program runs and succeeds, within a time.
pub fn succeeds(command: &mut Command, limit: Duration) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut guard) = Guard::start(command) else {
        return false;
    };
    matches!(guard.wait_until(Instant::now() + limit), Ok(Some(status)) if status.success())
}

/// How a program ended, and what it printed (standard output and error together).
pub struct Captured {
    /// None: it ran out of time and was ended.
    pub status: Option<ExitStatus>,
    /// All it printed.
    pub text: String,
}

/// Runs a program, collecting what it prints into a log (and on the screen if asked).
pub fn capture(
    command: &mut Command,
    log: &mut File,
    show_it: bool,
    limit: Duration,
) -> Result<Captured> {
    writeln!(log, "$ {}", show(command))?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut guard = Guard::start(command)?;
    let log = Arc::new(Mutex::new((log.try_clone()?, String::new())));
    let (done, readers) = mpsc::channel::<()>();
    for stream in [
        Box::new(guard.child.stdout.take().expect("piped")) as Box<dyn Read + Send>,
        Box::new(guard.child.stderr.take().expect("piped")),
    ] {
        let (log, done) = (log.clone(), done.clone());
        std::thread::spawn(move || {
            copy_lines(stream, &log, show_it);
            drop(done);
        });
    }
    drop(done);
    let status = guard.wait_until(Instant::now() + limit)?;
    drop(guard);
    // Ends when both readers are done; a grandchild that keeps the pipe open does not hold us up.
    let _ = readers.recv_timeout(GRACE);
    let text = std::mem::take(&mut log.lock().expect("the log").1);
    Ok(Captured { status, text })
}

fn copy_lines(stream: Box<dyn Read + Send>, log: &Mutex<(File, String)>, show_it: bool) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        let mut log = log.lock().expect("the log");
        let _ = log.0.write_all(&line);
        log.1.push_str(&String::from_utf8_lossy(&line));
        if show_it {
            let _ = std::io::stdout().write_all(&line);
        }
        line.clear();
    }
}

/// A command as a person would type it.
fn show(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a program in xtask's own process group, so that it may ask on the terminal; an error if it fails.
pub fn run_in_foreground(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .status()
        .with_context(|| format!("starting `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}
