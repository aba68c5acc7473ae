//! The one way in which everything here is compiled for wasm32.
//!
//! The standard library is built from its source (`rust-src`) each time, because a std built for
//! size with immediate abort is 2 to 4 KB smaller, and because the source is what both rustup and
//! Debian's packages can give. `RUSTC_BOOTSTRAP=1` lets a stable compiler do so.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::project;
use crate::tools::{self, State};

/// The target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Flags of the release build: SHA-256 is smaller and faster with simd128, and a panic aborts at
/// once, without the code that would word it.
const RELEASE_FLAGS: &[&str] = &[
    "-Ctarget-feature=+simd128",
    "-Zunstable-options",
    // Nothing prints where a panic was: the file names are dead weight.
    "-Zlocation-detail=none",
    "-Cpanic=immediate-abort",
];

/// Flags of the crate's modules beside that.
const MODULE_FLAGS: &[&str] = &[
    // No text of theirs is made by `Debug`.
    "-Zfmt-debug=none",
    // Each crate compiles the generics that it uses, even those that the standard library has compiled for itself.
    "-Zshare-generics=no",
];

/// The release profile of the modules; the native one (the emulator's) stays quick to build.
const RELEASE_PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    // The folder of the build must not be in the bytes: paths in panics are cut.
    ("CARGO_UNSTABLE_TRIM_PATHS", "true"),
    ("CARGO_PROFILE_RELEASE_TRIM_PATHS", "all"),
];

/// What a signature spends its time in is built for speed, and so is what every call does all the time: allocating, copying,
/// comparing. `core` and `talc` are smaller so as well.
const FAST: [&str; 7] = [
    "sha2",
    "hmac",
    "digest",
    "block-buffer",
    "hybrid-array",
    "core",
    "talc",
];

/// A program that compiles for wasm32 in the way of this module.
pub fn command(program: &str) -> Result<Command> {
    let Some(toolchain) = State::read().wasm_toolchain else {
        bail!("no toolchain for wasm32 is known: run `cargo xtask setup`");
    };
    let mut command = tools::command(program);
    command
        .current_dir(project::root())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTUP_TOOLCHAIN", toolchain)
        // Set by the cargo that runs xtask; they would overrule the toolchain above.
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTFLAGS");
    Ok(command)
}

/// `cargo build --release` of the crate with these features for wasm32, into target/wasm.
pub fn release_build(features: &[&str]) -> Result<Command> {
    let mut cargo = build(features, &[RELEASE_FLAGS, MODULE_FLAGS].concat())?;
    cargo.args(FAST.iter().flat_map(|package| {
        [
            "--config".to_owned(),
            format!("profile.release.package.{package}.opt-level=3"),
        ]
    }));
    Ok(cargo)
}

/// The same of the emulator: nothing in it is built for speed, and its errors show values by `Debug`.
pub fn emulator_build(package: &str) -> Result<Command> {
    build(&["--package", package], RELEASE_FLAGS)
}

fn build(what: &[&str], flags: &[&str]) -> Result<Command> {
    let mut cargo = command("cargo")?;
    cargo
        .args(["build", "--release", "--lib", "--target", TARGET])
        .args(what)
        .env("CARGO_TARGET_DIR", project::at("target/wasm"))
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .envs(RELEASE_PROFILE.iter().copied())
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    Ok(cargo)
}

/// A program that compiles tests for wasm32 (std with libtest, panics that speak), into target/wasm-test.
pub fn test_build(program: &str) -> Result<Command> {
    let mut command = command(program)?;
    command
        .env("CARGO_TARGET_DIR", project::at("target/wasm-test"))
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test")
        // Seconds for all tests of a file; its 20 are too few where browsers share a processor.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "90");
    Ok(command)
}

/// Where the release build leaves the module of the crate.
pub fn release_output(target: &Path) -> PathBuf {
    module_of(target, "huaweicloud_dcs")
}

/// Where the release build leaves the module of a crate, which is named as in Rust.
pub fn module_of(target: &Path, name: &str) -> PathBuf {
    target.join(TARGET).join(format!("release/{name}.wasm"))
}
