//! The console: its packages, its build, the browser driver of its tests, its pictures.

use std::path::Path;

use anyhow::Result;

use crate::setup::{self, Need};
use crate::{build, emulator, process, project, script, tools};

/// What its tests and pictures need on the machine.
pub const NEEDS: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome];

const PAGE: &str = "www";
const TESTS: &str = "tests/console";

/// Checks its types and writes www/dist. The package must be built: the page uses it as any page would.
pub fn build() -> Result<()> {
    let _lock = project::lock("console")?;
    install_page()?;
    npm(PAGE, &["run", "--silent", "check"])?;
    bundle()
}

/// Writes www/dist without checking its types, for the package that brings the console along.
pub fn build_files() -> Result<()> {
    let _lock = project::lock("console")?;
    install_page()?;
    bundle()
}

fn bundle() -> Result<()> {
    npm(
        PAGE,
        &["run", "--silent", "build", "--", "--logLevel", "warn"],
    )
}

/// Writes the playground: the console with the emulator in the page. The package must be built.
pub fn playground(out: &Path) -> Result<()> {
    let _lock = project::lock("console")?;
    install_page()?;
    let out = out.to_string_lossy();
    let build = ["run", "--silent", "build", "--", "--logLevel", "warn"];
    npm(
        PAGE,
        &[&build[..], &["--mode", "playground", "--outDir", &out]].concat(),
    )
}

/// Installs the packages of the page, Vite among them.
pub fn install_page() -> Result<()> {
    let _lock = project::lock("console-packages")?;
    install(&project::at(PAGE))
}

/// All that its tests need: the page, the driver of the browser, the emulator.
pub fn prepare_tests() -> Result<()> {
    build()?;
    install(&project::at(TESTS))?;
    npm(TESTS, &["run", "--silent", "check"])?;
    emulator::build(false)
}

/// `cargo xtask screenshots`
pub fn screenshots(args: &script::Args) -> Result<()> {
    setup::ensure(NEEDS)?;
    build::package(false)?;
    prepare_tests()?;
    script::run(&script::SCREENSHOTS, args)
}

/// Runs npm in a folder of the project.
pub fn npm(folder: &str, args: &[&str]) -> Result<()> {
    let mut npm = tools::command("npm");
    process::output(npm.args(args).current_dir(project::at(folder))).map(drop)
}

/// Installs the packages of a folder, unless they are as in its lock file.
pub fn install(folder: &Path) -> Result<()> {
    let lock = project::fingerprint(&[folder.join("package-lock.json")], "")?;
    let stamp = folder.join("node_modules/.lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    let mut npm = tools::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]);
    process::output(npm.current_dir(folder))?;
    Ok(std::fs::write(stamp, lock)?)
}
