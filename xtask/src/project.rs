//! Where things are in the project.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The root folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// A path inside the workspace.
pub fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// Where cargo puts native builds: `CARGO_TARGET_DIR`, or `target/`.
pub fn native_target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => at("target"),
    }
}

/// The version of a crate as Cargo.lock has it.
pub fn locked_version(name: &str) -> Result<Option<String>> {
    let lock = std::fs::read_to_string(at("Cargo.lock")).context("reading Cargo.lock")?;
    let head = format!("name = \"{name}\"");
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line == head {
            let version = lines
                .next()
                .and_then(|line| line.strip_prefix("version = \""))
                .and_then(|line| line.strip_suffix('"'));
            return Ok(version.map(str::to_owned));
        }
    }
    Ok(None)
}

/// The workspace's version, which the npm package takes too.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Held while target/ or pkg/ is written, so that two runs at once do not mix their output.
pub fn lock(name: &str) -> Result<File> {
    let folder = at("target/locks");
    std::fs::create_dir_all(&folder)?;
    let file = File::create(folder.join(name))?;
    if file.try_lock().is_err() {
        eprintln!("waiting for another run that holds the lock \"{name}\"");
        file.lock()?;
    }
    Ok(file)
}

/// Every file below a folder (or the file itself), sorted.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if path.is_file() {
        found.push(path.to_owned());
    } else if path.is_dir() {
        for entry in std::fs::read_dir(path).with_context(|| format!("reading {path:?}"))? {
            found.extend(files_below(&entry?.path())?);
        }
        found.sort();
    }
    Ok(found)
}

/// A hash of the names and contents of files, to know whether anything changed.
pub fn fingerprint(paths: &[PathBuf], extra: &str) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(extra);
    for path in paths {
        for file in files_below(path)? {
            let content = std::fs::read(&file).with_context(|| format!("reading {file:?}"))?;
            hash.update(file.to_string_lossy().as_bytes());
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(content);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file only if that changes it, so that watchers and modification times stay quiet.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content).with_context(|| format!("writing {path:?}"))
}
