"""The rehearsal room as it is served: on loopback, at once, and anew when somebody wants."""

from __future__ import annotations

import socket
from time import perf_counter

import pytest
import requests

from cocflow.rehearsal.nights.nights import FLOOD_OF_MAIL
from cocflow.rehearsal.serving import Rehearsal


def test_it_is_there_in_a_few_seconds_on_loopback_only() -> None:
    """The port is bound on 127.0.0.1, so no other machine reaches it."""
    begun = perf_counter()
    with Rehearsal() as rehearsal:
        assert requests.get(rehearsal.url, timeout=30).ok
        assert perf_counter() - begun < 15, "it promises five seconds; a busy machine may take more"
        port = int(rehearsal.url.rstrip("/").rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port), timeout=1):
            pass


def test_it_begins_anew_at_the_same_address() -> None:
    """What was written is gone, and the old house with it."""
    with Rehearsal() as rehearsal:
        before = rehearsal.house
        before.write_mail("kim@example.net", "Hello")
        rehearsal.begin_anew(FLOOD_OF_MAIL)
        assert rehearsal.playing is not None
        assert len(rehearsal.house.answers) == 12
        rehearsal.begin_anew()
        assert rehearsal.playing is None
        assert rehearsal.house is not before
        assert rehearsal.house.answers == []
        assert requests.get(rehearsal.url, timeout=30).ok
        with pytest.raises(requests.ConnectionError):
            requests.get(before.url, timeout=5)
