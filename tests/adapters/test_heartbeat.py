"""The heartbeat: one call, and no word of the address where it fails."""

from __future__ import annotations

import pytest
import responses

from cocflow.adapters.heartbeat import beat
from cocflow.errors import AdapterError

URL = "https://monitor.example.org/ping/secret"


@responses.activate
def test_the_address_is_called_once() -> None:
    """A monitor that answers well has been told."""
    call = responses.get(URL, body="OK")
    beat(URL)
    assert call.call_count == 1


@responses.activate
@pytest.mark.parametrize("status", [404, 500])
def test_a_monitor_that_refuses_is_an_error_without_the_address(status: int) -> None:
    """The address is a secret, so no message holds it."""
    responses.get(URL, status=status)
    with pytest.raises(AdapterError) as failed:
        beat(URL)
    assert "secret" not in str(failed.value)
    assert failed.value.status == status


@responses.activate
def test_a_monitor_that_is_not_there_is_an_error_without_the_address() -> None:
    """No connection is an error like any other."""
    with pytest.raises(AdapterError) as failed:
        beat(URL)
    assert "secret" not in str(failed.value)
