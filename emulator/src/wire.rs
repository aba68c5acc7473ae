//! Playing an answer that no HTTP library gives on a bare connection.

use std::io;

use dcs_emulator_core::script::{Script, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Plays the script. An error means that the other side went away first.
pub async fn play(script: Script, io: &mut TcpStream) -> io::Result<()> {
    for step in script.0 {
        match step {
            Step::Write(bytes) => io.write_all(&bytes).await?,
            Step::Trickle { bytes, pause } => {
                for byte in bytes {
                    sleep(pause).await;
                    io.write_all(&[byte]).await?;
                }
            }
            Step::Repeat { chunk, total } => {
                let mut left = total;
                while left > 0 {
                    let now = left.min(chunk.len() as u64);
                    let end = usize::try_from(now).unwrap_or(chunk.len());
                    io.write_all(&chunk[..end]).await?;
                    left -= now;
                }
            }
            Step::Endless(chunk) => loop {
                io.write_all(&chunk).await?;
            },
            Step::Hang => while io.read(&mut [0; 1024]).await? > 0 {},
            Step::Close => {
                io.shutdown().await?;
                // Reading on until the other side closes keeps the kernel from a reset.
                while io.read(&mut [0; 1024]).await? > 0 {}
            }
            // A close without linger is what sends the reset.
            Step::Reset => io.set_zero_linger()?,
        }
    }
    Ok(())
}
