//! `cargo xtask setup`: says what is there and installs what is not. Run again, it changes nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::tools::{self, State};
use crate::{process, project};

#[derive(clap::Args)]
pub struct Args {
    /// Also what only the engine matrix needs: Firefox, WebKitGTK, geckodriver
    #[arg(long)]
    engines: bool,
    /// Where the compiler for wasm32 comes from; found out when left out
    #[arg(long, value_enum)]
    wasm: Option<WasmSource>,
}

/// Where the compiler for wasm32, with the source of std, comes from.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WasmSource {
    /// rustup's download server
    Rustup,
    /// Debian's packages, linked into rustup
    Debian,
}

/// Something that a task needs on the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A compiler for wasm32 and the source of std.
    Wasm,
    /// wasm-bindgen of the version in Cargo.lock, and its test runner.
    WasmBindgen,
    /// wasm-pack.
    WasmPack,
    /// cargo-fuzz.
    CargoFuzz,
    /// cargo-deny.
    CargoDeny,
    /// actionlint, which Go builds; left out where there is no Go.
    Actionlint,
    /// node_modules: wasm-opt, esbuild, prettier, eslint, tsc.
    Npm,
    /// Chromium and ChromeDriver.
    Chrome,
    /// redis-server.
    Redis,
    /// nginx.
    Nginx,
    /// The shells that the command completes for.
    Shells,
    /// Firefox and geckodriver.
    Firefox,
    /// WebKitGTK's driver and Xvfb.
    WebKit,
}

/// The version of actionlint.
const ACTIONLINT: &str = "1.7.7";

/// What builds the package.
pub const BUILD: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm];

/// Everything but the engines of the matrix.
const USUAL: &[Need] = &[
    Need::Wasm,
    Need::WasmBindgen,
    Need::WasmPack,
    Need::CargoFuzz,
    Need::CargoDeny,
    Need::Actionlint,
    Need::Npm,
    Need::Chrome,
    Need::Redis,
    Need::Nginx,
    Need::Shells,
];

pub fn run(args: &Args) -> Result<()> {
    if let Some(source) = args.wasm {
        let toolchain = install_wasm(source)?;
        remember(|state| state.wasm_toolchain = Some(toolchain))?;
    }
    let mut needs = USUAL.to_vec();
    if args.engines {
        needs.extend([Need::Firefox, Need::WebKit]);
    }
    Setup { quiet: false }.all(&needs)
}

/// Makes sure of what a task needs, saying only what it had to install.
pub fn ensure(needs: &[Need]) -> Result<()> {
    Setup { quiet: true }.all(needs)
}

struct Setup {
    quiet: bool,
}

impl Setup {
    fn all(&self, needs: &[Need]) -> Result<()> {
        let _lock = project::lock("setup")?;
        // One call of apt-get for all.
        self.apt(needs)?;
        for need in needs {
            match need {
                Need::Wasm => self.wasm()?,
                Need::WasmBindgen => match project::locked_version("wasm-bindgen")? {
                    Some(version) => {
                        self.cargo_tool("wasm-bindgen-cli", "wasm-bindgen", Some(&version))?
                    }
                    None => println!("wasm-bindgen   not needed: Cargo.lock does not have it"),
                },
                Need::WasmPack => self.cargo_tool("wasm-pack", "wasm-pack", None)?,
                Need::CargoFuzz => self.cargo_tool("cargo-fuzz", "cargo-fuzz", None)?,
                Need::CargoDeny => self.cargo_tool("cargo-deny", "cargo-deny", None)?,
                Need::Actionlint => self.actionlint()?,
                Need::Firefox => self.cargo_tool("geckodriver", "geckodriver", None)?,
                Need::Npm => self.npm()?,
                Need::Chrome | Need::Redis | Need::Nginx | Need::Shells | Need::WebKit => {}
            }
        }
        tidy()
    }

    fn found(&self, what: &str, which: &str) {
        if !self.quiet {
            println!("{what:<14} found ({which})");
        }
    }

