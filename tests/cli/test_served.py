"""What is said where a local GitHub can't be had: by the extra that is missing, and by the port."""

from __future__ import annotations

import pytest

from cocflow.cli.served import OF_THE_EXTRA, PortError, on_port, with_sandbox
from cocflow.errors import MissingExtraError


@pytest.mark.parametrize("name", OF_THE_EXTRA)
def test_what_the_extra_brings_is_named_where_it_is_missing(name: str) -> None:
    """Whoever installed cocflow alone reads what to install."""
    with pytest.raises(MissingExtraError, match="sandbox"), with_sandbox():
        raise ModuleNotFoundError(name=name)


def test_what_no_extra_brings_is_our_own_fault() -> None:
    """Another module that is missing isn't explained away."""
    with pytest.raises(ModuleNotFoundError, match="of our own"), with_sandbox():
        raise ModuleNotFoundError("of our own", name="cocflow.sandbox")


def test_a_port_that_is_taken_is_said_with_the_way_out() -> None:
    """The reason of the system, and a command with another port."""
    with (
        pytest.raises(
            PortError, match=r"on port 80: Permission denied\. Another one: cocflow sandbox --port 8018"
        ),
        on_port(80, "cocflow sandbox --port 8018"),
    ):
        raise PermissionError(13, "Permission denied")
