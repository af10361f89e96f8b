"""Where it was measured, and what."""

import datetime
import json
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

PEERS = Path(__file__).resolve().parent.parent
CRATES = ["wasmtime", "extism", "rquickjs", "regorus", "cel", "rhai", "cedar-policy"]


class Surroundings(NamedTuple):
    date: str
    machine: str
    versions: str

    @classmethod
    def look(cls):
        return cls(datetime.date.today().isoformat(), machine(), versions())


def machine():
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", cpuinfo).group(1)
    kind = "a virtual machine" if re.search(r"^flags.*\bhypervisor\b", cpuinfo, re.MULTILINE) else "a machine"
    kernel = platform.release().split("-")[0]
    return f"{model}, {os.cpu_count()} cores of {kind}, Linux {kernel}."


def versions():
    lock = (PEERS / "Cargo.lock").read_text()
    found = []
    for crate in CRATES:
        versions = re.findall(rf'name = "{crate}"\nversion = "(.*)"', lock)
        found.append(f"{crate} {' and '.join(reversed(versions))}")
    packages = json.loads((PEERS / "node/package.json").read_text())["dependencies"]
    found += [f"{name} {version}" for name, version in packages.items()]
    rust, node = said("rustc", "--version").split()[1], said("node", "--version").lstrip("v")
    return f"Rust {rust}, Node {node}; {', '.join(found)}."


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
