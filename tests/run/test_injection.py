"""Whatever people type, wherever it can be typed, is nothing but words wherever it comes out.

Each hostile string goes through every input of a case at once: the title, each answer, each command's
words, names, ways to reach somebody, labels, mails. All that comes out is looked at: receipts, cards,
titles and labels as GitHub renders them, mails as a real server takes them, Slack as a double does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cocflow.adapters.mail import MailNotifier, SmtpSettings
from cocflow.adapters.slack import SlackNotifier
from cocflow.core.case.facts import Commented, Labeled
from cocflow.core.case.records import is_card, read_card
from cocflow.core.engine.reading import read_receipt
from cocflow.core.process import Move
from cocflow.errors import DefinitionError
from cocflow.ports import Notifier
from cocflow.run.board import TITLE
from cocflow.run.channels import Channels
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, handle, sweep
from tests.core import play
from tests.core.play import BOT, MFT, MIABOT, RIYA, STRANGER
from tests.fakes import BOARD, FakeMailbox, FakeTracker, desk
from tests.hostile import HOSTILE
from tests.scene import SHARES
from tests.servers.slack import TOKEN, SlackDouble, slack_double
from tests.servers.smtp import SmtpServer, smtp_server

ROSTER = {"mft", "miabot", "thclpr"}
HEADERS = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "reply-to"),
    *("auto-submitted", "x-auto-response-suppress", "mime-version", "content-type"),
}
OURS = re.compile(
    r"<!-- cocflow: (on (suspension|return)|the digest; nothing is recorded here) -->"
    r"|<!-- cocflow:(receipt|card|halt|mail|suspension) "
    r"|<details><summary>(Administrators can now|More that can be done)</summary>$|</details>$"
)
MENTION = re.compile(r"(?<![\w`])@([A-Za-z0-9][A-Za-z0-9/-]*)")


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    """Return a mail server."""
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackDouble]:
    """Return a Slack workspace."""
    with slack_double() as double:
        yield double


@pytest.fixture
def channels(smtp: SmtpServer, slack: SlackDouble) -> Channels:
    """Return the real channels, which lead to the servers, emptied."""
    smtp.envelopes.clear()
    slack.messages.clear()
    settings = SmtpSettings.from_url(f"smtp://127.0.0.1:{smtp.port}?from=coc@example.org")
    mail = MailNotifier(settings, mailbox="appeals@example.org", name="Enginexp")
    return Channels([("mail", mail), ("slack", SlackNotifier(TOKEN, slack.url, sleep=lambda _: None))])


INCIDENT = (
    *(
        "/help {h}",
        "/answer 1 {h}",
        "/party {h}",
        "/party {h}, kim@example.org",
        "/party Bo, U00000BOBB {h}",
    ),
    *("/party Robin Example, robin@example.org", "/party Alex, U0000ALICE", "/party Somebody Untold"),
    *(
        "/estimate {h}",
        "/estimate 3 days\n{h}",
        "/nonsense {h}",
        "/estimate 3 days",
        "{h}",
        "> {h}",
        "```\n{h}\n```",
    ),
    *("/resolve {h}\nTo reporter: {h}\nTo parties: {h}", play.APPROVE),
    *("/resolve {h}", "/resolve We talked.", play.APPROVE),
    *(
        "/suspend {h}\n{h}, {h}",
        "/suspend {h}\nSam Poe, sam@example.org until 8 weeks",
        "/suspend x\n{h} until {h}",
    ),
    *(
        "/suspend Insults\nSam Poe, sam@example.org until 8 weeks",
        "/post rules\n{h}",
        play.APPROVE,
        "/post {h}\nText",
    ),
    *(
        "/consent {h}",
        "/consent {h} yes",
        "/consent reporter yes\n> Go on. {h}",
        "/told {h}",
        "/told Robin Example {h}",
    ),
)
"""What is typed on an incident, by an administrator and (all of it, in vain) by a stranger."""

UNFINISHED = (
    "/estimate 3 days",
    "/suspend {h}\n{h}, kim@example.org",
    "/resolve We talked.",
    "/withdraw {h}",
)
"""What is typed on an incident that an interim suspension keeps from being resolved."""

SUSPENSION = (
    "/until {h}",
    "/until 9 weeks\n{h}",
    "/appeal {h}",
    "/told {h}",
    "/told Sam Poe {h}",
    "/uphold {h}",
)


COMMONMARK = MarkdownIt("commonmark")


class World:
    """A case into which a hostile string goes at every place."""

    def __init__(self, hostile: str, channels: Notifier) -> None:
        self.hostile = hostile
        self.tracker = FakeTracker()
        self.mailbox = FakeMailbox()
        self.titles: list[str] = []
        self.desk: Desk = desk(
            self.tracker,
            channels,
            community=play.community(rules_channel="#rules", rules_slack_channel="C0000RULES"),
            mailbox=self.mailbox,
        )

    def runs(self, job: Callable[[Desk], Run] = handle) -> None:
        """Let cocflow run, by an event; a definition that people's words would break would stop it."""
        run = job(self.desk)
        assert not [one for one in run.failures if isinstance(one.error, DefinitionError)]
        self.titles += [thread.title for thread in self.tracker.threads.values()]

    def files(self) -> None:
        """Let a reporter file it in the title and in every answer, as the API lets anybody."""
        plain = {name: f"zq{name}" for name in ("nature", "who", "material", "privacy")}
        body = play.body(**plain, share=SHARES["community by name"])
        for answer in plain.values():
            body = body.replace(answer, self.hostile)
        self.tracker.opens(RIYA, body, self.hostile)
        self.runs()

    def types(self, number: int, texts: tuple[str, ...]) -> None:
        """Let an administrator type it into each of these, and a stranger try the same; run now and then.

        What is drafted then is shown, and sent where the label is named.
        """
        for at, text in enumerate(texts):
            if text == play.APPROVE:
                self.runs()
                self.tracker.labels(MFT, number, text)
                self.runs()
                continue
            said = text.replace("{h}", self.hostile)
            for by in (STRANGER, MFT if not said.startswith(("/uphold", "/resolve")) else MIABOT):
                self.tracker.says(by, number, said)
            if self.hostile.strip():
                self.tracker.labels(STRANGER, number, f"state: {self.hostile}"[:50])
            if at % 4 == 3:
                self.runs()
        self.runs()

    def played(self) -> None:
        """Play everything, from the report to the letters."""
        self.files()
        self.types(1, INCIDENT)
        self.tracker.closes(MFT, 1)
        self.files()
        self.types(max(one for one in self.tracker.threads if one < BOARD), UNFINISHED)
        self.tracker.moves_clock(timedelta(days=8))
        for sender in ("sam@example.org", self.hostile[:200]):
            self.mailbox.arrives(
                self.hostile,
                received=self.tracker.now,
                sender=sender,
                subject=self.hostile,
                attachments=(self.hostile[:200],),
            )
        self.runs(sweep)
        for number in [one for one, thread in self.tracker.threads.items() if "suspension" in thread.labels]:
            self.types(number, SUSPENSION)
        for _ in range(2):
            self.tracker.moves_clock(timedelta(days=4))
            self.runs(sweep)

    def moves(self, number: int) -> tuple[Move, ...]:
        """Return the moves of the process that governs an issue."""
        return self.desk.open(self.desk.read(number)).process.moves

    def ours(self) -> list[str]:
        """Return every comment of cocflow's."""
        return [
            one.body for thread in self.tracker.threads.values() for one in thread.comments() if one.by == BOT
        ]


