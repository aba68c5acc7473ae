//! Start, end, real Redis, and many connections.

mod common;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use common::{Ask, Emulator, KEY, start};
use dcs_emulator::config::{PROJECT_ID, instance_id};

fn redis_is_here() -> bool {
    let here = Command::new("redis-server")
        .arg("--version")
        .output()
        .is_ok();
    if !here {
        println!("skipped: redis-server is not installed");
    }
    here
}

/// The Redis nodes of an emulator, by address.
fn addresses(emulator: &Emulator) -> Vec<String> {
    let state = emulator.state();
    let nodes = state["instances"][instance_id(1)]["nodes"]
        .as_array()
        .expect("nodes")
        .clone();
    nodes
        .iter()
        .map(|n| n["address"].as_str().expect("an address").to_owned())
        .collect()
}

/// One command, as any Redis client would send it; the first line of the answer.
fn redis(address: &str, command: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(common::PATIENCE))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    // A string comes after its length.
    if let Some(length) = line
        .trim()
        .strip_prefix('$')
        .and_then(|n| n.parse::<usize>().ok())
    {
        let mut text = vec![0; length];
        reader.read_exact(&mut text)?;
        return Ok(String::from_utf8_lossy(&text).into_owned());
    }
    Ok(line.trim().to_owned())
}

/// The role that a node says it has.
fn role(address: &str) -> String {
    let info = redis(address, "INFO replication").expect("an answer");
    let role = info.lines().find_map(|line| line.strip_prefix("role:"));
    role.expect("a role").trim().to_owned()
}

/// The processes whose parent is this one.
fn children(parent: u32) -> HashSet<u32> {
    let mut found = HashSet::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let after = stat.rsplit(") ").next().unwrap_or_default();
        let ppid = after.split(' ').nth(1).and_then(|p| p.parse::<u32>().ok());
        if let (Some(ppid), Ok(pid)) = (ppid, entry.file_name().to_string_lossy().parse())
            && ppid == parent
        {
            found.insert(pid);
        }
    }
    found
}

fn folders() -> HashSet<std::path::PathBuf> {
    std::fs::read_dir(std::env::temp_dir())
        .expect("a folder")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.to_string_lossy().contains("dcs-emulator-redis-"))
        .collect()
}

#[test]
fn a_swap_of_real_nodes_is_a_failover_that_keeps_the_data() {
    if !redis_is_here() {
        return;
    }
    let emulator = start(&["--redis", "--job-ms", "50"]);
    let nodes = addresses(&emulator);
    assert_eq!(
        (role(&nodes[0]).as_str(), role(&nodes[1]).as_str()),
        ("master", "slave")
    );
    assert_eq!(redis(&nodes[0], "SET kept yes").expect("an answer"), "+OK");
    for turn in 0..4 {
        let (old, new) = (&nodes[turn % 2], &nodes[1 - turn % 2]);
        assert_eq!(emulator.job(&emulator.swap())["status"], "SUCCESS");
        assert_eq!(
            (role(new).as_str(), role(old).as_str()),
            ("master", "slave")
        );
        assert_eq!(redis(new, "GET kept").expect("an answer"), "yes");
        assert!(
            redis(old, "SET kept no")
                .expect("an answer")
                .contains("READONLY")
        );
        let expected = if turn % 2 == 0 {
            ["slave", "master"]
        } else {
            ["master", "slave"]
        };
        assert_eq!(emulator.roles(), expected);
    }
    assert_eq!(emulator.counter("swaps_run"), 4);
}

#[test]
fn cloud_eye_tells_the_real_gap_of_real_nodes() {
    if !redis_is_here() {
        return;
    }
    let emulator = start(&["--redis"]);
    let nodes = emulator.shown_nodes();
    let address = &addresses(&emulator)[0];
    let gap = || emulator.gap(&nodes[1], "1")[0]["max"].as_u64();
    let much = format!("SET much {}", "x".repeat(10_000));
    // A standby says once a second how far it is.
    common::eventually("the standby is behind", || {
        assert_eq!(redis(address, &much).expect("an answer"), "+OK");
        gap().expect("a figure") >= 10_000
    });
    common::eventually("the standby has caught up", || gap() == Some(0));
    emulator.change(serde_json::json!({"replication_gap_bytes": 77}));
    assert_eq!(gap(), Some(77));
    let path = format!("/_emulator/instances/{}/nodes", instance_id(1));
    let reply = emulator.send(&Ask::new("POST", &path));
    assert_eq!(
        (reply.status, reply.text().contains("real nodes")),
        (400, true)
    );
}

