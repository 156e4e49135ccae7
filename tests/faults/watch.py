"""What went out: every letter and every text of cocflow's, looked at run by run.

Owns what must hold of each: whoever gets words may have them, they are for whom they were addressed to, and
somebody with a say had read them as they go. It refuses to ask cocflow what may be shared: see `agreed.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from cocflow.core.case.records import read_mail
from tests.faults.agreed import PARTIES, Agreed, Consents, most
from tests.faults.crowd import (
    INCIDENT,
    KIM,
    NAMES,
    REPORTER,
    REPORTERS_MAIL,
    ROBIN,
    ROBINS_MAIL,
    SAM,
    SAMS_MAIL,
    Crowd,
    Put,
)

_BARE = re.compile(r"/(?:consent (?:(?:none|parties|community)(?: by name)?|yes)|help)\Z")
"""What the reporter may write without having said more than that."""
_MARK = re.compile(r"zq\d+x")
_BLOCK = re.compile(
    r"\*\*(What|To be told by hand:) ([^\n*]+?)(?: would get\*\*|\.\*\*) [^\n]*\n\n"
    r"(```+)\n(.*?)\n\3(?:\n|\Z)",
    re.DOTALL,
)
"""A letter that is shown, or that somebody is to tell."""
_TIME = re.compile(r"\w+day, [^.\n]*?UTC")
_ELSEWHERE = frozenset({"community", "suspended", "outside", "channel"})
_NAMED = {
    "the reporter": "reporter",
    "reporter": "reporter",
    "the community": "community",
    "#rules": "community",
    "an account": "suspended",
    "community": "community",
    SAM: "suspended",
}


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Words on their way to a reader: by a channel, or as somebody is to tell them."""

    to: str
    text: str
    at: datetime
    number: int = INCIDENT
    to_reporter: bool = False

    @property
    def said(self) -> str:
        """The text without its times: those that are counted from when it goes out differ."""
        return _TIME.sub("then", self.text)

    @property
    def forms(self) -> set[str]:
        """The text as it is and without the reporter's name: less may be said than was shown."""
        return {self.said, self.said.replace(f", which {REPORTER.login} reported", "")}


