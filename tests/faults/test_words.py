"""Whose words reach whom: over sequences of everything that anybody can do, by everybody at once.

Up to five administrators, some of them unpinned or out, a reporter or whoever files for one, parties,
strangers and somebody with the role Write act by every road, in any order. No letter's words reach somebody
whom the reporter's consent leaves out, nothing goes out that its sender wasn't shown, and somebody can
always go on or has been told how. What consent there is, the test knows from what the reporter did, and of
what is recorded for them only whether cocflow granted it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cocflow.core.case.facts import Actor
from cocflow.core.case.records import read_mail
from tests.faults.crowd import (
    ACTORS,
    BRIDGE,
    CONSENT,
    EVERYBODY,
    INCIDENT,
    KIM,
    LETTERS,
    MEDDLING,
    MEMBER,
    NAMES,
    REPORTER,
    REPORTERS_MAIL,
    ROADS,
    ROBIN,
    ROBINS_MAIL,
    SAM,
    SAMS_MAIL,
    STRANGER,
    WORDS,
    WRITER,
    Crowd,
    Edit,
    Filing,
    Mailed,
    Said,
)
from tests.scene import SHARES

# --- what the reporter agreed to --------------------------------------------------------------------------

NONE, PARTIES, COMMUNITY = 0, 1, 2
_LEVEL = re.compile(r"/consent (none|parties|community)( by name)?$", re.MULTILINE)
_BARE = re.compile(r"/(?:consent (?:(?:none|parties|community)(?: by name)?|yes)|help)\Z")
WAITS = timedelta(days=1)


def level_of(share: str) -> tuple[int, bool]:
    """Return what a level allows as people write it: how much, and whether by name."""
    return ("none", "parties", "community").index(share.partition(" ")[0]), "by name" in share


class Agreed(msgspec.Struct, kw_only=True):
    """What may be shared of a report, from what the reporter did and what was recorded for them."""

    level: int = NONE
    named: bool = False
    public: bool = False
    waits: tuple[int, bool, datetime] | None = None

    def says(self, share: str) -> None:
        """Let the reporter say what may be shared: that counts at once, and alone."""
        (self.level, self.named), self.waits = level_of(share), None

    def recorded(self, share: str, at: datetime) -> None:
        """Let it be recorded in their words: more than those concerned need to know waits for a day."""
        level, named = level_of(share)
        now = min(level, max(self.level, PARTIES)), named and self.named
        self.waits = None if now == (level, named) else (level, named, at)
        self.level, self.named = now

    def passes(self, to: datetime) -> None:
        """Let time pass: what waited for the reporter to contradict may count by then."""
        if self.waits is not None and to >= self.waits[2] + WAITS:
            self.level, self.named, self.waits = *self.waits[:2], None

    def lets(self, reader: str) -> bool:
        """Whether the words of a letter may reach somebody."""
        if reader == "community":
            return self.level == COMMUNITY or self.public
        return reader == "reporter" or self.level >= PARTIES


def most(*states: Agreed) -> Agreed:
    """Return all that any of these lets."""
    return Agreed(
        level=max(one.level for one in states),
        named=any(one.named for one in states),
        public=any(one.public for one in states),
    )


class Consents:
    """Follows what the reporter agrees to, as the book of the crowd tells it, run by run."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._own = crowd.filing.by == REPORTER and not crowd.filing.for_another
        self._upto: datetime | None = None
        self._form: tuple[str, bool] = ("none", False)
        self._altered = False
        self.now = Agreed()
        self.meanwhile: list[Agreed] = []

    def follow(self) -> Agreed:
        """Return what is agreed to, with all that came before this run; `meanwhile` is what was on the way."""
        self.meanwhile = [msgspec.structs.replace(self.now)]
        if self._upto is None:
            self._files()
        for one in self._news():
            self.now.passes(one.at)
            if isinstance(one, Edit):
                self._edited(one)
            else:
                self._said(one)
            self.meanwhile.append(msgspec.structs.replace(self.now))
        self.now.passes(self._crowd.tracker.now)
        self._upto = self._crowd.tracker.now
        return self.now

    def _files(self) -> None:
        """Read the form as it was filed, unless somebody else changed it unread."""
        filing, edits = self._crowd.filing, self._crowd.edits
        self._form = (self._crowd.share, self._crowd.public)
        self._altered = bool(edits) and edits[-1].by != filing.by
        trusted = filing.for_another and filing.by in ACTORS.values()
        if self._altered or not (self._own or trusted):
            return
        self.now.public = self._crowd.public
        if self._own:
            self.now.says(self._crowd.share)
        else:
            self.now.recorded(self._crowd.share, self._crowd.tracker.threads[INCIDENT].opened.at)

    def _news(self) -> list[Said | Edit | Mailed]:
        """Return what is new since the last run, in its order; of the report's edits only the last is seen."""
        crowd = self._crowd
        said = [one for one in crowd.said.values() if not one.gone and not one.meddled]
        edits = crowd.edits[-1:] if self._upto is not None else []
        found = (*said, *edits, *(one for one in crowd.mailed if one.reporters))
        new = [one for one in found if self._upto is None or one.at >= self._upto]
        return sorted(new, key=lambda one: one.at)

    def _edited(self, edit: Edit) -> None:
        form, self._form = self._form, (edit.share, edit.public)
        if edit.by != REPORTER or not self._own:
            return
        if self._altered or edit.share != form[0]:
            self.now.says(edit.share)
        if self._altered or edit.public != form[1]:
            self.now.public = edit.public
        self._altered = False

    def _said(self, one: Said | Mailed) -> None:
        level = _LEVEL.match(one.text)
        if level is None:
            return
        share = f"{level[1]}{level[2] or ''}"
        if isinstance(one, Mailed):
            if not self._own:
                self.now.says(share)
        elif one.number == INCIDENT and one.by == REPORTER:
            self.now.says(share)
        elif one.by in ACTORS.values() and self._granted(one):
            self.now.recorded(share, one.at)

    def _granted(self, one: Said) -> bool:
        records = self._crowd.tracker.records(INCIDENT)
        return any(record.of == one.id and not record.refused for record in records)


