"""The house: what is done is answered at once, time passes when it is told to, and mail arrives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cocflow.core.case.case import Case
from cocflow.core.case.records import Board
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.demo.story import REPOSITORY
from cocflow.rehearsal.house import DAY, HOUR, House
from cocflow.setup.in_force import load_process_and_form

_, FORM = load_process_and_form(Path("nowhere"), "incident")
KIM, PIM = "kim@example.net", "pim@example.org"
REPORT = Answers(
    {"learned": "I saw it", "nature": "Jokes.", "who": "Sam", "material": "None", "privacy": "None"}
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of the test's own."""
    with House(tmp_path) as opened:
        yield opened


def file(house: House, login: str = "mft") -> int:
    """Have somebody file a report in the vault."""
    visitor = house.visitor(login)
    made: dict[str, Any] = {}
    body = {"title": "Incident", "body": write(FORM, REPORT)}
    house.act(login, "filed", lambda: made.update(visitor.ask("POST", f"repos/{REPOSITORY}/issues", body)))
    return int(made["number"])


def says(house: House, login: str, number: int, text: str) -> None:
    """Have somebody comment."""
    route = f"repos/{REPOSITORY}/issues/{number}/comments"
    house.act(login, "said", partial(house.visitor(login).ask, "POST", route, {"body": text}))


def test_what_is_done_in_the_vault_is_answered_at_once(house: House) -> None:
    """The runs that an act starts are over when it is, and it is said what came of it."""
    number = file(house)
    assert house.moments[-1].wrote == 2
    case = house.case(REPOSITORY, number)
    assert isinstance(case, Case)
    assert case.progress.state == "reported"
    assert house.due is not None


def test_a_suspended_person_reads_the_mail_and_their_answer_comes_back_to_the_case(house: House) -> None:
    """The mail waits for the sweep, as on GitHub, and is an appeal once it may be one."""
    number = file(house)
    says(house, "miabot", number, f"/suspend A flood of insults\nPim Ode, {PIM}")
    (mail,) = [one for one in house.mails if one.to == PIM]
    assert (mail.notice, mail.slack) == ("suspended/suspended", False)
    sent = house.answer_mail(mail, "It wasn't me.")
    assert (sent.waits, sent.wrote, sent.mails) == (True, 0, ())
    swept = house.to_next_sweep()
    assert [one.notice for one in swept.mails] == ["suspended/appeal_kept"]
    later = house.let_pass(8 * DAY)
    assert "suspended/appeal_filed" in [one.notice for one in later.mails]


def test_a_report_by_mail_is_filed_by_the_sweep(house: House) -> None:
    """Somebody without an account is heard, and answered by mail."""
    house.write_mail(KIM, "1. Jokes.\n2. Sam.\n3. Nothing.\n4. None.", subject="A report")
    assert house.mails == []
    swept = house.let_pass(HOUR)
    assert [(one.to, one.notice) for one in swept.mails] == [(KIM, "reporter/arrived")]


def test_time_goes_where_something_is_due_and_what_is_due_happens(house: House) -> None:
    """The clock stops at the sweep that finds it."""
    number = file(house)
    due = house.due
    assert due is not None
    house.to_next_due()
    assert due <= house.now() < due + HOUR
    board = next(one for one in range(1, number + 3) if isinstance(house.case(REPOSITORY, one), Board))
    assert board


@pytest.mark.parametrize(
    ("time", "more"), [(HOUR, timedelta(minutes=1)), (DAY, HOUR), (timedelta(days=7), HOUR)]
)
def test_as_much_time_passes_as_was_said(house: House, time: timedelta, more: timedelta) -> None:
    """With what is due in between, in one moment; days end with a sweep that finds what fell due in them."""
    before = house.now()
    moment = house.let_pass(time)
    assert timedelta() <= house.now() - before - time < more
    assert house.moments == [moment]


def test_a_case_is_told_from_its_receipts(house: House) -> None:
    """What was asked for, by whom, what state came of it, and the text that people read."""
    number = file(house)
    says(house, "miabot", number, "/estimate 2 days")
    told = house.told(REPOSITORY, number)
    assert told is not None
    assert (told.state, told.process.name) == ("acknowledged", "incident")
    assert [(one.line.by, one.line.state) for one in told.entries] == [
        ("mft", "reported"),
        ("miabot", "acknowledged"),
    ]
    assert all(one.text for one in told.entries)
    assert house.told(REPOSITORY, 99) is None
    assert house.told("acme/elsewhere", 1) is None


def test_an_act_that_is_refused_changes_nothing(house: House) -> None:
    """It is no moment, and the next one comes out as it would have."""
    with pytest.raises(Exception, match="404"):
        says(house, "juno", 1, "Hello")
    assert house.moments == []
