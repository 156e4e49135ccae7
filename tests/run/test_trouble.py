"""What failed, in sentences: which trouble an error is, what it asks of whom, and that nothing is told."""

from __future__ import annotations

from typing import get_args

import pytest

from cocflow.cli.running import finish
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import ChannelError, ChannelFault
from cocflow.run import trouble
from cocflow.run.sweep import Run, handle, sweep
from cocflow.run.trouble import OwnFaultError, Trouble, ending
from tests.core.play import RIYA
from tests.fakes import FakeTracker, desk

LOCKED = AdapterError(403, "POST comment", kind="refused_thing", reason="locked")
FAULTS: tuple[ChannelFault, ...] = get_args(ChannelFault)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (AdapterError(401, "query"), "credential"),
        (AdapterError(403, "query", kind="refused_credential"), "credential"),
        (AdapterError(429, "POST"), "limit"),
        (AdapterError(200, "query", kind="limited"), "limit"),
        (AdapterError(403, "POST"), None),
        (LOCKED, None),
        (AdapterError(502, "query"), None),
        (AdapterError(None, "query"), None),
        (DefinitionError("x"), None),
        (ChannelError("login", "IMAP", status=401), None),
        (ChannelError("pause", "Slack", status=429), None),
    ],
)
def test_only_a_refused_credential_and_a_limit_of_githubs_are_everybodys(
    error: CocflowError, why: str | None
) -> None:
    """A refused thing is that thing's failure, and a channel's refusal says nothing of GitHub."""
    assert ending(error) == why


@pytest.mark.parametrize(
    ("error", "who"),
    [
        (LOCKED, "Write"),
        (AdapterError(403, "POST comment", kind="refused_thing", reason="full"), "in another issue"),
        (AdapterError(403, "POST comment"), "says what is in the way"),
        (AdapterError(410, "GET", kind="refused_thing", reason="gone"), "moved or deleted"),
        (AdapterError(422, "POST comment", kind="refused_thing", reason="invalid"), "maintains cocflow"),
        (AdapterError(404, "query ISSUE"), "moved or deleted"),
        (AdapterError(502, "query ISSUE"), "the next run tries again"),
        (DefinitionError("The state is gone."), "maintains the processes"),
        (OwnFaultError(KeyError("Riya Sen")), "maintains cocflow"),
    ],
)
def test_an_issues_trouble_says_who_can_do_what(error: CocflowError, who: str) -> None:
    """Each kind of failure asks something else of somebody else, in one line that tells no words."""
    one = trouble.of_issue(7, error)
    assert (one.kind, one.subject) == ("issue", "7")
    assert one.says.startswith("Issue 7 couldn't be dealt with: ")
    assert who in one.remedy
    assert "Riya" not in one.line
    assert "\n" not in one.line
    assert ".." not in one.line


def test_what_a_login_lacks_is_told() -> None:
    """Where it is known what is in the way, that is said, and who can do something about it."""
    token = trouble.of_mailbox(ChannelError("token", "OAuth token", detail="it has expired (invalid_client)"))
    assert token.says == "The mailbox can't be logged in to: it has expired (invalid_client)."
    assert "the secret COCFLOW_OAUTH" in token.remedy
    off = trouble.of_channel("mail", ChannelError("login", "SMTP login", detail="SMTP AUTH is off"))
    assert off.says == "The channel mail refuses the login: SMTP AUTH is off."
    assert "administers the mail" in off.remedy
    assert "COCFLOW_SMTP_URL" in off.remedy
    wrong = trouble.of_channel(
        "mail", ChannelError("setting", "COCFLOW_OAUTH", detail="COCFLOW_OAUTH is odd")
    )
    assert (wrong.kind, wrong.remedy.endswith("the secret COCFLOW_OAUTH.")) == ("setting", True)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_channel_and_of_the_mailbox_has_its_own_sentence(fault: ChannelFault) -> None:
    """What is wrong can be told apart, and the secret to mend is named where it is one."""
    error = ChannelError(fault, "IMAP LOGIN", detail="COCFLOW_IMAP_URL is odd." if fault == "setting" else "")
    others = [
        trouble.of_mailbox(ChannelError(other, "IMAP LOGIN")).says for other in FAULTS if other != fault
    ]
    one = trouble.of_mailbox(error)
    assert one.says not in others
    assert one.kind == ("setting" if fault == "setting" else "mailbox")
    assert trouble.of_channel("slack", error).subject == "slack"
    if fault in ("setting", "login", "connection", "certificate"):
        assert "COCFLOW_IMAP_URL" in one.line
        assert "SLACK_BOT_TOKEN" in trouble.of_channel("slack", error).remedy


@pytest.mark.parametrize("fault", get_args(ChannelFault))
def test_what_is_wrong_with_rooms_is_for_who_can_mend_it(fault: ChannelFault) -> None:
    """Nobody is sent to a mailbox, a bot or a workspace over the App."""
    said = (
        trouble.of_rooms(ChannelError(fault, "rooms")).line
        + trouble.of_channel("room", ChannelError(fault, "rooms")).line
    )
    assert not any(word in said for word in ("mail", "bot", "workspace", "oauth"))
    assert "cocflow rooms init" in said or fault not in ("login", "place")


def test_each_trouble_of_a_room_stands_for_itself() -> None:
    """Of several things that are wrong with one room, none takes another's place."""
    name = "room-quiet-harbor"
    of = (trouble.in_a_room, trouble.put_out_of, trouble.shut_out)
    found = [one(name) for one in of] + [trouble.of_room(name, AdapterError(404, "room"))]
    assert len({(one.kind, one.subject) for one in found}) == len(found)


def test_labels_that_cannot_be_made_are_a_setting() -> None:
    """A repository without its labels is told, and by which command they come."""
    one = trouble.of_labels(AdapterError(403, "POST label"))
    assert (one.kind, one.subject) == ("setting", "labels")
    assert "`cocflow labels`" in one.remedy


def test_a_run_with_troubles_prints_each_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the job's log learns what failed, what it costs and who mends it; the job is red."""
    one = Trouble(kind="channel", subject="mail", says="Says.", costs="Costs.", remedy="Remedy.")
    with pytest.raises(SystemExit) as ended:
        finish(Run(listed=3, troubles=(one,)))
    assert ended.value.code == 1
    assert "Says. Costs. Remedy.\n" in capsys.readouterr().out


def test_what_a_listing_could_not_make_out_is_told() -> None:
    """An entry that can't be understood is somebody's issue: the run fails, and says how many there are."""
    tracker = FakeTracker()
    tracker.opens(RIYA)
    tracker.unreadable = 2
    for run in (sweep(desk(tracker)), handle(desk(tracker))):
        assert not run.complete
        assert "2 issues in a form that can't be understood" in run.troubles[0].says