# --- what went out ----------------------------------------------------------------------------------------

_MARK = re.compile(r"zq\d+x")
_BLOCK = re.compile(
    r"\*\*(What|To be told by hand:) ([^\n*]+?)(?: would get\*\*|\.\*\*) [^\n]*\n\n(```+)\n(.*?)\n\3(?:\n|\Z)", re.DOTALL
)
_TIME = re.compile(r"\w+day, [^.\n]*?UTC")
NAMED = {
    "the reporter": "reporter",
    "reporter": "reporter",
    "#rules": "community",
    "community": "community",
    SAM: "suspended",
}


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Words on their way to a reader: by a channel, or as somebody is to tell them."""

    to: str
    text: str
    at: datetime
    number: int = INCIDENT

    @property
    def said(self) -> str:
        """The text without its times: those that are counted from when it goes out differ."""
        return _TIME.sub("then", self.text)

    @property
    def forms(self) -> tuple[str, str]:
        """The text as it is, and without the reporter's name: less may be said than was shown."""
        return self.said, self.said.replace(f", which {REPORTER.login} reported", "")


class Watch:
    """Looks at what went out, after each run: whose words, to whom, and whether they were shown before."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._consents = Consents(crowd)
        self._looked_at: set[str] = set()
        self._delivered = 0
        self._shown: list[Letter] = []
        self._went: set[datetime] = set()
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

    def _messages(self) -> Iterator[Letter]:
        messages, self._delivered = self._crowd.post.messages[self._delivered :], len(self._crowd.post.messages)
        for one in messages:
            to = one.to.name if one.to.key[0] == "p" else one.to.key
            number = next(n for n, thread in self._crowd.tracker.threads.items() if thread.opened.id == one.thread)
            suspended = one.to.suspended
            address = {ROBIN: ROBINS_MAIL, SAM: SAMS_MAIL}.get(one.to.name, one.to.mail)
            assert one.to.mail == address
            yield Letter(
                to="suspended" if suspended else to,
                text=one.text,
                at=self._crowd.tracker.now,
                number=number,
            )

    def _page(self, body: str, at: datetime, number: int, now: Agreed) -> None:
        """Look at a comment of ours: letters that are shown or to be told, and what else is said there."""
        for kind, name, _, text in _BLOCK.findall(body):
            letter = Letter(to=NAMED.get(name, name), text=text, at=at, number=number)
            if kind == "What":
                self._meant(letter)
                self._shown.append(letter)
            else:
                self._check(letter, most(*self._consents.meanwhile, now), by_hand=True)
        rest = _BLOCK.sub("", body)
        scopes = {self._crowd.words[mark].scope for mark in _MARK.findall(rest)}
        assert scopes <= {"all", "reporter", "post"}, scopes
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
        if any(self._crowd.words[one].scope == "post" for one in marks) and letter.to != "community":
            assert agreed.lets("community"), f"{letter.to} asked about what may not be posted"
            return
        assert agreed.lets(letter.to), f"words to {letter.to}"
        if self._goes_at_once(marks):
            return
        self._was_shown(letter, marks, aloud=aloud, by_hand=by_hand)

    def _names(self, letter: Letter, agreed: Agreed) -> None:
        """Nobody is named in a letter but to whom the reporter lets themself be named, and to themself."""
        if letter.to != "reporter":
            said = letter.text.casefold()
            named = REPORTER.login in said or "vane" in said
            assert not named or (agreed.named and agreed.level >= PARTIES and letter.to not in ("community",))
        for name in (ROBIN, KIM, SAM):
            last = name.split()[1]
            assert last not in letter.text or letter.to in (name, "suspended"), f"{last} to {letter.to}"
        assert REPORTERS_MAIL not in letter.text
        assert ROBINS_MAIL not in letter.text

    def _meant(self, letter: Letter, marks: set[str] | None = None) -> None:
        """Words are for whom they were addressed to."""
        for one in _MARK.findall(letter.text) if marks is None else marks:
            scope = self._crowd.words[one].scope
            match scope:
                case "all":
                    fits = letter.to not in ("community", "suspended", "outside", "channel")
                case "parties":
                    fits = letter.to not in ("reporter", "community", "suspended", "outside", "channel")
                case "post":
                    fits = letter.to not in ("outside", "channel")
                case _:
                    fits = scope == {"community": "post"}.get(letter.to, letter.to)
            assert fits, f"what is for {scope} to {letter.to}"

    def _goes_at_once(self, marks: set[str]) -> bool:
        """Whether they are the reason of a suspension, which doesn't wait."""
        return all(
            any(mark in one.text and one.text.startswith("/suspend") for one in self._crowd.said.values())
            or all(mark not in one.text for one in self._crowd.said.values())
            for mark in marks
        )

    def _was_shown(self, letter: Letter, marks: set[str], *, aloud: bool, by_hand: bool) -> None:
        """Somebody with a say put the label on after they had read the letter as it went."""
        for shown in self._shown:
            same = by_hand or (shown.said in letter.said if aloud else letter.said in shown.forms)
            if shown.to == letter.to and same and any(self._taps(shown)):
                self._not_held(letter, shown, marks)
                return
        raise AssertionError(f"not shown: {letter.to}\n{letter.text}\n---\n{self._shown}")

    def _taps(self, shown: Letter) -> Iterator[Actor]:
        roster = {one.login: one.account for one in self._crowd.community.administrators}
        for one in self._crowd.put:
            pinned = roster.get(one.by.login)
            known = one.by.login in roster and pinned in (None, one.by.number)
            left = one.by.login in self._out
            if one.label == "approve" and one.number == shown.number and one.at > shown.at:
                if known and not left:
                    yield one.by

    def _not_held(self, letter: Letter, shown: Letter, marks: set[str]) -> None:
        """What the reporter said since the words were written was heard before they went."""
        wrote = [one.at for one in self._crowd.said.values() if marks & set(_MARK.findall(one.text))]
        if letter.number != INCIDENT or not wrote or max(wrote) in self._went:
            return
        self._went.add(max(wrote))
        spoke = max((at for at in self._spoke() if at > max(wrote)), default=None)
        if spoke is None:
            return
        heard = (one.at for one in self._crowd.put if one.label == "reporter: heard")
        assert any(at > spoke for at in heard), "the reporter wasn't heard"

    def _spoke(self) -> Iterator[datetime]:
        for one in self._crowd.said.values():
            if one.by == REPORTER and one.number == INCIDENT and not one.gone:
                if _BARE.match(one.text) and not one.meddled:
                    continue
                yield one.at
        for mail in self._crowd.mailed:
            if mail.reporters and self._crowd.filing.for_another:
                yield mail.at

    def _somebody_goes_on(self) -> None:
        if "whole" not in self._crowd.says_left().values():
            assert {"outside/say_in_question", "outside/nobody_left"} & self._crowd.told()