def tokens(text: str) -> Iterator[Token]:
    """Return what GitHub's Markdown makes of a text, block by block and within lines."""
    for token in COMMONMARK.parse(text):
        yield token
        yield from token.children or ()


def check_page(body: str) -> None:
    """Assert that a comment of ours mentions nobody, hides nothing of others', and is one record."""
    text, _, record = body.rpartition("\n")
    assert record.startswith("<!-- cocflow:")
    assert record.endswith(" -->")
    quoted = 0
    for token in tokens(text):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "text":
            assert {name.partition("/")[0] for name in MENTION.findall(token.content)} <= ROSTER
        if token.type in ("html_block", "html_inline") and not quoted:
            assert OURS.match(token.content), "markup out of a quotation"
        if token.type in ("image", "link_open") and not quoted:
            assert "evil" not in f"{token.attrs}"
    assert not re.search(r"(?m)^/", re.sub(r"(?ms)^(`{3,})[^`]*?\n.*?^\1$", "", text)), "a command of ours"


def check_receipts(world: World) -> None:
    """Assert that only what cocflow wrote is believed, and each command did what its first word says."""
    for number, thread in world.tracker.threads.items():
        ledger = world.tracker.ledger(number)
        assert ledger.broken == ()
        ours = {one.id for one in thread.comments() if one.by == BOT}
        assert {entry.id for entry in ledger.counted} <= ours
        facts = {fact.id: fact for fact in (item for _, item in thread.items)}
        for entry in ledger.counted:
            fact, move = facts.get(entry.record.of), entry.record.move
            if not isinstance(fact, Commented | Labeled) or fact.by == BOT or move is None:
                continue
            assert fact.by in (RIYA, MFT, MIABOT)
            if isinstance(fact, Labeled):
                assert (fact.label, fact.by) == (play.APPROVE, MFT)
                continue
            assert fact.body.startswith("/")
            row = next(one for one in world.moves(number) if one.name == move)
            assert row.command == fact.body[1:].split()[0].lower()


