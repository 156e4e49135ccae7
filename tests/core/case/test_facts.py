"""Facts: whose words a comment holds, what a later read adds, and that no repr holds a word."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.facts import (
    Access,
    Actor,
    BodyEdited,
    Commented,
    Fact,
    Issue,
    Page,
    Tail,
    extended,
    sha256,
)
from tests.core.play import BOT, HOUR, MFT, RIYA, START, Play

SECRET = "the kettle was thrown"


def comment(**fields: object) -> Commented:
    """Return a comment of RIYA's."""
    given: dict[str, object] = {"id": "IC_1", "at": START, "by": RIYA, "body": SECRET, "database_id": 1}
    return Commented(**(given | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "anothers"),
    [
        ({}, False),
        ({"edited_at": START, "edited_by": RIYA}, False),
        ({"edited_at": START, "edited_by": MFT}, True),
        ({"edited_at": START, "edited_by": None}, True),
        ({"edited_at": START, "edited_by": RIYA, "by": None}, True),
        ({"edited_at": START, "edited_by": None, "by": None}, True),
        ({"edited_at": START, "edited_by": None, "by": BOT}, False),
        ({"edited_at": START, "edited_by": MFT, "by": BOT}, True),
    ],
)
def test_words_are_the_authors_only_if_nobody_else_may_have_put_them_there(
    fields: dict[str, object], anothers: bool
) -> None:
    """Edited by another, or by an account that is gone, they may be anybody's; a job may have no name."""
    assert comment(**fields).edited_by_another is anothers


def test_a_comment_says_what_it_says_since_its_last_edit() -> None:
    """Without an edit, since it was written."""
    assert comment().unchanged_since == START
    assert comment(edited_at=START + HOUR).unchanged_since == START + HOUR


def tail(issue: Issue, *facts: Fact, **fields: object) -> Tail:
    """Return what came after a read of an issue, which is otherwise as it was."""
    kept = ("labels", "is_open", "title", "body", "body_edited_at", "cursor", "now")
    given = {name: getattr(issue, name) for name in kept}
    return Tail(facts=facts, **(given | fields))


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_fact_that_two_reads_show_is_taken_once(known: int, more: int) -> None:
    """However much a tail repeats, each fact stands once, in order."""
    facts = [comment(id=f"IC_{n}", database_id=n) for n in range(known + more)]
    play = Play()
    whole = play.read()
    issue = msgspec.structs.replace(whole, facts=(*whole.facts, *facts[:known]))
    later = extended(issue, tail(issue, *facts))
    assert later.facts == (*whole.facts, *facts)
    assert extended(later, tail(later, *facts)) == later


def test_an_edit_of_the_body_comes_with_the_tail() -> None:
    """The newest edit is a fact, once; what the issue shows now replaces what it showed."""
    issue = Play().read()
    edit = BodyEdited(id="BE_1", at=START + HOUR, by=RIYA)
    said = {"body": "new", "title": "New", "is_open": False, "labels": frozenset({"x"}), "body_edit": edit}
    later = extended(issue, tail(issue, **said))
    assert later.facts[-1] == edit
    assert (later.body, later.title, later.is_open, later.labels) == ("new", "New", False, frozenset({"x"}))
    assert extended(later, tail(later, body_edit=edit)).facts == later.facts


def test_without_a_new_cursor_the_known_one_stays() -> None:
    """A tail that holds nothing gives none, and the next read goes on from where it was."""
    issue = msgspec.structs.replace(Play().read(), cursor="here")
    assert extended(issue, tail(issue, cursor=None)).cursor == "here"
    assert extended(issue, tail(issue, cursor="there")).cursor == "there"


def test_the_newest_fact_by_a_person_leaves_out_the_bots_and_what_the_listing_shows() -> None:
    """Neither cocflow's own, nor the opening, nor an edit of the body."""
    play = Play()
    assert play.read().newest_by_person() is None
    said = play.says(RIYA, "only talk")
    play.says(BOT, "answered")
    play.edits_body(RIYA, "new")
    assert play.read().newest_by_person() == said


@pytest.mark.parametrize("text", ["", "a", "\ud800", "\u00e9", "e\u0301"])
def test_a_digest_is_of_the_very_text(text: str) -> None:
    """Any text has one, also what isn't valid Unicode, and two that only look alike have two."""
    assert sha256(text) == sha256(text)
    assert sha256(text) != sha256(f"{text} ")


def test_no_word_enters_a_repr() -> None:
    """Reprs show kinds, ids and numbers."""
    issue = msgspec.structs.replace(Play().read(), title=SECRET, body=SECRET)
    shown = repr([issue, comment(), tail(issue, comment(), title=SECRET), Actor("U_1", SECRET)])
    assert SECRET not in shown
    page = Page(issues=(), now=issue.now, labels=frozenset({SECRET}))
    access = Access(inside=frozenset({SECRET}), invited=frozenset({SECRET}), expired=frozenset({SECRET}))
    assert SECRET not in repr([page, access])


def test_only_the_bots_own_is_mine() -> None:
    """Neither a person's, nor another's, nor that of an account that is gone."""
    issue = Play().read()
    assert [issue.is_mine(comment(by=by)) for by in (BOT, RIYA, None)] == [True, False, False]
