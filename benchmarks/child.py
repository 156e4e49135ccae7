"""The measured process: runs cocflow's own command line, and says at its end what it took.

`python -m benchmarks.child sweep` prints what `cocflow sweep` does, and one line of JSON on standard
error: seconds, of them on the processor, and the most memory that it ever held.
"""

from __future__ import annotations

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
    """Import all that the command needs, then measure the command."""
    import cocflow.bootstrap
    import cocflow.run.sweep  # noqa: F401
    from cocflow.cli import main as command_line

    wall, processor = time.perf_counter(), time.process_time()
    try:
        command_line()
    finally:
        took = {
            "seconds": time.perf_counter() - wall,
            "processor": time.process_time() - processor,
            "megabytes": peak(),
        }
        print(json.dumps(took), file=sys.stderr)


if __name__ == "__main__":
    main()
