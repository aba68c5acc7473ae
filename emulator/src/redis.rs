//! Two real redis-server processes that replicate; a swap is Redis' own `FAILOVER`.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{Client, Value, cmd};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use dcs_emulator_core::fleet::nodes::embedded::InMemory;
use dcs_emulator_core::fleet::nodes::{Layout, Node, Nodes, Provider};

/// The hidden first argument with which the emulator runs itself as a node's parent-bound shell.
pub const NODE_COMMAND: &str = "redis-node";

const START_TIMEOUT: Duration = Duration::from_secs(10);
const SWAP_TIMEOUT: Duration = Duration::from_secs(10);
/// Milliseconds to wait for a killed node.
const END_STEPS: u32 = 1_000;
const STEP: Duration = Duration::from_millis(5);

/// One redis-server. Dropping it ends the process and removes its folder.
struct Server {
    port: u16,
    process: Child,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.start_kill();
        // Waited for, so that no zombie is left to whoever inherits it.
        for _ in 0..END_STEPS {
            if !matches!(self.process.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Server {
    /// Starts a server on a free port; another one may take the port first, so it tries again.
    async fn start() -> Result<Self, String> {
        let mut last = String::new();
        for _ in 0..5 {
            match Self::try_start().await {
                Ok(server) => return Ok(server),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn try_start() -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .map_err(|e| format!("no free port: {e}"))?
            .port();
        let folder = tempfile::Builder::new()
            .prefix("dcs-emulator-redis-")
            .tempdir()
            .map_err(|e| format!("no folder for Redis: {e}"))?;
        let emulator = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut process = Command::new(emulator)
            .arg(NODE_COMMAND)
            .arg(std::process::id().to_string())
            .arg(port.to_string())
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("redis-server did not start: {e}"))?;
        let end = Instant::now() + START_TIMEOUT;
        while Instant::now() < end {
            if let Ok(Some(status)) = process.try_wait() {
                return Err(format!(
                    "redis-server ended at once ({status}); is it installed?"
                ));
            }
            if let Ok(mut connection) = connect(port).await
                && cmd("PING")
                    .query_async::<String>(&mut connection)
                    .await
                    .is_ok()
            {
                return Ok(Self {
                    port,
                    process,
                    _folder: folder,
                });
            }
            sleep(STEP).await;
        }
        Err(format!(
            "redis-server on port {port} did not answer in {START_TIMEOUT:?}"
        ))
    }
}

/// Turns this process into a redis-server that ends when the emulator does, however that ends.
///
/// # Errors
/// When it cannot; on success it does not return.
pub fn become_node(emulator: &str, port: &str, folder: &str) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    let parent: i32 = emulator.parse().map_err(|_| "a process id is needed")?;
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(|e| e.to_string())?;
    // The emulator may have ended before the line above took effect.
    if rustix::process::getppid().map(|p| p.as_raw_nonzero().get()) != Some(parent) {
        return Err("the emulator is gone".to_owned());
    }
    let error = std::process::Command::new("redis-server")
        .args(["--port", port, "--bind", "127.0.0.1", "--dir", folder])
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
        .args([
            "--repl-diskless-sync",
            "yes",
            "--repl-diskless-sync-delay",
            "0",
        ])
        .args(["--protected-mode", "no"])
        .exec();
    Err(error.to_string())
}

async fn connect(port: u16) -> Result<MultiplexedConnection, String> {
    let client = Client::open(("127.0.0.1", port)).map_err(|e| e.to_string())?;
    client
        .get_multiplexed_async_connection()
        .await
        .map_err(|e| e.to_string())
}

/// Two servers, a master and its standby.
pub struct RedisPair {
    layout: Layout,
    servers: [Server; 2],
}

impl RedisPair {
    /// Starts both, and waits until the standby follows.
    ///
    /// # Errors
    /// When one does not start, or does not follow.
    pub async fn start(layout: Layout) -> Result<Self, String> {
        let pair = Self {
            layout,
            servers: [Server::start().await?, Server::start().await?],
        };
        let mut standby = connect(pair.servers[1].port).await?;
        cmd("REPLICAOF")
            .arg("127.0.0.1")
            .arg(pair.servers[0].port)
            .query_async::<()>(&mut standby)
            .await
            .map_err(|e| e.to_string())?;
        pair.settled(0, START_TIMEOUT).await?;
        Ok(pair)
    }

    /// The role of each server, asked of itself, and whether a standby is connected.
    async fn roles(&self) -> Result<[(bool, bool); 2], String> {
        let mut roles = [(false, false); 2];
        for (server, seen) in self.servers.iter().zip(&mut roles) {
            let mut connection = connect(server.port).await?;
            let answer: Vec<Value> = cmd("ROLE")
                .query_async(&mut connection)
                .await
                .map_err(|e| e.to_string())?;
            let text = |at: usize| match answer.get(at) {
                Some(Value::BulkString(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
                _ => String::new(),
            };
            *seen = match text(0).as_str() {
                "master" => (
                    true,
                    matches!(answer.get(2), Some(Value::Array(a)) if !a.is_empty()),
                ),
                _ => (false, text(3) == "connected"),
            };
        }
        Ok(roles)
    }

    /// Waits until one server is the master and the other follows it.
    async fn settled(&self, master: usize, limit: Duration) -> Result<(), String> {
        let end = Instant::now() + limit;
        loop {
            let roles = self.roles().await?;
            if roles[master] == (true, true) && roles[1 - master] == (false, true) {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("the nodes did not settle in {limit:?}"));
            }
            sleep(STEP).await;
        }
    }
}

/// Gives every instance that can be swapped a pair of real nodes, and the others nodes in memory.
pub struct RedisNodes;

#[async_trait]
impl Provider for RedisNodes {
    async fn start(&self, layout: Layout, swappable: bool) -> Result<Box<dyn Nodes>, String> {
        if swappable {
            return Ok(Box::new(RedisPair::start(layout).await?));
        }
        InMemory.start(layout, swappable).await
    }
}

#[async_trait]
impl Nodes for RedisPair {
    async fn groups(&self) -> Result<Vec<Vec<Node>>, String> {
        let roles = self.roles().await?;
        let mut groups = self.layout.nodes();
        for (at, node) in groups.iter_mut().flatten().enumerate() {
            let (is_master, linked) = roles[at];
            node.role = if is_master { "master" } else { "slave" };
            node.address = Some(format!("127.0.0.1:{}", self.servers[at].port));
            // A standby that lost its master is of no use to a switchover.
            node.status = if is_master || (linked && self.layout.standby_active) {
                "Active"
            } else {
                "Inactive"
            };
        }
        Ok(groups)
    }

    async fn swap(&self, to: Option<usize>) -> Result<(), String> {
        let roles = self.roles().await?;
        let master = roles
            .iter()
            .position(|(is_master, _)| *is_master)
            .ok_or("no master")?;
        if to.is_some_and(|to| to != 1 - master) {
            return Err("no active standby node".to_owned());
        }
        let mut connection = connect(self.servers[master].port).await?;
        cmd("FAILOVER")
            .arg("TO")
            .arg("127.0.0.1")
            .arg(self.servers[1 - master].port)
            .arg("TIMEOUT")
            .arg(5000)
            .query_async::<()>(&mut connection)
            .await
            .map_err(|e| e.to_string())?;
        self.settled(1 - master, SWAP_TIMEOUT).await
    }

    fn add(&self, _: Option<String>) -> Result<(), String> {
        Err("a pair of real nodes cannot grow".to_owned())
    }

    async fn gaps(&self) -> Result<Vec<Option<u64>>, String> {
        let roles = self.roles().await?;
        let master = roles.iter().position(|(is_master, _)| *is_master);
        let master = master.ok_or("no master")?;
        let port = self.servers[master].port;
        let mut connection = connect(port).await?;
        let info: String = cmd("INFO")
            .arg("replication")
            .query_async(&mut connection)
            .await
            .map_err(|e| e.to_string())?;
        let mut gaps = vec![None, None];
        gaps[1 - master] = gap(&info);
        Ok(gaps)
    }
}

/// How far the standby is behind, from what a master tells of itself.
fn gap(info: &str) -> Option<u64> {
    let field = |name: &str| info.lines().find_map(|line| line.trim().strip_prefix(name));
    let ahead: u64 = field("master_repl_offset:")?.parse().ok()?;
    let standby = field("slave0:")?;
    let reached = standby
        .split(',')
        .find_map(|part| part.strip_prefix("offset="))?;
    Some(ahead.saturating_sub(reached.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::gap;

    #[test]
    fn the_gap_is_the_difference_of_the_offsets() {
        let info = "# Replication\r\nrole:master\r\nslave0:ip=127.0.0.1,port=1,state=online,\
            offset=90,lag=0\r\nmaster_repl_offset:120\r\n";
        assert_eq!(gap(info), Some(30));
        assert_eq!(gap("role:master\r\nmaster_repl_offset:120\r\n"), None);
    }
}
