"""Attachments: they stay in the mailbox, and whoever can read that finds them by the letters of an issue."""

from __future__ import annotations

from cocflow.ports import Attached
from cocflow.run.attachments import CameWith, attachments
from tests.run.test_intake import FIRST, Intake


def test_what_came_with_each_letter_is_found_wherever_the_letter_was_put() -> None:
    """Done, set aside, or sent with another letter in the same second; and not on the issue."""
    intake = Intake()
    first = intake.arrives("Words.", attachments=("a.png",))
    intake.arrives("Others.", attachments=("b.png", "c.pdf"))
    long = intake.arrives("word " * 100_000, attachments=("d.txt",))
    intake.run()
    assert len(intake.mailbox.aside) == 1
    found = list(attachments(intake.case(FIRST), intake.mailbox))
    assert found == [
        CameWith(first.received, (Attached("a.png", b"a.png"),)),
        CameWith(first.received, (Attached("b.png", b"b.png"), Attached("c.pdf", b"c.pdf"))),
        CameWith(long.received, (Attached("d.txt", b"d.txt"),)),
    ]
    intake.mailbox.handled.clear()
    assert [one.files is None for one in attachments(intake.case(FIRST), intake.mailbox)] == [
        True,
        True,
        False,
    ]
