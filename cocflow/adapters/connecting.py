"""How PyGithub is set up, for everybody who asks GitHub through it.

Owns what is off: its log lines hold what people wrote; its retries repeat a POST that may have been done; its
pacing takes queries for writes. And what is refused: PyGithub goes where a 301 points, but takes the 307 by
which GitHub answers a write to a renamed repository for success, and the write would be lost.
"""

from __future__ import annotations

import logging

import github
from urllib3.util.retry import Retry

MOVED = frozenset({307, 308})
"""By these GitHub says that a write is to be sent to another address, as nothing was done at this one."""


def connected(auth: github.Auth.Auth, base_url: str, timeout: int = 30) -> github.Github:
    """Return a client that sends each request once, and raises where PyGithub would take none for done.

    `base_url`: the REST address. `timeout`: seconds. An answer of `MOVED` raises
    `requests.exceptions.RetryError`.
    """
    logging.getLogger("github").disabled = True
    logging.getLogger("github.Requester").disabled = True
    return github.Github(
        auth=auth,
        base_url=base_url,
        lazy=True,
        retry=Retry(total=0, read=False, status_forcelist=MOVED, allowed_methods=None),
        timeout=timeout,
        per_page=100,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
