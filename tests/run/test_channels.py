"""The ways to reach somebody, as one: which is asked, in which order, and who is never written to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocflow.core.people.person import Person
from cocflow.core.process import Role
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, Message, RefusedError
from cocflow.run.channels import Channels, LeftAloneError, Unusable, UnusableRooms


class Channel:
    """A channel that reaches whoever has the address of its kind, and may fail."""

    def __init__(self, kind: str, error: Exception | None = None, note: str = "") -> None:
        self._note = note
        self._kind, self._error = kind, error
        self.messages: list[Message] = []

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return bool(person.mail if self._kind == "mail" else person.slack)

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        if self._error is not None:
            raise self._error
        return self._note

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


class Breaking(Channel):
    """A channel of mail that fails itself for as long as `broken`, and counts who asks it."""

    def __init__(self, error: Exception) -> None:
        super().__init__("mail")
        self.error, self.broken, self.asked = error, True, 0

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        self.asked += 1
        if self.broken:
            raise self.error
        super().deliver(message)


DOWN = ChannelError("connection", "SMTP connection")


def test_a_channel_that_fails_itself_is_asked_once_a_run() -> None:
    """However many notices there are, a dead server costs a run one failure; the next run asks again."""
    mail = Breaking(DOWN)
    channels = Channels([("mail", mail)])
    with pytest.raises(ChannelError):
        channels.deliver(message(person()))
    for _ in range(3):
        with pytest.raises(LeftAloneError):
            channels.deliver(message(person()))
    assert (mail.asked, channels.failed) == (1, {"mail": DOWN})
    mail.broken = False
    again = Channels.begun(channels)
    again.deliver(message(person()))
    assert (mail.asked, again.failed) == (2, {})


def test_another_channel_goes_on() -> None:
    """One that fails says nothing of the next."""
    slack = Channel("slack")
    channels = Channels([("mail", Breaking(DOWN)), ("slack", slack)])
    for _ in range(2):
        with pytest.raises(AdapterError):
            channels.deliver(message(person()))
        channels.deliver(message(person(mail="")))
    assert len(slack.messages) == 2


@pytest.mark.parametrize("error", [RefusedError(550, "SMTP RCPT"), AdapterError(451, "SMTP RCPT")])
def test_what_is_wrong_with_one_recipient_is_not_the_channels(error: AdapterError) -> None:
    """The next notice is tried all the same."""
    mail = Breaking(error)
    channels = Channels([("mail", mail)])
    for _ in range(2):
        with pytest.raises(type(error)):
            channels.deliver(message(person()))
    assert (mail.asked, channels.failed) == (2, {})


def test_an_error_of_ours_costs_one_notice() -> None:
    """It is told by its kind alone, and the channel goes on."""
    mail = Breaking(KeyError("Riya Sen"))
    channels = Channels([("mail", mail)])
    with pytest.raises(AdapterError) as failed:
        channels.deliver(message(person()))
    assert "Riya" not in str(failed.value)
    assert (channels.faulty, channels.failed) == ({"mail": "KeyError"}, {})
    mail.broken = False
    channels.deliver(message(person()))


def test_a_channel_whose_setting_is_wrong_reaches_whom_it_would_and_is_known_from_the_start() -> None:
    """Its notices wait instead of being told by hand, and that it fails is said before the first of them."""
    wrong = ChannelError("setting", "COCFLOW_SMTP_URL", detail="COCFLOW_SMTP_URL is no SMTP address.")
    channels = Channels([("mail", Unusable(lambda one: bool(one.mail), wrong))])
    assert channels.failed == {"mail": wrong}
    assert channels.reaches(person())
    assert not channels.reaches(person(mail=""))
    with pytest.raises(LeftAloneError):
        channels.deliver(message(person()))
    with pytest.raises(ChannelError):
        Unusable(lambda one: True, wrong).deliver(message(person()))


def test_each_channel_is_tried_and_one_that_fails_is_left_alone() -> None:
    """What is wrong with one says nothing of the others, be it the channel's fault or ours."""
    login = ChannelError("login", "SMTP login")
    channels = Channels(
        [
            ("mail", Channel("mail", login)),
            ("odd", Channel("mail", AdapterError(404, "Slack auth.test"))),
            ("ours", Channel("mail", KeyError("Riya Sen"))),
            ("slack", Channel("slack", note="Not seen.")),
        ]
    )
    assert channels.try_out() == "Not seen."
    assert channels.failed["mail"] is login
    assert channels.failed["odd"].fault == "connection"
    assert channels.faulty == {"ours": "KeyError"}
    with pytest.raises(LeftAloneError):
        channels.deliver(message(person()))


def test_what_is_left_alone_is_not_tried() -> None:
    """A channel whose setting is wrong, or that failed in this run, isn't asked once more."""
    wrong = ChannelError("setting", "COCFLOW_SMTP_URL", detail="COCFLOW_SMTP_URL is odd.")
    channels = Channels([("mail", Unusable(lambda _: True, wrong))])
    assert channels.tried() == {}
    assert channels.failed == {"mail": wrong}


def test_rooms_with_a_wrong_setting_fail_whatever_is_asked() -> None:
    """Nobody is heard or let in, and nothing of it is taken for an empty listing or a room that is gone."""
    wrong = ChannelError("setting", "COCFLOW_ROOMS_KEY")
    rooms = UnusableRooms(wrong)
    asked: tuple[Callable[[], object], ...] = (
        rooms.listing,
        rooms.try_out,
        lambda: rooms.access("room-a"),
        lambda: rooms.open("room-a", ""),
        lambda: rooms.let_in("room-a", "riya"),
        lambda: rooms.put_out("room-a", "riya"),
        lambda: rooms.tracker("room-a"),
        lambda: rooms.erase("room-a"),
    )
    for ask in asked:
        with pytest.raises(ChannelError) as caught:
            ask()
        assert caught.value is wrong
    assert rooms.written == 0
