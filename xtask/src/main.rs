//! The project's tasks: `cargo xtask setup | build | demo | test | lint | size | ...`.
//!
//! One file a command; what they share is in [`project`] (where things are), [`process`] (running
//! programs and ending them), [`wasm`] (the one way to compile for wasm32) and [`emulator`].

mod build;
mod campaign;
mod changelog;
mod console;
mod console_files;
mod demo;
mod emulator;
mod entries;
mod fuzz;
mod lint;
mod process;
mod project;
mod release;
mod sbom;
mod script;
mod setup;
mod site;
mod size;
mod test;
mod tools;
mod wasm;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Tasks of huaweicloud-dcs"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: wasm32, wasm-bindgen, wasm-pack, npm packages, browser, Redis
    Setup(setup::Args),
    /// Write the npm package to pkg/
    Build(build::Args),
    /// Swap the nodes of an instance and tell the story
    Demo(demo::Args),
    /// Run every suite of tests and print one line of totals
    Test(test::Args),
    /// Check formatting, lints and types
    Lint(lint::Args),
    /// Feed the core's readers and machines with what breaks things
    Fuzz(fuzz::Args),
    /// Make the tarball of a release and what is attached to it; npm gets it unless --dry-run
    Release(release::Args),
    /// Write the papers, the references and the playground as static files
    Site(site::Args),
    /// Print the size of every entry of the package
    Size(size::Args),
    /// Play switchovers with random faults, and judge each
    Campaign(campaign::Args),
    /// Measure speed side by side with peers
    Bench(script::Args),
    /// Ask the official SDKs and this package the same, at one emulator
    Peers(script::Args),
    /// Try the packed package in every runtime and bundler
    Matrix(script::Args),
    /// Take the pictures of the console
    Screenshots(script::Args),
}

fn main() -> std::process::ExitCode {
    process::end_children_on_ctrl_c();
    let done = match Cli::parse().command {
        Command::Setup(args) => setup::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Site(args) => site::run(&args),
        Command::Size(args) => size::run(&args),
        Command::Campaign(args) => campaign::run(&args),
        Command::Bench(args) => script::run(&script::BENCH, &args),
        Command::Peers(args) => script::run(&script::PEERS, &args),
        Command::Matrix(args) => script::run(&script::MATRIX, &args),
        Command::Screenshots(args) => console::screenshots(&args),
    };
    process::end_children();
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
