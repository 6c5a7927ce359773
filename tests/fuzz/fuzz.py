"""Holds a released server to its OpenAPI document with schemathesis: valid and broken requests, with and without a token.

    python tests/fuzz/fuzz.py BINARY --requests 30000 --seed 1 --reports target/fuzz

Starts the server on a free port over a temporary data folder with a real repository to write about, and fails on any
server error, anything undocumented, any ignored authentication, and on too few requests.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent

# The share of the requests of each caller. The owner gets furthest into the program.
SHARES = {"owner": 0.5, "reader": 0.25, "nobody": 0.25}


# Every request that succeeds is tried again with a wrong token, thousands a minute on a fast machine. What the guard
# against guessing does is held by tests of its own.
FAILURES_MAX = 100_000

# What would end the proof: answers without an end (held by tests of their own), and the owner's own credentials.
LEFT_OUT = ["streamEvents", "signOutEverywhere", "changePassword"]


def main():
    asked = arguments()
    started = time.monotonic()
    reports = pathlib.Path(asked.reports).resolve()
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="dateline-fuzz-") as folder, contextlib.ExitStack() as stack:
        folder = pathlib.Path(folder)
        repository, site = scene(folder)
        server = stack.enter_context(Server(asked.binary, folder))
        document = folder / "dateline.json"
        document.write_text(json.dumps(sharpened(server.json("/openapi.json"), repository, site)))
        callers = server.callers()
        wanted = {name: int(asked.requests * SHARES[name] / sum(SHARES[it] for it in callers)) for name in callers}
        runs = [Caller(name, token, wanted[name], server, document, reports, asked) for name, token in callers.items()]
        # Two at a time, as many as the machine has processors: the owner's beside all the others.
        lanes = [[runs[0]], runs[1:]]
        threads = [threading.Thread(target=lambda lane=lane: [run.all() for run in lane]) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.still_answers()
    total = sum(run.requests for run in runs)
    for run in runs:
        told = f"{run.requests} requests, {run.accepted} of them accepted"
        print(f"{run.name}: {told}, {run.failures} failures, {run.errors} errors", flush=True)
    print(f"{total} requests in {time.monotonic() - started:.0f} s, seed {asked.seed}", flush=True)
    for run in runs:
        if run.failures or run.errors:
            print(run.said)
    if any(run.failures or run.errors for run in runs):
        sys.exit("the server does not keep what its document says")
    if runs[0].accepted * 10 < runs[0].requests:
        sys.exit("hardly any of the owner's requests got past the door: the proof is hollow")
    if total < asked.requests:
        sys.exit(f"only {total} requests of {asked.requests}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--requests", type=int, default=30_000, help="how many must be sent in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reports", default="target/fuzz")
    parser.add_argument("--seconds", type=int, default=540, help="how long it may take")
    return parser.parse_args()


def scene(folder):
    """Makes a repository with a history, and a folder to publish into."""
    repository, site = folder / "repository", folder / "site"
    repository.mkdir()
    site.mkdir()
    settings = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    git = ["git", "-C", str(repository), *settings]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main", "."], check=True)
    for number, text in enumerate(["feat: the first page", "fix: the last page", "docs: how to turn pages"]):
        (repository / f"{number}.txt").write_text(text)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", text], check=True)
    return str(repository), str(site)


def sharpened(document, repository, site):
    """Says what no schema can: which paths, zones, patterns and addresses exist on this machine. With the document as
    it stands hardly any valid request would get further than that."""
    known = {
        "GitSource": {"path": [repository], "branch": ["main"]},
        # Nothing may leave the machine.
        "GithubSource": {"apiUrl": ["https://127.0.0.1:1"]},
        "FolderTarget": {"path": [site]},
        "FeedTarget": {"path": [f"{site}/feed.xml"], "siteUrl": ["https://example.org"]},
        "TimeConfigBody": {
            "timezone": ["UTC", "Europe/Berlin", "America/New_York"],
            "cronExpression": ["0 9 * * 1-5", "*/5 * * * *", "0 0 L * *"],
        },
        # The guard against guessing stays wide: what it does is held elsewhere, and every answer would be its own.
        "SettingsPatch": {"signInFailuresMax": [FAILURES_MAX]},
        "ProjectCreate": {"timezone": ["UTC", "Asia/Tokyo"]},
        "ProjectPatch": {"timezone": ["UTC", "Asia/Tokyo"]},
    }
    for name, schema in document["components"]["schemas"].items():
        for field, values in known.get(name.rsplit("_", 1)[-1], {}).items():
            if field in schema["properties"]:
                schema["properties"][field] = {"type": schema["properties"][field]["type"], "enum": values}
    github = document["components"]["schemas"]["SourceBody_GithubSource"]
    github["required"] = sorted({*github.get("required", []), "apiUrl"})
    text = json.dumps(document)
    examples = [
        ("/home/ana/src/anchor", repository),
        ("/home/ana/site/content/posts", site),
        ('"signInFailuresMax": 10', f'"signInFailuresMax": {FAILURES_MAX}'),
    ]
    for example, here in examples:
        text = text.replace(example, here)
    return json.loads(text)


class Server:
    """A server over a data folder of its own."""

    def __init__(self, binary, folder):
        self.folder = folder
        data = folder / "data"
        self.log = open(folder / "server.log", "wb")
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--json", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=environment())
        told = json.loads(self.process.stdout.readline())
        self.address = told["address"]
        self.token = pathlib.Path(told["tokenFile"]).read_text().strip()
        self.token_id = self.json("/api/tokens")["items"][0]["id"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def ask(self, path, body=None, token=None, method=None):
        sent = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.address + path, sent, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        if body:
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def json(self, path):
        return self.ask(path)

    def callers(self):
        """Returns who asks, with which token: the owner, somebody who may only read, nobody."""
        callers = {"owner": self.token}
        self.ask("/api/settings", {"signInFailuresMax": FAILURES_MAX}, method="PATCH")
        callers["reader"] = self.ask("/api/tokens", {"name": "fuzz", "scopes": ["READ"]})["token"]
        callers["nobody"] = None
        return callers

    def still_answers(self):
        if self.process.poll() is not None:
            sys.exit(f"the server ended with {self.process.returncode}")
        self.ask("/readyz")


class Caller:
    """The requests of one caller, round after round until there are enough."""

    def __init__(self, name, token, wanted, server, document, reports, asked):
        self.name, self.token, self.wanted, self.asked = name, token, wanted, asked
        self.server, self.document, self.reports = server, document, reports
        self.requests = self.accepted = self.failures = self.errors = 0
        self.said = ""

    def all(self):
        deadline = time.monotonic() + self.asked.seconds
        round_ = 0
        while self.requests < self.wanted and time.monotonic() < deadline and not self.failures and not self.errors:
            self.one(round_, max(20, min(400, (self.wanted - self.requests) // 60)), deadline)
            round_ += 1

    def one(self, round_, examples, deadline):
        junit = self.reports / f"{self.name}-{round_}.xml"
        counted = self.reports / f"{self.name}-{round_}.count"
        command = [
            str(pathlib.Path(sys.executable).parent / "st"), "--config-file", str(HERE / "schemathesis.toml"), "run",
            str(self.document), "--url", self.server.address, "--checks", "all", "--mode", "all",
            # A cancelled job's history stays, and can be read: what was removed is held by tests of its own.
            "--exclude-checks", "use_after_free",
            "--max-examples", str(examples), "--continue-on-failure", "--workers", "1",
            "--seed", str(self.asked.seed + round_), "--no-shrink", "--request-timeout", "30",
            *[part for id in LEFT_OUT for part in ("--exclude-operation-id", id)],
            "--warnings", "off", "--report", "junit", "--report-junit-path", str(junit),
        ]
        if self.token:
            command += ["-H", f"Authorization: Bearer {self.token}"]
        surroundings = environment() | {
            "SCHEMATHESIS_HOOKS": "dateline_checks",
            "PYTHONPATH": str(HERE),
            "DATELINE_FUZZ_COUNT": str(counted),
            "DATELINE_FUZZ_CALLER": self.name,
            "DATELINE_FUZZ_TOKEN_ID": self.server.token_id,
        }
        limit = max(1, deadline - time.monotonic())
        try:
            done = subprocess.run(command, env=surroundings, cwd=self.server.folder, timeout=limit,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except subprocess.TimeoutExpired:
            self.errors += 1
            self.said += f"{self.name}: not ready in time\n"
            return
        marks = counted.read_bytes() if counted.exists() else b""
        self.requests += len(marks)
        self.accepted += marks.count(b"+")
        suites = xml.parse(junit).getroot() if junit.exists() else None
        counts = [(int(it.get("failures", 0)), int(it.get("errors", 0))) for it in suites.iter("testsuite")] if suites is not None else []
        self.failures += sum(count for count, _ in counts)
        self.errors += sum(count for _, count in counts)
        if done.returncode != 0:
            self.said += done.stdout
            self.errors += 0 if self.failures or self.errors else 1


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "SCHEMATHESIS_"))}
    return kept | {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    main()