# --- sequences --------------------------------------------------------------------------------------------

MFT, MIABOT, THCLPR = (ACTORS[name] for name in NAMES[:3])
Step = tuple[Actor, str, bool]
"""Who does what, and whether cocflow runs then."""


def done(by: Actor, *names: str) -> list[Step]:
    """Return steps by somebody, with a run after each."""
    return [(by, name, True) for name in names]


BEGUN = done(MFT, "party: Robin", "party: Kim", "estimate")
BEGINNINGS: dict[str, list[Step]] = {
    "nothing": [],
    "begun": BEGUN,
    "drafted": [*BEGUN, *done(MIABOT, "resolve to each")],
    "resolved": [*BEGUN, *done(MIABOT, "resolve to each", "approve")],
    "post drafted": [*BEGUN, *done(MFT, "post")],
    "suspended": [*BEGUN, *done(MFT, "suspend")],
    "appealed": [*BEGUN, *done(MFT, "suspend", "eight days", "appeal")],
}

FILINGS = st.one_of(
    st.builds(Filing, share=st.sampled_from(sorted(SHARES)), public=st.booleans()),
    st.builds(Filing, share=st.sampled_from(sorted(SHARES)), edited_by=st.sampled_from([WRITER, STRANGER, MFT])),
    st.builds(
        Filing,
        by=st.sampled_from([MFT, MEMBER, BRIDGE]),
        share=st.sampled_from(sorted(SHARES)),
        public=st.booleans(),
        for_another=st.just(True),
        edited_by=st.sampled_from([None, None, WRITER]),
    ),
)

