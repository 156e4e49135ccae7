"""What can be seen from outside: cocflow's answers, the mails in the outbox, and who was told what.

Owns the reading of all this: from comments as GitHub's answers hold them, from rooms as their guests see
them, and from the Maildir.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path

import github
import msgspec
from github.Issue import Issue
from github.IssueComment import IssueComment
from github.Repository import Repository

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.guest import INVITED
from cocflow.core.acts.party import Party, PartyAdded
from cocflow.core.acts.told import NOT_PEOPLE, ToldByHand
from cocflow.core.case.grammar import read_command
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Owed
from cocflow.core.engine.reading import read_receipt
from cocflow.core.views.tokens import notice_id, notice_name
from cocflow.demo.script import Heard, How
from cocflow.demo.story import RULES_CHANNEL, RULES_CHANNEL_ID

_MENTION = re.compile(r"@([A-Za-z0-9-]+)")
_MARK = re.compile(r"\s*<!-- cocflow:notice (\w+) -->\Z")


class Reply(msgspec.Struct, frozen=True):
    """One answer of cocflow's: what people read, and what it records."""

    text: str
    record: Record


class News(msgspec.Struct, frozen=True):
    """What came since the last look: cocflow's answers, and everybody who was told something."""

    answers: tuple[Reply, ...]
    told: tuple[Heard, ...]


class Newspaper:
    """Looks at all incidents of some vaults as an administrator's client sees each, and at an outbox.

    `logins` are the accounts that a mention can reach; `guests` the clients of those who may be invited
    into a room.
    """

    def __init__(
        self,
        vaults: Sequence[Repository],
        outbox: Path,
        logins: frozenset[str],
        guests: Mapping[str, github.Github],
    ) -> None:
        self._vaults = vaults
        self._outbox = outbox
        self._logins = logins
        self._guests = guests
        self._rooms: dict[str, Repository] = {}
        self._in_rooms: dict[str, Heard] = {}
        self._invitations: set[int] = set()
        self._issues: dict[str, Issue] = {}
        self._comments: dict[str, IssueComment] = {}
        self._parties: dict[tuple[str, str], str] = {}
        self._read_mails: set[str] = set()
        self._answers_to: dict[str, str] = {}

    def news(self) -> News:
        """Return what came since the last look."""
        mails = self._new_mails()
        told = [one for _, one in mails] + list(self._new_invitations())
        self._read_rooms()
        mailed = frozenset(id for id, _ in mails)
        answers: list[Reply] = []
        for comment in self._new_comments():
            record = read_receipt(comment.body)
            if record is not None:
                self._note_parties(comment.issue_url, record)
                answer = Reply(_as_on_github(comment), record)
                answers.append(answer)
                told.extend(self._told(comment.issue_url, answer, mailed))
        return News(tuple(answers), tuple(told))

    def answers_to(self, address: str) -> str:
        """Return where the newest mail to somebody is answered."""
        return self._answers_to[address]

    def follow(self, login: str, room: Repository) -> None:
        """Look into a room, too, as its guest sees it."""
        self._rooms[login] = room

    def _new_invitations(self) -> Iterator[Heard]:
        for login, client in self._guests.items():
            for one in client.get_user().get_invitations():
                if one.id not in self._invitations:
                    self._invitations.add(one.id)
                    yield Heard(login, "by invitation", INVITED)

    def _read_rooms(self) -> None:
        """Keep what stands in rooms for their guests, by the marks of the notices."""
        for login, room in self._rooms.items():
            for comment in room.get_issues_comments():
                if mark := _MARK.search(comment.body):
                    words = comment.body[: mark.start()]
                    self._in_rooms[mark[1]] = Heard(login, "in the room", words=words)

    def _new_comments(self) -> list[IssueComment]:
        comments = [
            comment
            for vault in self._vaults
            for comment in vault.get_issues_comments(sort="created", direction="asc")
        ]
        new = [comment for comment in comments if comment.node_id not in self._comments]
        self._comments.update({comment.node_id: comment for comment in new})
        return new

    def _note_parties(self, issue: str, record: Record) -> None:
        """Remember what a party is called: records name the comment that says it, not the person."""
        for change in record.changes:
            if isinstance(change, PartyAdded):
                command = read_command(self._comments[change.words.fact].body, GRAMMAR)
                self._parties[issue, change.key] = command.name if isinstance(command, Party) else ""

    def _told(self, issue: str, answer: Reply, mailed: frozenset[str]) -> Iterator[Heard]:
        """Say who was told by an answer itself, by hand, or not yet."""
        for owed in answer.record.owed:
            if owed.by_receipt:
                yield Heard(self._issue(issue).user.login, "on the incident", owed.notice)
            elif (heard := self._in_room(issue, owed)) is not None:
                yield heard
            elif owed.id not in mailed and owed.to not in NOT_PEOPLE and owed.notice != INVITED:
                yield Heard(self._name(issue, owed.to), "to be told by hand", owed.notice)
        for change in answer.record.changes:
            if isinstance(change, ToldByHand):
                for id in change.notices:
                    yield Heard(self._name(issue, id.split(".")[2]), "by hand", id.split(".")[1])
        for login in dict.fromkeys(_MENTION.findall(answer.text)):
            if login in self._logins:
                yield Heard(login, "by mention")

    def _in_room(self, issue: str, owed: Owed) -> Heard | None:
        """Return how a notice stands in a room; None where it doesn't."""
        if not self._in_rooms:
            return None
        name = notice_name(notice_id(self._issue(issue).node_id, owed.id))
        heard = self._in_rooms.get(name)
        return msgspec.structs.replace(heard, notice=owed.notice) if heard is not None else None

    def _issue(self, address: str) -> Issue:
        if address not in self._issues:
            there, _, number = address.rpartition("/issues/")
            vault = next(one for one in self._vaults if there.endswith(f"/{one.full_name}"))
            self._issues[address] = vault.get_issue(int(number))
        return self._issues[address]

    def _name(self, issue: str, key: str) -> str:
        return self._parties.get((issue, key), key)

    def _new_mails(self) -> list[tuple[str, Heard]]:
        """Return the mails since the last look, each with the id of the notice that it is."""
        paths = [path for path in (self._outbox / "new").glob("*") if path.name not in self._read_mails]
        self._read_mails.update(path.name for path in paths)
        mails = [
            email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
            for path in paths
        ]
        self._answers_to |= {str(mail["To"]): str(mail["Reply-To"]) for mail in mails if mail["Reply-To"]}
        # A Maildir is in no order, but the ids of notices begin with the number of their receipt.
        return sorted(map(_heard, mails), key=lambda one: (one[0], one[1].to))


def _as_on_github(comment: IssueComment) -> str:
    """Return what people read of an answer, with the links that it would have on GitHub."""
    root = re.match(r"https?://[^/]+", comment.html_url)
    words = comment.body.rpartition("<!--")[0].strip()
    return words.replace(root[0], "https://github.com") if root is not None else words


def _heard(mail: EmailMessage) -> tuple[str, Heard]:
    """Read a mail of the outbox; its Message-ID holds the incident's node id and the notice's id."""
    id = mail["Message-ID"].strip("<>").rpartition("@")[0].partition(".")[2]
    body = mail.get_body(("plain",))
    words = body.get_content().strip() if body is not None else ""
    to = str(mail["To"])
    channel = to == RULES_CHANNEL_ID
    how: How = "in the channel" if channel else "by mail"
    return id, Heard(RULES_CHANNEL if channel else to, how, id.split(".")[1], str(mail["Subject"]), words)
