"""What the commands share that serve or play on a local GitHub: its extra, and a port that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cocflow.errors import CocflowError, MissingExtraError

OF_THE_EXTRA = ("flask", "graphql")


class PortError(CocflowError):
    """It can't be served there; the message says how to choose another port."""

    def __init__(self, port: int, why: str, instead: str) -> None:
        super().__init__(f"Nothing can be served on port {port}: {why}. Another one: {instead}")


@contextmanager
def with_sandbox() -> Iterator[None]:
    """Name the extra where what is imported needs it. MissingExtraError."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in OF_THE_EXTRA:
            raise
        raise MissingExtraError("sandbox") from None


@contextmanager
def on_port(port: int, instead: str) -> Iterator[None]:
    """Say that a port can't be had, and by which command another one can. PortError."""
    try:
        yield
    except OSError as error:
        raise PortError(port, error.strerror or "", instead) from None
