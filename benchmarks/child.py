"""The measured process: runs cocflow's own command line, and says at its end what it took.

`python -m benchmarks.child sweep` prints what `cocflow sweep` does, and one line of JSON on standard
error: seconds, of them on the processor, those of the processor since the process began, and the most memory
that it ever held. `python -m benchmarks.child --import requests` does no more than that, for comparison.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path


def peak() -> float:
    """Return the most megabytes that this process has held since it began (its own, not its parent's)."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


def main() -> None:
    """Import all that the command needs, or what is asked for instead, then measure the command."""
    alone = sys.argv[2] if sys.argv[1] == "--import" else ""
    if not alone:
        importlib.import_module("cocflow.adapters.late").install()  # as the command does
    importlib.import_module(alone or "cocflow.bootstrap")
    command_line = (lambda: None) if alone else importlib.import_module("cocflow.cli").main
    if not alone:
        importlib.import_module("cocflow.run.sweep")

    wall, processor = time.perf_counter(), time.process_time()
    try:
        command_line()
    finally:
        took = {
            "seconds": time.perf_counter() - wall,
            "processor": time.process_time() - processor,
            "whole": time.process_time(),
            "megabytes": peak(),
        }
        print(json.dumps(took), file=sys.stderr)


if __name__ == "__main__":
    main()