    fn wasm(&self) -> Result<()> {
        let remembered = State::read().wasm_toolchain;
        let ready = remembered
            .into_iter()
            .chain(active_toolchain())
            .chain([DEBIAN_TOOLCHAIN.to_owned()])
            .find(|toolchain| has_std_source(toolchain));
        if let Some(toolchain) = ready {
            self.found("wasm32", &toolchain);
            return remember(|state| state.wasm_toolchain = Some(toolchain));
        }
        let toolchain = match install_wasm(WasmSource::Rustup) {
            Ok(toolchain) => toolchain,
            Err(refused) if is_debian() => {
                println!("wasm32         rustup could not ({refused:#}); taking Debian's packages");
                install_wasm(WasmSource::Debian)?
            }
            Err(refused) => return Err(refused.context(
                "wasm32 needs `rustup target add wasm32-unknown-unknown` and `rustup component add rust-src`",
            )),
        };
        remember(|state| state.wasm_toolchain = Some(toolchain))
    }

    fn cargo_tool(&self, package: &str, program: &str, version: Option<&str>) -> Result<()> {
        let found = tools::find(program).and_then(|_| tools::version(program));
        if let Some(found) = found
            && version.is_none_or(|wanted| wanted == found)
        {
            self.found(program, &found);
            return Ok(());
        }
        let start = Instant::now();
        println!("{program:<14} building with cargo install (once, 1 to 6 minutes) ...");
        let mut cargo = Command::new("cargo");
        // Not --locked: a locked dependency may be newer than a mirror of the registry.
        cargo
            .args(["install", "--quiet", "--force", package, "--root"])
            .arg(tools::folder());
        if let Some(version) = version {
            cargo.args(["--version", version]);
        }
        // They run for seconds: quick to build matters more than quick to run.
        cargo
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            // One folder for all tools: they have many crates in common.
            .env("CARGO_TARGET_DIR", tools::folder().join("build"));
        process::run(&mut cargo)?;
        let version = tools::version(program).context("it does not run")?;
        println!("{program:<14} installed ({version}) in {}", seconds(start));
        Ok(())
    }

    /// The linter of the workflows. Nothing else here needs Go.
    fn actionlint(&self) -> Result<()> {
        let found = tools::find("actionlint").and_then(|_| tools::version("actionlint"));
        if let Some(found) = found.filter(|found| found == ACTIONLINT) {
            self.found("actionlint", &found);
            return Ok(());
        }
        if tools::find("go").is_none() {
            self.found("actionlint", "left out: it needs Go");
            return Ok(());
        }
        let start = Instant::now();
        let module = format!("github.com/rhysd/actionlint/cmd/actionlint@v{ACTIONLINT}");
        let mut go = tools::command("go");
        go.args(["install", &module]);
        process::output(go.env("GOBIN", tools::folder().join("bin")))?;
        println!(
            "actionlint     installed ({ACTIONLINT}) in {}",
            seconds(start)
        );
        Ok(())
    }

    fn npm(&self) -> Result<()> {
        let lock = project::fingerprint(&[project::at("package-lock.json")], "")?;
        // npm writes this last: without it an installation was cut short.
        let complete = project::at("node_modules/.package-lock.json");
        if complete.is_file() && State::read().npm_lock.as_ref() == Some(&lock) {
            self.found("npm packages", "as in package-lock.json");
            return Ok(());
        }
        let start = Instant::now();
        println!("npm packages   npm ci ...");
        process::output(tools::command("npm").args(["ci", "--no-audit", "--no-fund"]))?;
        println!("npm packages   installed in {}", seconds(start));
        remember(|state| state.npm_lock = Some(lock))
    }

    fn apt(&self, needs: &[Need]) -> Result<()> {
        let mut packages = Vec::new();
        for need in needs {
            for (program, package) in system_programs(*need) {
                if tools::find(program).is_some() {
                    let version = tools::version(program);
                    self.found(
                        program,
                        version.as_deref().unwrap_or("its version is not told"),
                    );
                } else {
                    packages.push(*package);
                }
            }
        }
        if packages.is_empty() {
            return Ok(());
        }
        apt_install(&packages)
    }
}

