"""The heartbeat: an address outside that is called after each complete sweep.

Owns that one call, for a monitor of the community's that notices when sweeps stop coming. Refuses to send
anything with it.
"""

from __future__ import annotations

import requests

from cocflow.errors import AdapterError

LONGEST_WAIT = 10.0
"""Seconds for the connection, and for the answer."""


def beat(url: str) -> None:
    """Call the address; AdapterError, without the address, if it gives no good answer."""
    try:
        answer = requests.get(url, timeout=LONGEST_WAIT)
    except requests.RequestException:
        raise AdapterError(0, "GET the monitor") from None
    if not answer.ok:
        raise AdapterError(answer.status_code, "GET the monitor")