class Watch:
    """Looks at what went out, after each run: whose words, to whom, and whether they were shown before."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._consents = Consents(crowd)
        self._looked_at: set[str] = set()
        self._delivered = 0
        self._shown: list[Letter] = []
        self._went: set[datetime] = set()
        self._last = crowd.tracker.now
        self.seen: set[tuple[str, str]] = set()
        """Whose words have reached whom: for whom they were meant, and who got them."""
        self._out = {name for name in NAMES if f"@{name}" in str(crowd.answers.get("involved", ""))}

    def looks(self) -> None:
        """Look at all that has come since the last time."""
        now = self._consents.follow()
        for letter in self._messages():
            self._check(letter, now)
        for number in (INCIDENT, *self._crowd.suspensions()):
            for comment in self._crowd.answers_of_ours(number):
                if comment.body not in self._looked_at and read_mail(comment.body) is None:
                    self._looked_at.add(comment.body)
                    self._page(comment.body, comment.unchanged_since, number, now)
        self._somebody_goes_on()
        self._last = self._crowd.tracker.now

    def _messages(self) -> Iterator[Letter]:
        threads, messages = self._crowd.tracker.threads, self._crowd.post.messages
        numbers = {thread.opened.id: number for number, thread in threads.items()}
        for one in messages[self._delivered :]:
            assert one.to.mail == {ROBIN: ROBINS_MAIL, SAM: SAMS_MAIL}.get(one.to.name, one.to.mail)
            to = "suspended" if one.to.suspended else one.to.name if one.to.role == "party" else one.to.key
            number = numbers[one.id.partition(".")[0]]
            yield Letter(
                to="passer" if to == "reporter" and number in self._crowd.others else to,
                text=one.text,
                at=self._crowd.tracker.now,
                number=number,
                to_reporter=one.to.mail == REPORTERS_MAIL or to == "reporter",
            )
        self._delivered = len(messages)

    def _page(self, body: str, at: datetime, number: int, now: Agreed) -> None:
        """Look at a comment of ours: letters that are shown or to be told, and what else is said there."""
        for kind, name, _, text in _BLOCK.findall(body):
            letter = Letter(to=_NAMED.get(name, name), text=text, at=at, number=number)
            if kind == "What":
                self._meant(letter)
                self._shown.append(letter)
            else:
                self._check(letter, most(*self._consents.meanwhile, now), by_hand=True)
        rest = _BLOCK.sub("", body)
        scopes = self._scopes(_MARK.findall(rest))
        assert scopes <= {"all", "reporter", "post"}, f"{scopes} on the page"
        if scopes & {"all", "reporter"}:
            self._check(Letter(to="reporter", text=rest, at=at, number=number), now, aloud=True)

    # --- what holds -------------------------------------------------------------------------------------

    def _check(self, letter: Letter, agreed: Agreed, *, by_hand: bool = False, aloud: bool = False) -> None:
        """Whoever gets words may have them, and whoever sent them saw them in that reader's letter."""
        marks = set(_MARK.findall(letter.text))
        if aloud:
            marks = {one for one in marks if self._crowd.words[one].scope != "post"}
        else:
            self._names(letter, agreed)
        self._meant(letter, marks)
        if not marks:
            return
        if self._scopes(marks) == {"passer"}:
            return  # their own report, as it was understood
        self.seen |= {(scope, letter.to) for scope in self._scopes(marks)}
        if "post" in self._scopes(marks) and letter.to != "community":
            assert agreed.lets("community"), f"{letter.to} asked about what may not be posted"
            return
        assert agreed.lets(letter.to), f"words to {letter.to}"
        if self._scopes(marks) != {"why"}:  # a suspension doesn't wait
            self._was_shown(letter, marks, aloud=aloud, by_hand=by_hand)

    def _scopes(self, marks: Iterable[str]) -> set[str]:
        return {self._crowd.words[one].scope for one in marks}

    def _names(self, letter: Letter, agreed: Agreed) -> None:
        """Nobody is named in a letter but to whom the reporter lets themself be named, and to themself."""
        if letter.to != "reporter" and not letter.to_reporter:
            said = letter.text.casefold()
            named = REPORTER.login in said or "vane" in said
            party = letter.to not in _ELSEWHERE
            assert not named or (agreed.named and agreed.level >= PARTIES and party), (
                f"the reporter to {letter.to}"
            )
        for name in (ROBIN, KIM, SAM):
            own = letter.to == name or (name, letter.to) == (SAM, "suspended")
            assert own or name.split()[1] not in letter.text, f"{name} to {letter.to}"
        assert REPORTERS_MAIL not in letter.text
        assert ROBINS_MAIL not in letter.text

    def _meant(self, letter: Letter, marks: set[str] | None = None) -> None:
        """Words are for whom they were addressed to."""
        for one in _MARK.findall(letter.text) if marks is None else marks:
            scope = self._crowd.words[one].scope
            match scope:
                case "all":
                    fits = letter.to not in _ELSEWHERE
                case "parties":
                    fits = letter.to not in _ELSEWHERE | {"reporter"}
                case "post":
                    fits = letter.to not in ("outside", "channel")
                case "why":
                    fits = letter.to == "suspended"
                case _:
                    fits = scope == letter.to
            assert fits, f"what is for {scope} to {letter.to}"

    def _was_shown(self, letter: Letter, marks: set[str], *, aloud: bool, by_hand: bool) -> None:
        """Somebody with a say put the label on after they had read the letter as it went."""
        for shown in self._shown:
            same = by_hand or (shown.said in letter.said if aloud else letter.said in shown.forms)
            if shown.to == letter.to and same and (any(self._taps(shown)) or self._is_its_authors(shown)):
                self._not_held(letter, shown, marks)
                return
        raise AssertionError(f"not shown: {letter.to}\n{letter.text}\n---\n{self._shown}")

    def _taps(self, shown: Letter) -> Iterator[Put]:
        """Give the labels by which somebody with a say let it go after they had seen it."""
        for one in self._crowd.put:
            if (one.label, one.number) == ("approve", shown.number) and one.at > shown.at and self._may(one):
                yield one

    def _is_its_authors(self, shown: Letter) -> bool:
        """Whether it is a post that an earlier run showed to its author, and nobody else has a say."""
        alone = list(self._crowd.says_left().values()).count("whole") <= 1
        return alone and shown.to == "community" and shown.at < self._last

    def _may(self, put: Put) -> bool:
        """Whether an account of the roster did it, of somebody whom the reporter didn't keep out."""
        roster = {one.login: one.account for one in self._crowd.community.administrators}
        known = put.by.login in roster and roster[put.by.login] in (None, put.by.number)
        return known and put.by.login not in self._out

    def _not_held(self, letter: Letter, shown: Letter, marks: set[str]) -> None:
        """What the reporter said before the run that let the words go was heard before they went."""
        wrote = max(self._crowd.words[one].at for one in marks)
        if letter.number != INCIDENT or wrote in self._went:
            return
        self._went.add(wrote)
        tapped = min((one.at for one in self._taps(shown)), default=shown.at)
        ran = min(one for one in self._crowd.ran if one >= tapped)
        spoke = max((at for at in self._spoke() if wrote < at < ran), default=None)
        heard = (one.at for one in self._crowd.put if one.label == "reporter: heard" and self._may(one))
        assert spoke is None or any(at > spoke for at in heard), "the reporter wasn't heard"

    def _spoke(self) -> Iterator[datetime]:
        """Give when the reporter said something, by any road; what somebody else made of it counts too."""
        own = [one for one in self._crowd.said.values() if one.by == REPORTER and one.number == INCIDENT]
        yield from (one.at for one in own if not one.gone and (one.meddled or not _BARE.match(one.text)))
        yield from (one.at for one in self._crowd.mailed if one.reporters and self._crowd.filing.for_another)
        yield from (one.at for one in self._crowd.edits if one.by == REPORTER == self._crowd.filing.by)

    def _somebody_goes_on(self) -> None:
        if "whole" not in self._crowd.says_left().values():
            assert {"outside/say_in_question", "outside/nobody_left"} & self._crowd.told()
