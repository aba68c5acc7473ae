//! The programs that the tasks use: where they are, what version, what is remembered of them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::project;

/// Where set-up installs what the machine does not have.
pub fn folder() -> PathBuf {
    project::at("target/tools")
}

/// A program, with the project's own tools first on its PATH.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(find(program).unwrap_or_else(|| program.into()));
    command.env("PATH", path()).current_dir(project::root());
    command
}

/// `node` with a script of this folder.
pub fn node_script(name: &str) -> Command {
    let mut node = command("node");
    node.arg(project::at("xtask/js").join(name));
    node
}

/// PATH with the project's own tools first.
fn path() -> std::ffi::OsString {
    let mut folders = vec![folder().join("bin"), project::at("node_modules/.bin")];
    // WebKitWebDriver and nginx are outside an ordinary user's PATH.
    let usual = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&usual));
    folders.push("/usr/sbin".into());
    std::env::join_paths(folders).expect("no folder of PATH has a colon")
}

/// Where a program is, if anywhere.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&path())
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The version that a program tells: the first word of its answer that starts with a digit.
pub fn version(program: &str) -> Option<String> {
    let out = command(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout);
    let found = text
        .split(|c: char| c.is_whitespace() || c == '=')
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or("version not told");
    Some(found.trim_end_matches(',').to_owned())
}

/// What set-up found, so that later runs need not look again.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The toolchain that compiles for wasm32.
    pub wasm_toolchain: Option<String>,
    /// The hash of the package-lock.json that node_modules was made from.
    pub npm_lock: Option<String>,
}

impl State {
    fn file() -> PathBuf {
        folder().join("state.json")
    }

    /// What is remembered; nothing if there is no readable file.
    pub fn read() -> Self {
        std::fs::read(Self::file())
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Remembers.
    pub fn write(&self) -> Result<()> {
        project::write_if_changed(&Self::file(), &serde_json::to_vec_pretty(self)?)
    }
}
