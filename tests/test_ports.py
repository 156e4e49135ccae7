"""The ports: what travels through them shows no word of it, and the fakes of the tests fit them."""

from __future__ import annotations

import inspect

import pytest

from cocflow import ports
from cocflow.core.people.person import Person
from tests.core.play import START
from tests.fakes import FakeMailbox, FakeNotifier, FakeTracker

SECRET = "the kettle was thrown"


def test_no_word_of_a_message_or_a_letter_enters_a_repr() -> None:
    """A repr, which may end up in a log, shows ids and keys."""
    person = Person(key="p1", name=SECRET, mail="riya@example.org")
    message = ports.Message(id="I_1.2.x.p1", to=person, subject=SECRET, text=SECRET, token="abc")
    letter = ports.Letter(
        key="7",
        message_id="<7@example.org>",
        sender="riya@example.org",
        verified=True,
        subject=SECRET,
        tokens=("abc",),
        text=SECRET,
        received=START,
        attachments=(SECRET,),
    )
    assert repr([message, letter]) == "[Message(I_1.2.x.p1), Letter(7)]"


@pytest.mark.parametrize(
    ("port", "fake"),
    [(ports.Tracker, FakeTracker), (ports.Notifier, FakeNotifier), (ports.Mailbox, FakeMailbox)],
    ids=["Tracker", "Notifier", "Mailbox"],
)
def test_a_fake_takes_what_its_port_is_asked(port: type, fake: type) -> None:
    """Each method is there, by the same names of its arguments, so a test proves what a run does."""
    asked = [name for name, one in vars(port).items() if inspect.isfunction(one) and not name.startswith("_")]
    assert asked
    for name in asked:
        assert list(inspect.signature(getattr(fake, name)).parameters) == list(
            inspect.signature(getattr(port, name)).parameters
        )