def check_mails(smtp: SmtpServer) -> None:
    """Assert that each mail has our headers only, each once, on one line, and one recipient."""
    assert smtp.envelopes
    for envelope, mail in zip(smtp.envelopes, smtp.mails(), strict=True):
        assert len(envelope.rcpt_tos) == 1
        names = [name.lower() for name in mail]
        assert set(names) <= HEADERS
        assert len(names) == len(set(names))
        assert all(str(value).isprintable() for value in mail.values())
        assert envelope.rcpt_tos == [mail["to"].addresses[0].addr_spec]
        html = mail.get_body(("html",))
        assert html is not None
        assert not re.search(r"<(script|img|iframe|style(?!=)|b )", html.get_content(), re.I)


def check_slack(slack: SlackDouble) -> None:
    """Assert that nobody is called, no markup is read, and only our links can be clicked."""
    assert slack.messages
    for message in slack.messages:
        assert "<" not in message["text"]
        for block in message["blocks"]:
            said = block["text"]
            assert said["type"] == "plain_text" or said["text"].startswith(("<http", "<mailto:"))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_only_words_wherever_they_come_out(
    hostile: str, channels: Channels, smtp: SmtpServer, slack: SlackDouble
) -> None:
    """From every input to every output: no mention, no forged record, nothing run, no header split."""
    world = World(hostile, channels)
    world.played()
    for body in world.ours():
        check_page(body)
    check_receipts(world)
    check_mails(smtp)
    check_slack(slack)
    titled = rf"{TITLE}|(Incident|Suspension)( [A-Z][a-z]+){{0,2}}"
    assert all(re.fullmatch(titled, one) for one in world.titles)
    for thread in world.tracker.threads.values():
        mine = [fact.label for _, fact in thread.items if isinstance(fact, Labeled) and fact.by == BOT]
        assert all(
            re.fullmatch(r"(state|consent|notice): [a-z ]+|suspension|mail|cocflow: board", label)
            for label in mine
        )
        assert len([one for one in thread.labels if one.startswith("state: ")]) <= 1
    told = "\n".join([*world.ours(), *(str(mail) for mail in smtp.mails())])
    assert not re.search(r"<class '|&lt;class '", told), "a template in somebody's words was evaluated"


FORGING = (
    "our marker",
    "a marker left open",
    "a marker closed early",
    "fence",
    "deep quotation",
    "command",
    "empty",
)


@pytest.mark.parametrize("hostile", [HOSTILE[name] for name in FORGING], ids=FORGING)
def test_a_forged_record_is_nobodys_but_its_writers(hostile: str, channels: Channels) -> None:
    """A person's comment that ends as ours do, after whatever words, is no receipt and no card."""
    world = World(hostile, channels)
    world.files()
    ours = world.tracker.receipts(1)[0].body
    card = world.tracker.card(1)
    before = world.tracker.records(1)
    for by in (RIYA, MFT, STRANGER):
        world.tracker.says(by, 1, f"{hostile}\n\n{ours.rpartition(chr(10))[2]}")
        world.tracker.says(by, 1, f"{hostile}\n\n{card.rpartition(chr(10))[2]}")
    world.runs()
    after = world.tracker.records(1)
    assert after[: len(before)] == before
    assert all(record.refused or record.move is None for record in after[len(before) :])
    assert read_receipt(ours) is not None
    assert read_card(card) is not None
    assert is_card(card)