#[test]
fn the_end_leaves_neither_process_nor_folder() {
    if !redis_is_here() {
        return;
    }
    for signal in ["TERM", "INT"] {
        let mut emulator = start(&["--redis", "--instances", "2"]);
        let pid = emulator.process.id();
        let kids = children(pid);
        assert_eq!(kids.len(), 4, "two processes an instance");
        let nodes = addresses(&emulator);
        // The folders of other tests that run meanwhile are not this emulator's.
        let mine: HashSet<_> = kids
            .iter()
            .filter_map(|kid| std::fs::read_link(format!("/proc/{kid}/cwd")).ok())
            .collect();
        assert!(mine.len() == 4 && mine.is_subset(&folders()), "{mine:?}");
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid.to_string()])
            .status();
        assert!(sent.expect("kill").success());
        let status = emulator.process.wait().expect("an end");
        assert!(status.success(), "{signal}: {status}");
        let left = kids
            .iter()
            .filter(|kid| std::path::Path::new(&format!("/proc/{kid}")).exists());
        assert_eq!(left.count(), 0, "{signal}: not even a zombie");
        common::eventually("the nodes are gone", || {
            nodes.iter().all(|node| TcpStream::connect(node).is_err())
        });
        assert!(
            mine.iter().all(|folder| !folder.exists()),
            "{signal}: folders stayed"
        );
    }
}

#[test]
fn nodes_end_with_an_emulator_that_is_killed() {
    if !redis_is_here() {
        return;
    }
    let mut emulator = start(&["--redis"]);
    let nodes = addresses(&emulator);
    let folders: Vec<_> = children(emulator.process.id())
        .iter()
        .filter_map(|kid| std::fs::read_link(format!("/proc/{kid}/cwd")).ok())
        .collect();
    emulator.process.kill().expect("a kill");
    emulator.process.wait().expect("an end");
    common::eventually("the nodes are gone", || {
        nodes.iter().all(|node| TcpStream::connect(node).is_err())
    });
    // Nobody is left to remove these, but the one who killed it.
    for folder in folders {
        std::fs::remove_dir_all(folder).expect("a folder");
    }
}

#[test]
fn constants_are_printed_as_json() {
    let output = Command::new(env!("CARGO_BIN_EXE_dcs-emulator"))
        .arg("--print-config")
        .output();
    let printed: serde_json::Value =
        serde_json::from_slice(&output.expect("an output").stdout).expect("JSON");
    assert_eq!(printed["access_key"], KEY.0);
    assert_eq!(printed["instance_id"], instance_id(1));
    let emulator = start(&[]);
    assert_eq!(
        emulator.admin("GET", "config", serde_json::Value::Null),
        printed
    );
}

#[test]
fn files_come_with_the_headers_of_a_strict_host() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), "<!DOCTYPE html>").expect("a file");
    std::fs::write(folder.path().join("a.wasm"), b"\0asm").expect("a file");
    let emulator = start(&["--www", folder.path().to_str().expect("a path")]);
    let page = emulator.send(&Ask::new("GET", "/"));
    assert_eq!(
        (page.status, page.text().as_str()),
        (200, "<!DOCTYPE html>")
    );
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let wasm = emulator.send(&Ask::new("GET", "/a.wasm"));
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    assert_eq!(
        emulator.send(&Ask::new("GET", "/../Cargo.toml")).status,
        404
    );
    assert_eq!(emulator.send(&Ask::new("GET", "/none")).status, 404);
}

#[test]
fn five_hundred_connections_are_served_and_the_log_stays_bounded() {
    const CONNECTIONS: usize = 500;
    const EACH: usize = 10;
    let emulator = start(&["--job-ms", "0"]);
    let path = format!("/v2/{PROJECT_ID}/instances/{}", instance_id(1));
    let signed = Ask::new("GET", &path).signed(&emulator.address, KEY);
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n", emulator.address);
    for (name, value) in &signed.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut open: Vec<BufReader<TcpStream>> = (0..CONNECTIONS)
        .map(|_| {
            let stream = TcpStream::connect(&emulator.address).expect("a connection");
            stream
                .set_read_timeout(Some(Duration::from_secs(60)))
                .expect("a timeout");
            BufReader::new(stream)
        })
        .collect();
    for _ in 0..EACH {
        for connection in &mut open {
            connection
                .get_mut()
                .write_all(request.as_bytes())
                .expect("sent");
        }
        for connection in &mut open {
            let (mut status, mut length) = (String::new(), 0);
            connection.read_line(&mut status).expect("a status");
            assert!(status.starts_with("HTTP/1.1 200"), "{status}");
            loop {
                let mut line = String::new();
                connection.read_line(&mut line).expect("a header");
                if line == "\r\n" {
                    break;
                }
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().expect("a length");
                }
            }
            connection.read_exact(&mut vec![0; length]).expect("a body");
        }
    }
    let state = emulator
        .send(&Ask::new("GET", "/_emulator/state?requests=1000000"))
        .json();
    assert_eq!(state["counters"]["requests"], CONNECTIONS * EACH);
    assert_eq!(state["requests"].as_array().map(Vec::len), Some(2000));
}
