"""The ways to reach somebody, as one: which is asked, in which order, and who is never written to."""

from __future__ import annotations

import pytest

from cocflow.core.people.person import Person
from cocflow.core.process import Role
from cocflow.errors import AdapterError
from cocflow.ports import Message, RefusedError
from cocflow.run.channels import Channels


class Channel:
    """A channel that reaches whoever has the address of its kind, and may fail."""

    def __init__(self, kind: str, error: AdapterError | None = None) -> None:
        self._kind, self._error = kind, error
        self.messages: list[Message] = []

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return bool(person.mail if self._kind == "mail" else person.slack)

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        if self._error is not None:
            raise self._error
        self.messages.append(message)


def person(*, suspended: bool = False, mail: str = "riya@example.org", slack: str = "U0RIYA001") -> Person:
    """Return somebody who can be reached in two ways, but for the ones given as empty."""
    key = "s1" if suspended else "reporter"
    role: Role = "suspended" if suspended else "reporter"
    return Person(key=key, name="Riya Sen", mail=mail, slack=slack, role=role)


def message(to: Person) -> Message:
    """Return a notice to somebody."""
    return Message(id="I_1.1", to=to, subject="Your report", text="It has arrived.")


@pytest.mark.parametrize("order", [("mail", "slack"), ("slack", "mail")])
def test_the_preferred_channel_is_used_alone(order: tuple[str, str]) -> None:
    """Of two that reach somebody, the first delivers, and the second isn't asked."""
    first, second = (Channel(kind) for kind in order)
    Channels([(order[0], first), (order[1], second)]).deliver(message(person()))
    assert (len(first.messages), second.messages) == (1, [])


def test_whoever_one_channel_does_not_reach_is_reached_by_the_next() -> None:
    """The order says which is preferred, not which there must be."""
    mail, slack = Channel("mail"), Channel("slack")
    channels = Channels([("mail", mail), ("slack", slack)])
    channels.deliver(message(person(mail="")))
    assert (mail.messages, len(slack.messages)) == ([], 1)
    assert channels.reaches(person(mail=""))
    assert not channels.reaches(person(mail="", slack=""))


def test_what_one_channel_refuses_for_good_goes_by_the_next() -> None:
    """An address that bounces isn't the end while there is another way."""
    slack = Channel("slack")
    channels = Channels([("mail", Channel("mail", RefusedError(550, "SMTP"))), ("slack", slack)])
    channels.deliver(message(person()))
    assert len(slack.messages) == 1


def test_what_fails_for_now_is_not_sent_by_another_channel() -> None:
    """A failure that may pass is raised, so that the notice comes once and by the preferred way."""
    slack = Channel("slack")
    channels = Channels([("mail", Channel("mail", AdapterError(451, "SMTP"))), ("slack", slack)])
    with pytest.raises(AdapterError) as failed:
        channels.deliver(message(person()))
    assert not isinstance(failed.value, RefusedError)
    assert slack.messages == []


@pytest.mark.parametrize("kinds", [("mail", "slack"), ("mail",), ()])
def test_what_every_channel_refuses_is_refused(kinds: tuple[str, ...]) -> None:
    """Where no way is left, also where there never was one, that is said for good."""
    channels = Channels([(kind, Channel(kind, RefusedError(550, kind))) for kind in kinds])
    with pytest.raises(RefusedError):
        channels.deliver(message(person()))


def test_slack_never_counts_as_reaching_a_suspended_person() -> None:
    """It takes messages to a deactivated account without a word, so it is as if it weren't there."""
    mail, slack = Channel("mail", RefusedError(550, "SMTP")), Channel("slack")
    channels = Channels([("slack", slack), ("mail", mail)])
    assert not channels.reaches(person(suspended=True, mail=""))
    assert channels.reaches(person(suspended=True))
    with pytest.raises(RefusedError):
        channels.deliver(message(person(suspended=True)))
    assert slack.messages == []
