//! The command line of the emulator.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use dcs_emulator::config::printed;
use dcs_emulator::options::Options;
use dcs_emulator::redis::{NODE_COMMAND, become_node};
use dcs_emulator::server::Server;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(NODE_COMMAND) {
        let rest: Vec<String> = arguments.collect();
        let [parent, port, folder] = rest.as_slice() else {
            return ExitCode::FAILURE;
        };
        return finish(become_node(parent, port, folder));
    }
    let options = Options::parse();
    if options.print_config {
        println!("{:#}", printed(&options.region));
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(error.to_string())),
    };
    finish(runtime.block_on(serve(options)))
}

async fn serve(options: Options) -> Result<(), String> {
    // Before anything starts, so that no signal finds the defaults.
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    let server = tokio::select! {
        started = Server::start(options) => started?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    println!("DCS emulator ready: {}", server.url());
    std::io::stdout().flush().map_err(|e| e.to_string())?;
    tokio::select! {
        ended = server.run() => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dcs-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}