/// The programs of a need that the system's package manager installs, and Debian's packages of them.
fn system_programs(need: Need) -> &'static [(&'static str, &'static str)] {
    match need {
        Need::Chrome => &[
            ("chromium", "chromium"),
            ("chromedriver", "chromium-driver"),
        ],
        Need::Redis => &[("redis-server", "redis-server")],
        Need::Nginx => &[("nginx", "nginx-light")],
        Need::Shells => &[("zsh", "zsh"), ("fish", "fish")],
        Need::Firefox => &[("firefox-esr", "firefox-esr")],
        Need::WebKit => &[
            ("WebKitWebDriver", "webkit2gtk-driver"),
            ("Xvfb", "xvfb"),
            ("xauth", "xauth"),
        ],
        Need::Wasm
        | Need::WasmBindgen
        | Need::WasmPack
        | Need::CargoFuzz
        | Need::CargoDeny
        | Need::Actionlint
        | Need::Npm => &[],
    }
}

/// Changes what is remembered.
fn remember(change: impl FnOnce(&mut State)) -> Result<()> {
    let mut state = State::read();
    change(&mut state);
    state.write()
}

/// Whether a toolchain is there and has the source of std.
fn has_std_source(toolchain: &str) -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--print", "sysroot"])
        .env("RUSTUP_TOOLCHAIN", toolchain)
        .env("RUSTUP_AUTO_INSTALL", "0");
    process::output(&mut rustc).is_ok_and(|sysroot| {
        std::path::Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    })
}

/// The toolchain that rustup takes here.
fn active_toolchain() -> Option<String> {
    let mut rustup = Command::new("rustup");
    let shown = process::output(rustup.args(["show", "active-toolchain"])).ok()?;
    shown.split_whitespace().next().map(str::to_owned)
}

/// The name under which Debian's toolchain is linked into rustup.
const DEBIAN_TOOLCHAIN: &str = "debian-web";

/// Installs a compiler for wasm32 with the source of std; the name of the toolchain.
fn install_wasm(source: WasmSource) -> Result<String> {
    let start = Instant::now();
    let toolchain = match source {
        WasmSource::Rustup => {
            let name = active_toolchain().context("rustup has no toolchain")?;
            println!("wasm32         asking rustup for the target and the source of std ...");
            for part in [
                ["target", "wasm32-unknown-unknown"],
                ["component", "rust-src"],
            ] {
                let mut rustup = Command::new("rustup");
                rustup.args([part[0], "add", part[1], "--toolchain", &name]);
                if !process::succeeds(&mut rustup, Duration::from_secs(120)) {
                    bail!("`rustup {} add {}` failed", part[0], part[1]);
                }
            }
            name
        }
        WasmSource::Debian => {
            apt_install(&[
                "rustc-web",
                "cargo-web",
                "rust-web-src",
                "rust-web-llvm",
                "rust-web-clippy",
                "lld-22",
            ])?;
            let mut link = Command::new("rustup");
            process::output(link.args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]))?;
            DEBIAN_TOOLCHAIN.to_owned()
        }
    };
    if !has_std_source(&toolchain) {
        bail!("the toolchain {toolchain} has no source of std");
    }
    println!(
        "wasm32         installed ({toolchain}) in {}",
        seconds(start)
    );
    Ok(toolchain)
}

fn is_debian() -> bool {
    tools::find("apt-get").is_some()
}

/// Installs Debian packages, asking for the right to do so if need be.
fn apt_install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let is_root = nix::unistd::geteuid().is_root();
    if !is_debian() || (!is_root && tools::find("sudo").is_none()) {
        bail!(
            "this machine lacks what these Debian packages hold, and xtask cannot install them: {list}"
        );
    }
    let start = Instant::now();
    println!("{list}: apt-get install ...");
    let apt = |args: &[&str]| {
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        command.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-qq",
            "-o",
            "DPkg::Lock::Timeout=300",
        ]);
        process::output(command.args(args))
    };
    let install = ["install", "-y", "--no-install-recommends"];
    let install: Vec<&str> = install.iter().chain(packages).copied().collect();
    // The lists may be old or absent: on failure they are read anew and it is tried again.
    if apt(&install).is_err() {
        apt(&["update"])?;
        apt(&install).with_context(|| format!("installing {list}"))?;
    }
    println!("{list}: installed in {}", seconds(start));
    Ok(())
}

/// Removes what `cargo install` left: it is large, and nobody needs it again.
fn tidy() -> Result<()> {
    match std::fs::remove_dir_all(tools::folder().join("build")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn seconds(start: Instant) -> String {
    format!("{:.0} s", start.elapsed().as_secs_f64())
}
