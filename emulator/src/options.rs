//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use dcs_emulator_core::config::{CodeForm, Options as Core, REGION};

/// Which of the two published forms of an error code is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Codes {
    /// `DCS.4049`.
    #[default]
    Dcs,
    /// `111400017`; codes that exist only in the newer form keep it.
    NineDigit,
}

/// The command line.
#[derive(Clone, Debug, Parser)]
#[command(name = "dcs-emulator", version, about)]
pub struct Options {
    /// Port on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Run two real redis-server processes per instance.
    #[arg(long)]
    pub redis: bool,
    /// How many master/standby instances to start with.
    #[arg(long, default_value_t = 1)]
    pub instances: usize,
    /// Add one instance of every other kind and state.
    #[arg(long)]
    pub variety: bool,
    /// How long a swap takes, in milliseconds.
    #[arg(long, default_value_t = 300)]
    pub job_ms: u64,
    /// Serve the files of this folder at `/`.
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,
    /// The region that IAM knows the project by.
    #[arg(long, default_value = REGION)]
    pub region: String,
    /// The form of the service's error codes.
    #[arg(long, value_enum, default_value_t)]
    pub codes: Codes,
    /// Print the built-in ids and keys as JSON, and leave.
    #[arg(long)]
    pub print_config: bool,
}

impl Options {
    /// What the core needs of them.
    #[must_use]
    pub fn core(&self) -> Core {
        Core {
            instances: self.instances,
            variety: self.variety,
            job_ms: self.job_ms,
            region: self.region.clone(),
            codes: match self.codes {
                Codes::Dcs => CodeForm::Dcs,
                Codes::NineDigit => CodeForm::NineDigit,
            },
        }
    }
}
