//! `cargo xtask lint`: formatting, lints and types of Rust and JavaScript.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::{self, Need};
use crate::{build, process, tools, wasm};

#[derive(clap::Args)]
pub struct Args {
    /// Rewrite what rustfmt and prettier can
    #[arg(long)]
    fix: bool,
}

/// What the lints need on the machine.
pub const NEEDS: &[Need] = &[Need::Wasm, Need::Npm, Need::Actionlint];

pub fn run(args: &Args) -> Result<()> {
    setup::ensure(NEEDS)?;
    if args.fix {
        process::run(tools::command("cargo").args(["fmt", "--all"]))?;
        process::run(tools::command("prettier").args(["--write", "--log-level=warn", "."]))?;
    }
    let mut failed = Vec::new();
    for (name, mut command) in commands()? {
        println!("-- {name}");
        let passed = process::status(&mut command)
            .is_ok_and(|ended| ended.success() || ended.code() == Some(process::LEFT_OUT));
        if !passed {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("lint found fault: {}", failed.join(", "));
    }
    Ok(())
}

/// The lints, by name.
pub fn commands() -> Result<Vec<(String, Command)>> {
    let mut list = Vec::new();
    let mut add = |name: &str, program: &str, args: &[&str]| {
        let mut command = tools::command(program);
        command.args(args);
        list.push((name.to_owned(), command));
    };
    add("rustfmt", "cargo", &["fmt", "--all", "--check"]);
    let native = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-Dwarnings",
    ];
    add("clippy native", "cargo", &native);
    add(
        "prettier",
        "prettier",
        &["--check", "--log-level=warn", "."],
    );
    add("eslint", "eslint", &["--max-warnings=0", "."]);
    if tools::find("actionlint").is_some() {
        add("actionlint", "actionlint", &[]);
    } else {
        let left_out = format!("echo it needs Go; exit {}", process::LEFT_OUT);
        add("actionlint", "sh", &["-c", &left_out]);
    }
    add("tsc", "tsc", &["--noEmit", "-p", "tsconfig.json"]);
    for flavour in build::FLAVOURS {
        let mut clippy = wasm::test_build("cargo")?;
        clippy.args(["clippy", "--quiet", "--lib", "--target", wasm::TARGET]);
        clippy.args([
            "--no-default-features",
            "--features",
            build::features_of(flavour),
        ]);
        clippy.args(["--", "-Dwarnings"]);
        list.push((format!("clippy wasm32 {flavour}"), clippy));
    }
    let mut clippy = wasm::test_build("cargo")?;
    clippy.args(["clippy", "--quiet", "--lib", "--target", wasm::TARGET]);
    clippy.args(["--package", build::EMULATOR_CRATE, "--", "-Dwarnings"]);
    list.push(("clippy wasm32 emulator".to_owned(), clippy));
    let mut clippy = wasm::test_build("cargo")?;
    clippy.args([
        "clippy",
        "--quiet",
        "--package",
        "browser-tests",
        "--no-deps",
    ]);
    clippy.args([
        "--all-targets",
        "--target",
        wasm::TARGET,
        "--",
        "-Dwarnings",
    ]);
    list.push(("clippy wasm32 browser tests".to_owned(), clippy));
    Ok(list)
}
