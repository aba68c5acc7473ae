"""Examines an official SDK against a running emulator; the same questions for each language.

A peer brings two commands:

program swaps an instance as its documentation has it: its arguments are region, project id and
        instance id, its keys are in HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK
probe   reads one order a line, {"operation", "ak", "sk", "project_id", "parameters", "retries"},
        and prints one result a line: {"ok": true, "answer"} or {"ok": false, "exception",
        "status_code", "error_code", "error_msg", "request_id"}

The emulator is given by DCS_EMULATOR_URL. Every check is a line; then come the figures as one line
of JSON, and a line "N passed, N failed".
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import uuid

JOB_ID = re.compile(r"""job_?id["']?\s*[:=]\s*["']?([0-9a-f-]{32,36})""", re.IGNORECASE)
# The marker that the search for leaked secrets looks for.
SECRET = os.environ.get("DCS_MARKER_SK", "MARKER-SK-9f27c1d4e8b3a605")
JOB_TIMEOUT = 20


class Emulator:
    """The emulator's admin addresses."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.config = self.ask("GET", "config")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def instance(self, instance_id):
        return self.ask("GET", "state?requests=0")["instances"][instance_id]

    def counters(self, instance_id):
        return self.instance(instance_id)["counters"]

    def roles(self, instance_id):
        return [node["role"] for node in self.instance(instance_id)["nodes"]]

    def new_instance(self, **overrides):
        return self.ask("POST", "instances", overrides)["instance_id"]

    def new_key(self, **more):
        """A key of its own for each use, so that no failure locks another's."""
        key = {"ak": "PEER" + uuid.uuid4().hex[:16].upper(), "sk": SECRET}
        self.ask("POST", "credentials", {**key, **more})
        return key


class Probe:
    """A running probe."""

    def __init__(self, command, directory):
        self.process = subprocess.Popen(
            command, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the probe ended early, with {self.process.wait()}")
        return json.loads(line)

    def close(self):
        """Ends it: a JVM with idle threads of its HTTP client would stay for minutes."""
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(timeout=30)


class Judge:
    """Asks the questions and counts the answers."""

    def __init__(self, peer, sdk, retry):
        self.emulator = Emulator(os.environ["DCS_EMULATOR_URL"])
        self.project = self.emulator.config["project_id"]
        self.figures = {"peer": peer, "sdk": sdk, "retry": retry}
        self.passed = self.failed = 0

    def check(self, what, right, seen=None):
        if right:
            self.passed += 1
            print(f"ok      {what}")
        else:
            self.failed += 1
            print(f"not ok  {what}: {seen!r}")

    def ran(self, program, directory, instance_id):
        """The program, with a key of its own; the SDKs take another address of a region from the environment."""
        key = self.emulator.new_key()
        environment = {
            **os.environ,
            "HUAWEICLOUD_SDK_AK": key["ak"],
            "HUAWEICLOUD_SDK_SK": key["sk"],
            "HUAWEICLOUD_SDK_REGION_DCS_CN_NORTH_4": self.emulator.url,
        }
        command = [*program, "cn-north-4", self.project, instance_id]
        return subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, timeout=300
        )

    def swap(self, program, directory, instance_id):
        before, roles = self.emulator.counters(instance_id), self.emulator.roles(instance_id)
        started = time.monotonic()
        run = self.ran(program, directory, instance_id)
        seconds = round(time.monotonic() - started, 3)
        found = JOB_ID.search(run.stdout)
        self.check("the program prints a job_id", found, run.stdout + run.stderr)
        job = self.finished(instance_id, found and found.group(1))
        self.check("the job it started succeeds", job and job["status"] == "SUCCESS", job)
        after = self.emulator.counters(instance_id)
        swaps = after["swaps_run"] - before["swaps_run"]
        self.check("the emulator swapped exactly once", swaps == 1, swaps)
        now = self.emulator.roles(instance_id)
        self.check("the roles are exchanged", now == roles[::-1], now)
        self.figures["program"] = {
            "works": bool(found),
            "requests": after["swap_requests"] - before["swap_requests"],
            "swaps_run": swaps,
            "seconds_to_first_call": seconds,
        }
        return found and found.group(1)

    def refusal(self, program, directory):
        run = self.ran(program, directory, "ffffffff-0000-4000-8000-000000000001")
        said = run.stdout + run.stderr
        told = "HTTP 404 DCS.3022" in said and run.returncode != 0
        self.check("a refusal is told with status and code", told, said)

    def finished(self, instance_id, job_id):
        end = time.monotonic() + JOB_TIMEOUT
        while time.monotonic() < end:
            jobs = self.emulator.instance(instance_id)["jobs"]
            for job in jobs:
                if job["job_id"] == job_id and "end_time" in job:
                    return job
            time.sleep(0.05)
        return None

    def reads(self, probe, instance_id, job_id):
        key = {**self.emulator.new_key(), "project_id": self.project}
        one = {"instance_id": instance_id}

        def read(operation, parameters):
            result = probe.ask(operation=operation, parameters=parameters, **key)
            self.check(f"{operation} answers", result["ok"], result)
            return result.get("answer", {})

        job = read("ShowJobInfo", {"job_id": job_id})
        self.check("its job is the one", job.get("job_id") == job_id, job)
        self.check("its job succeeded", job.get("status") == "SUCCESS", job)
        instance = read("ShowInstance", one)
        self.check("its mode is ha", instance.get("cache_mode") == "ha", instance)
        listed = read("ListInstances", one)
        ids = [item["instance_id"] for item in listed.get("instances", [])]
        self.check("it lists the instance alone", ids == [instance_id], ids)
        groups = read("ListGroupReplicationInfo", one)
        replicas = [r for g in groups.get("group_list", []) for r in g["replication_list"]]
        seen = [replica["replication_role"] for replica in replicas]
        self.check("it tells the roles", seen == self.emulator.roles(instance_id), seen)
        self.figures["answer"] = sorted(job)

    def errors(self, probe, instance_id):
        """A natural error for each status; 500 is asked of the emulator."""
        key = self.emulator.new_key()
        reader = self.emulator.new_key(readOnly=True)
        broken = self.emulator.new_instance()
        # Not a malformed id: a client may refuse that before it sends anything.
        single = self.emulator.new_instance(cache_mode="single")
        fault = {"kind": "status", "status": 500, "error_code": "DCS.5000"}
        match = {"operation": "ChangeMasterStandbyAsync", "instance_id": broken}
        self.emulator.ask("POST", "faults", {"match": match, "fault": fault})
        cases = [
            (400, "DCS.4086", "only master standby instance", key, single),
            (401, "APIGW.0301", "verify aksk signature fail", {**key, "sk": "wrong"}, instance_id),
            (403, "DCS.3002", "read permission only", reader, instance_id),
            (404, "DCS.3022", "This DCS instance does not exist.", key, str(uuid.uuid4())),
            (500, "DCS.5000", "Internal service error.", key, broken),
        ]
        self.figures["errors"] = {}
        for status, code, message, who, instance in cases:
            result = probe.ask(
                operation="ChangeMasterStandbyAsync",
                project_id=self.project,
                parameters={"instance_id": instance},
                **who,
            )
            self.check(f"{status}: the status", result.get("status_code") == status, result)
            self.check(f"{status}: the code", result.get("error_code") == code, result)
            told = message in (result.get("error_msg") or "")
            self.check(f"{status}: the message", told, result)
            self.check(f"{status}: the request id", bool(result.get("request_id")), result)
            self.figures["errors"][status] = result

    def lost_answers(self, probe, retries):
        """How often an SDK that retries swaps when every answer is lost after the swap ran."""
        self.figures["lost_answers"] = []
        for job_ms in (0, 300):
            instance_id = self.emulator.new_instance(job_ms=job_ms)
            match = {"operation": "ChangeMasterStandbyAsync", "instance_id": instance_id}
            fault = {"match": match, "times": 100, "fault": {"kind": "drop_after"}}
            self.emulator.ask("POST", "faults", fault)
            result = probe.ask(
                operation="ChangeMasterStandbyAsync",
                project_id=self.project,
                parameters={"instance_id": instance_id},
                retries=retries,
                **self.emulator.new_key(),
            )
            # A job that still runs counts only when it is over.
            time.sleep(job_ms / 1000 + 0.2)
            counters = self.emulator.counters(instance_id)
            # The caller cannot have been told of success.
            self.check(f"a lost answer is an error (jobs of {job_ms} ms)", not result["ok"], result)
            self.check("it swapped at least once", counters["swaps_run"] >= 1, counters)
            self.figures["lost_answers"].append(
                {
                    "job_ms": job_ms,
                    "retries": retries,
                    "requests": counters["swap_requests"],
                    "swaps_run": counters["swaps_run"],
                    "reported": result.get("exception"),
                }
            )
        self.emulator.ask("DELETE", "faults")

    def under_faults(self, probe, retries):
        """How often an SDK that retries sends under each fault, and how often that swaps."""
        after = {"when": "after"}
        faults = {
            "drop_before": ({"kind": "drop_before"}, False),
            "429 with Retry-After": ({"kind": "gateway_refused", "retry_after": 0}, False),
            "500 before the swap": ({"kind": "status", "status": 500}, False),
            "500 after the swap": ({"kind": "status", "status": 500, **after}, True),
            "503 before the swap": ({"kind": "status", "status": 503}, False),
            "cut body": ({"kind": "cut_body"}, True),
            "malformed body": ({"kind": "malformed_body"}, True),
            "redirect": ({"kind": "redirect", "location": self.emulator.url, "status": 307}, False),
            "html": ({"kind": "html"}, False),
        }
        self.figures["faults"] = {}
        for name, (fault, swaps) in faults.items():
            instance_id = self.emulator.new_instance(job_ms=0)
            match = {"operation": "ChangeMasterStandbyAsync", "instance_id": instance_id}
            self.emulator.ask("POST", "faults", {"match": match, "times": 100, "fault": fault})
            result = probe.ask(
                operation="ChangeMasterStandbyAsync",
                project_id=self.project,
                parameters={"instance_id": instance_id},
                retries=retries,
                **self.emulator.new_key(),
            )
            counters = self.emulator.counters(instance_id)
            ran = counters["swaps_run"]
            self.check(f"{name}: the request arrived", counters["swap_requests"] >= 1, counters)
            self.check(f"{name}: {'a' if swaps else 'no'} swap ran", (ran > 0) == swaps, ran)
            self.figures["faults"][name] = {
                "requests": counters["swap_requests"],
                "swaps_run": ran,
                "reported": "success" if result["ok"] else result["exception"],
            }
        self.emulator.ask("DELETE", "faults")

    def examine(self, program, probe, directory, retries=3):
        """All of it, of two commands."""
        instance_id = self.emulator.new_instance(name="peer-program")
        job_id = self.swap(program, directory, instance_id)
        self.refusal(program, directory)
        running = Probe(probe, directory)
        try:
            if job_id:
                self.reads(running, instance_id, job_id)
            self.errors(running, instance_id)
            self.lost_answers(running, retries)
            self.under_faults(running, retries)
        finally:
            running.close()
        print(json.dumps(self.figures, ensure_ascii=False))
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


def skip(tool):
    """Ends the run of a peer whose toolchain is not here."""
    print(f"skipped: {tool} is not installed")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def peers_directory(peer):
    """Where a peer's packages and programs go: PEERS_DIR, or target/peers/<peer>."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    directory = os.path.abspath(os.environ.get("PEERS_DIR") or f"{root}/target/peers/{peer}")
    os.makedirs(directory, exist_ok=True)
    return directory


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