PEOPLE = st.sampled_from(EVERYBODY)
ADMINISTRATORS = st.sampled_from(list(ACTORS.values())[:3])
RUNS = st.sampled_from([True, True, True, False])
STEPS = st.one_of(
    st.tuples(ADMINISTRATORS, st.sampled_from([*WORDS, "approve"]), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(["approve", "approve the suspension", "heard"]), RUNS),
    st.tuples(st.just(REPORTER), st.sampled_from([*CONSENT, "talk"]), RUNS),
    st.tuples(ADMINISTRATORS, st.sampled_from(list(CONSENT)), RUNS),
    st.tuples(st.just(REPORTER), st.sampled_from(list(LETTERS)), RUNS),
    st.tuples(st.just(WRITER), st.sampled_from(list(MEDDLING)), RUNS),
    st.tuples(PEOPLE, st.sampled_from([name for name in ROADS if name not in MEDDLING]), RUNS),
)


def play_out(crowd: Crowd, steps: list[Step]) -> None:
    """Let all of it happen, and look at what went out after each run."""
    watch = Watch(crowd)
    crowd.runs()
    watch.looks()
    for by, name, runs in [*steps, (MFT, "mail arrives", True), (MFT, "a day", True)]:
        ROADS[name](crowd, by)
        if runs:
            crowd.runs()
            watch.looks()


@pytest.mark.slow
@settings(max_examples=100, derandomize=True)
@given(
    size=st.integers(1, 5),
    pinned=st.integers(0, 5),
    filing=FILINGS,
    involved=st.sampled_from([(), (), (), ("@mft (Mika)",), ("@thclpr",)]),
    beginning=st.sampled_from(sorted(BEGINNINGS)),
    steps=st.lists(STEPS, max_size=10),
)
def test_words_reach_whom_they_may_and_as_they_were_shown(
    size: int,
    pinned: int,
    filing: Filing,
    involved: tuple[str, ...],
    beginning: str,
    steps: list[Step],
) -> None:
    """Whoever does whatever: consent rules who reads words, and a sender has seen what goes out."""
    crowd = Crowd(size, filing, pinned=pinned, **({"involved": involved} if involved else {}))
    play_out(crowd, [*BEGINNINGS[beginning], *steps])
