//! The table of suites. To add one, add an entry.

use std::fs::File;
use std::process::Command;

use anyhow::Result;

use super::Room;
use super::count::{Counts, Runner};
use crate::setup::{BUILD, Need};
use crate::{console, fuzz, lint, project, site, tools, wasm};

/// A suite of tests.
pub struct Suite {
    /// For `--only`, and the name of its log.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// What must be on the machine.
    pub needs: &'static [Need],
    /// Whether pkg/ must be built.
    pub package: bool,
    /// The emulator that runs meanwhile.
    pub emulator: Option<Emulation>,
    /// What it does.
    pub work: Work,
    /// How its counts are read.
    pub count: Runner,
}

/// How the emulator is started for a suite.
#[derive(Clone, Copy)]
pub struct Emulation {
    /// Its arguments.
    pub args: &'static [&'static str],
    /// Built for speed.
    pub release: bool,
}

/// What a suite does.
pub enum Work {
    /// Runs these programs, one after the other.
    Commands(fn(&Room) -> Result<Vec<Plan>>),
    /// Checks something itself.
    Check(fn(&mut File) -> Result<Counts>),
}

/// A program of a suite.
pub struct Plan {
    /// Printed when it fails.
    pub name: String,
    /// The program.
    pub command: Command,
}

/// What the check of what comes in needs.
const SUPPLY: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::CargoDeny];

/// What the demo on Redis needs.
const DEMO: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Redis];

/// What the campaign needs.
const CAMPAIGN: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome];

/// What the matrix needs; the runtimes themselves come from npm.
const MATRIX: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome];

const EMULATOR: Option<Emulation> = Some(Emulation {
    args: &[],
    release: false,
});

/// What most suites are: `node --test` with the built package, against the emulator.
const IN_NODE: Suite = Suite {
    name: "",
    about: "",
    needs: BUILD,
    package: true,
    emulator: EMULATOR,
    work: Work::Check(|_| Ok(Counts::failed(1))),
    count: Runner::Node,
};

/// Suites that only `cargo xtask test --all` runs, as CI does: the others end within minutes.
pub const LONG: &[&str] = &[
    "wasm-firefox",
    "wasm-webkit",
    "proxy",
    "campaign",
    "redis",
    "console",
    "site",
    "papers",
    "matrix",
    "hostile",
    "load",
    "fuzz",
    "supply",
    "reproducible",
    "crash",
    "identity",
    "server",
    "transport",
    "journal",
    "release",
    "recipes",
];

