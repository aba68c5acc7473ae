//! The console's built files in the package, for `huaweicloud-dcs console`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;

use crate::{console, project};

/// Where they are in the package. What writes the rest of it leaves this folder alone.
pub const FOLDER: &str = "console/";

/// What the page is made of, beside the package.
pub const SOURCES: &[&str] = &[
    "www/src",
    "www/build",
    "www/public",
    "www/index.html",
    "www/vite.config.ts",
    "www/package-lock.json",
    "xtask/src/console_files.rs",
];

/// Builds the page and makes pkg/console hold its files and no others, unless they are as their sources.
pub fn add() -> Result<()> {
    let stamp = project::at("target/pkg-work/console-stamp");
    let target = project::at("pkg").join(FOLDER);
    let key = key()?;
    if target.is_dir() && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key) {
        return Ok(());
    }
    console::build_files()?;
    let source = project::at("www/dist");
    let mut names = BTreeSet::new();
    for file in project::files_below(&source)? {
        let name = file.strip_prefix(&source)?.to_owned();
        project::write_if_changed(&target.join(&name), &std::fs::read(&file)?)?;
        names.insert(name);
    }
    for file in project::files_below(&target)? {
        if !names.contains(file.strip_prefix(&target)?) {
            std::fs::remove_file(&file)?;
        }
    }
    std::fs::create_dir_all(project::at("target/pkg-work"))?;
    Ok(std::fs::write(stamp, key)?)
}

/// A hash of what the page is made from: its sources, and the entry and the bundle of the package that it loads.
fn key() -> Result<String> {
    let used = [
        "pkg/browser.mjs",
        "pkg/lib/client.mjs",
        "pkg/lib/client.wasm",
    ];
    let inputs: Vec<PathBuf> = SOURCES
        .iter()
        .chain(&used)
        .map(|path| project::at(path))
        .collect();
    project::fingerprint(&inputs, "")
}