/// The suites, in the order in which they run. `secrets` reads the logs of all others: last.
pub const SUITES: &[Suite] = &[
    Suite {
        name: "lint",
        about: "rustfmt, clippy (native and wasm32), prettier, eslint, tsc",
        needs: lint::NEEDS,
        package: false,
        emulator: None,
        work: Work::Commands(|_| {
            let plan = |(name, command)| Plan { name, command };
            Ok(lint::commands()?.into_iter().map(plan).collect())
        }),
        count: Runner::Status,
    },
    Suite {
        name: "native",
        about: "unit, property and vector tests; the emulator's own",
        needs: &[Need::Redis],
        package: false,
        emulator: None,
        work: Work::Commands(|_| {
            let mut cargo = tools::command("cargo");
            cargo.args(["test", "--workspace", "--no-fail-fast"]);
            Ok(vec![plan("cargo test", cargo)])
        }),
        count: Runner::Cargo,
    },
    Suite {
        name: "wasm-chrome",
        about: "the crate's wasm tests in Chromium against the emulator",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Npm,
            Need::Chrome,
        ],
        package: false,
        work: Work::Commands(|room| engine(room, wasm::test_build("wasm-pack")?, &["--chrome"])),
        count: Runner::Cargo,
        ..IN_NODE
    },
    Suite {
        name: "wasm-firefox",
        about: "the same tests in Firefox",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Npm,
            Need::Firefox,
        ],
        package: false,
        work: Work::Commands(|room| engine(room, wasm::test_build("wasm-pack")?, &["--firefox"])),
        count: Runner::Cargo,
        ..IN_NODE
    },
    Suite {
        name: "wasm-webkit",
        about: "the same tests in WebKitGTK",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Npm,
            Need::WebKit,
        ],
        package: false,
        work: Work::Commands(|room| {
            // It has no headless mode: it gets a display that nobody sees.
            let mut pack = wasm::test_build("xvfb-run")?;
            pack.args(["--auto-servernum", "wasm-pack"]);
            let driver = tools::find("WebKitWebDriver").unwrap_or_default();
            let driver = driver.to_string_lossy();
            engine(room, pack, &["--safari", "--safaridriver", &driver])
        }),
        count: Runner::Cargo,
        ..IN_NODE
    },
    Suite {
        name: "node",
        about: "the built package in Node against the emulator",
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            // One file at a time: clock, projects and look-ups are the emulator's, not a test's.
            node.args(["--expose-gc", "--test", "--test-concurrency=1"]);
            node.arg("--test-reporter=spec");
            node.args(files_ending("tests/node", ".test.mjs")?);
            room.tell(&mut node);
            Ok(vec![plan("node --test", node)])
        }),
        ..IN_NODE
    },
    Suite {
        name: "differential",
        about: "10,000 random signatures beside the official Python core's",
        emulator: None,
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.arg(project::at("tests/differential/run.mjs"));
            room.tell(&mut node);
            Ok(vec![plan("node tests/differential/run.mjs", node)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "remote",
        about: "a page in Chromium whose back end signs: what it may, and its heap",
        needs: &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome],
        work: Work::Commands(|room| node_tests(room, &["tests/remote"])),
        ..IN_NODE
    },
    Suite {
        name: "proxy",
        about: "`via` through nginx and Vite, configured as the papers say",
        needs: &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Nginx],
        work: Work::Commands(|room| {
            // Vite is the page's.
            console::install_page()?;
            node_tests(room, &["tests/proxy"])
        }),
        ..IN_NODE
    },
    Suite {
        name: "campaign",
        about: "switchovers with random faults, each judged: in Node, Chromium, and over a TCP proxy",
        needs: CAMPAIGN,
        work: Work::Commands(|room| {
            let places: [(&str, &[&str]); 6] = [
                ("200", &[]),
                ("200", &["--chromium", "--via"]),
                ("200", &["--chromium"]),
                ("60", &["--tcp"]),
                ("20", &["--tcp", "--runtime", "bun"]),
                ("20", &["--tcp", "--runtime", "deno"]),
            ];
            let plans = places.iter().map(|(runs, place)| {
                let mut node = tools::command("node");
                node.arg(project::at("tests/campaign/run.mjs"));
                node.args(["--runs", runs]).args(*place);
                room.tell(&mut node);
                plan(&format!("campaign {}", place.join(" ")), node)
            });
            Ok(plans.collect())
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "redis",
        about: "switchovers of two real Redis nodes under a writer; roles asked of Redis",
        needs: DEMO,
        emulator: Some(Emulation {
            args: &["--redis", "--job-ms", "50"],
            release: false,
        }),
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.arg(project::at("tests/campaign/redis.mjs"));
            node.args(["--runs", "30"]);
            room.tell(&mut node);
            Ok(vec![plan("campaign --redis", node)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "cli",
        about: "the command line against the emulator; the campaign's own judge",
        needs: &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Shells],
        work: Work::Commands(|room| node_tests(room, &["tests/cli", "tests/campaign"])),
        ..IN_NODE
    },
    Suite {
        name: "demo",
        about: "the story on real Redis; the refusal to swap a real instance unasked",
        needs: DEMO,
        emulator: Some(Emulation {
            args: &["--redis"],
            release: false,
        }),
        work: Work::Commands(|room| {
            let mut story = tools::command("node");
            story.arg(project::at("demo/switchover.mjs")).arg("--redis");
            room.tell(&mut story);
            let mut refusal = tools::command("node");
            refusal
                .arg("--test")
                .arg(project::at("demo/refusal.test.mjs"));
            Ok(vec![plan("the story", story), plan("the refusal", refusal)])
        }),
        count: Runner::Status,
        ..IN_NODE
    },
    Suite {
        name: "size",
        about: "every entry within its limit, and as large as recorded",
        emulator: None,
        work: Work::Commands(|_| {
            let mut node = tools::node_script("size.mjs");
            node.arg(project::at("pkg")).arg("--check");
            Ok(vec![plan("cargo xtask size --check", node)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "console",
        about: "the console in Chromium: every path, faults, languages, axe, budgets",
        needs: console::NEEDS,
        emulator: None,
        work: Work::Commands(|room| {
            console::prepare_tests()?;
            let mut node = tools::command("node");
            node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]);
            node.args(files_ending("tests/console/specs", ".test.mjs")?);
            room.tell(&mut node);
            Ok(vec![plan("node --test", node)])
        }),
        ..IN_NODE
    },
    Suite {
        name: "site",
        about: "the site from files and below a path, offline: links, search, axe, the playground",
        needs: console::NEEDS,
        emulator: None,
        work: Work::Commands(|room| {
            console::prepare_tests()?;
            site::make(&project::at("target/site"), None)?;
            node_tests(room, &["tests/console/site"])
        }),
        ..IN_NODE
    },
    Suite {
        name: "crash",
        about: "processes killed at random moments and run again, and two operators at once",
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.arg(project::at("tests/crash/run.mjs"));
            node.args(["--runs", "10"]);
            room.tell(&mut node);
            Ok(vec![plan("node tests/crash/run.mjs", node)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "identity",
        about: "each credential provider beside the official Python core",
        emulator: None,
        work: Work::Commands(|room| node_tests(room, &["tests/identity"])),
        ..IN_NODE
    },
    Suite {
        name: "emulator-js",
        about: "the emulator as WebAssembly: its own tests of operations on a port of Node, and as a `fetch`",
        emulator: None,
        work: Work::Commands(|room| {
            let mut cargo = tools::command("cargo");
            cargo.args(["test", "--no-fail-fast", "--package", "dcs-emulator"]);
            for test in ["operations", "faults", "doubt", "identity", "monitoring"] {
                cargo.args(["--test", test]);
            }
            cargo.env("DCS_EMULATOR_SCRIPT", project::at("emulator/js/serve.mjs"));
            let mut plans = vec![plan("the operations, on a port of Node", cargo)];
            plans.extend(node_tests(room, &["emulator/js"])?);
            Ok(plans)
        }),
        count: Runner::CargoAndNode,
        ..IN_NODE
    },
    Suite {
        name: "server",
        about: "the back end: refusals, hostile requests, each example, the console in one command",
        needs: &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome],
        work: Work::Commands(|room| {
            let install = "npm ci --no-audit --no-fund --loglevel=error --prefix tests/server";
            after(room, install, &["tests/server"])
        }),
        ..IN_NODE
    },
    Suite {
        name: "python",
        about: "the official Python SDK beside this package, against the emulator",
        needs: &[],
        package: false,
        work: Work::Commands(|room| {
            let mut python = tools::command("python3");
            python.arg(project::at("tests/peers/python/run.py"));
            python.env("PEERS_DIR", project::at("target/peers/python"));
            room.tell(&mut python);
            Ok(vec![plan("python3 tests/peers/python/run.py", python)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "papers",
        about: "every sample, link and table of the papers; typedoc and rustdoc",
        needs: &[Need::Wasm, Need::WasmBindgen, Need::Npm, Need::Chrome],
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.arg(project::at("tests/papers/run.mjs"));
            room.tell(&mut node);
            Ok(vec![plan("node tests/papers/run.mjs", node)])
        }),
        ..IN_NODE
    },
    Suite {
        name: "matrix",
        about: "the packed package in every runtime and bundler, from empty projects",
        needs: MATRIX,
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.arg(project::at("tests/matrix/run.mjs"));
            room.tell(&mut node);
            Ok(vec![plan("node tests/matrix/run.mjs", node)])
        }),
        count: Runner::Plain,
        ..IN_NODE
    },
    Suite {
        name: "transport",
        about: "what each runtime sends when the connection ends before the answer, counted on bare sockets",
        needs: MATRIX,
        emulator: None,
        work: Work::Commands(|room| node_tests(room, &["tests/transport"])),
        ..IN_NODE
    },
    Suite {
        name: "journal",
        about: "the journals of files and pages: processes killed, full disks, every interleaving of two",
        needs: MATRIX,
        emulator: None,
        work: Work::Commands(|room| node_tests(room, &["tests/journal"])),
        ..IN_NODE
    },
    Suite {
        name: "release",
        about: "the dry run of a release: twice the same tarball, what is attached to it, what is refused",
        emulator: None,
        work: Work::Commands(|room| {
            let mut plans = node_tests(room, &["tests/release"])?;
            for plan in &mut plans {
                // Not `current_exe`: a suite before may have built this program anew.
                let xtask = project::native_target().join("debug/xtask");
                plan.command.env("DCS_XTASK", xtask);
            }
            Ok(plans)
        }),
        ..IN_NODE
    },
    Suite {
        name: "recipes",
        about: "Redis clients through a switchover of two real servers, as the recipes have them",
        needs: &[Need::Npm, Need::Redis],
        package: false,
        emulator: None,
        work: Work::Commands(|room| {
            let install = "npm ci --no-audit --no-fund --loglevel=error --prefix tests/recipes";
            after(room, install, &["tests/recipes"])
        }),
        ..IN_NODE
    },
    Suite {
        name: "badinput",
        about: "every value that hurts, in every place of the API",
        emulator: None,
        work: Work::Commands(|room| node_tests(room, &["tests/badinput"])),
        ..IN_NODE
    },
    Suite {
        name: "hostile",
        about: "a service that means harm: no hang, no second swap, memory bounded",
        work: Work::Commands(|room| {
            let mut node = tools::command("node");
            node.args(["--expose-gc", "--test", "--test-reporter=spec"]);
            node.args(files_ending("tests/hostile", ".test.mjs")?);
            room.tell(&mut node);
            Ok(vec![plan("node --test", node)])
        }),
        ..IN_NODE
    },
    Suite {
        name: "load",
        about: "100,000 calls through one client, half of some aborted",
        emulator: Some(Emulation {
            args: &[],
            release: true,
        }),
        work: Work::Commands(|room| node_tests(room, &["tests/load"])),
        ..IN_NODE
    },
    Suite {
        name: "fuzz",
        about: "readers, signer and machines of the core, fed with what breaks things",
        needs: fuzz::NEEDS,
        package: false,
        emulator: None,
        work: Work::Check(super::fuzzed::check),
        count: Runner::Status,
    },
    Suite {
        name: "supply",
        about: "licences, duplicates, sources, known holes, bill of materials, lock files",
        needs: SUPPLY,
        emulator: None,
        work: Work::Check(super::supply::check),
        count: Runner::Status,
        ..IN_NODE
    },
    Suite {
        name: "reproducible",
        about: "the same wasm bytes when built in another folder",
        package: false,
        emulator: None,
        work: Work::Check(super::reproducible::check),
        count: Runner::Status,
        ..IN_NODE
    },
    Suite {
        name: "secrets",
        about: "no secret key in any output of the suites",
        needs: &[],
        package: false,
        emulator: None,
        work: Work::Check(super::secrets::check),
        count: Runner::Status,
    },
];

fn plan(name: &str, command: Command) -> Plan {
    Plan {
        name: name.to_owned(),
        command,
    }
}

/// The tests of these folders by Node's own runner.
fn node_tests(room: &Room, folders: &[&str]) -> Result<Vec<Plan>> {
    let mut node = tools::command("node");
    node.args(["--test", "--test-reporter=spec"]);
    for folder in folders {
        node.args(files_ending(folder, ".test.mjs")?);
    }
    room.tell(&mut node);
    Ok(vec![plan("node --test", node)])
}

/// The tests of these folders by Node's own runner, after a command that prepares them.
fn after(room: &Room, prepare: &str, folders: &[&str]) -> Result<Vec<Plan>> {
    let mut bash = tools::command("bash");
    let script = format!("{prepare} && exec node --test --test-reporter=spec \"$@\"");
    bash.args(["-c", &script, "bash"]);
    for folder in folders {
        bash.args(files_ending(folder, ".test.mjs")?);
    }
    room.tell(&mut bash);
    Ok(vec![plan("node --test", bash)])
}

/// The tests of tests/browser by wasm-pack, in the engine that these arguments choose; again, when its test server hung.
fn engine(room: &Room, mut pack: Command, engine: &[&str]) -> Result<Vec<Plan>> {
    pack.args(["test", "--headless", "--mode", "no-install"])
        .args(engine)
        .arg("tests/browser");
    room.tell(&mut pack);
    let mut again = Command::new("bash");
    again
        .arg(project::at("tests/browser/again.sh"))
        .arg(pack.get_program())
        .args(pack.get_args());
    for (name, value) in pack.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    if let Some(folder) = pack.get_current_dir() {
        again.current_dir(folder);
    }
    Ok(vec![plan(&format!("wasm-pack test {}", engine[0]), again)])
}

/// The files of a folder with this ending, as the runners of JavaScript want them.
fn files_ending(folder: &str, ending: &str) -> Result<Vec<std::path::PathBuf>> {
    let mut files = project::files_below(&project::at(folder))?;
    files.retain(|file| file.to_string_lossy().ends_with(ending));
    Ok(files)
}
