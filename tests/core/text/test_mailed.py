"""Mailed lines: what a mail program adds to an answer is told from what somebody wrote."""

from __future__ import annotations

import time

import pytest

from cocflow.core.text.mailed import mailed_lines

ADDED = [
    "> It was me who told you",
    "On Tue, Nov 24, 2026 at 9:00 AM Riya <reply+A@reply.github.com> wrote:",
    "Am Di., 24. Nov. 2026 um 09:00 Uhr schrieb Riya <r@example.org>:",
    "Le mar. 24 nov. 2026 à 09:00, Riya <r@example.org> a écrit :",
    "El mar, 24 nov 2026 a las 9:00, Riya (<r@example.org>) escribió:",
    "Il giorno mar 24 nov 2026 alle ore 09:00 Riya <r@example.org> ha scritto:",
    "Op di 24 nov 2026 om 09:00 schreef Riya <r@example.org>:",
    "Em ter., 24 de nov. de 2026 às 09:00, Riya <r@example.org> escreveu:",
    "Den tis 24 nov. 2026 kl 09:00 skrev Riya <r@example.org>:",
    "wt., 24 lis 2026 o 09:00 Riya <r@example.org> napisał(a):",
    "вт, 24 нояб. 2026 г. в 09:00, Riya <r@example.org>:",
    "2026年11月24日(火) 9:00 Riya <r@example.org>:",
    "-- ",
    "--",
    "-----Original Message-----",
    "-------- Ursprüngliche Nachricht --------",
    "---------- Forwarded message ---------",
    "________________________________",
    "Reply to this email directly, view it on GitHub, or unsubscribe.",
    "You are receiving this because you were mentioned.",
    "Message ID: <acme/incidents/issues/1@github.com>",
    "Sent from my iPhone",
    "Get Outlook for iOS",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
]
WRITTEN = [
    "We talked with everyone, and agreed on how to go on.",
    "She wrote: be kind.",
    "In 2019 she wrote this:",
    "- one",
    "---",
    "From now on we agree on this: be kind.",
    "To reporter: Thank you.",
    "It was said at 9:00, in the meeting.",
    "a > b",
    "",
]


@pytest.mark.parametrize("line", ADDED)
def test_a_line_of_a_mail_program_is_found_among_words(line: str) -> None:
    """It is found wherever it stands, and nothing else with it."""
    assert mailed_lines(f"We talked.\n\n{line}\n\nAll is well.") == (line.strip(),)


@pytest.mark.parametrize("line", WRITTEN)
def test_what_somebody_wrote_is_none(line: str) -> None:
    """Words, rules and lists are what they are."""
    assert mailed_lines(f"We talked.\n{line}\nAll is well.") == ()


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (
            "On Tue, Nov 24, 2026 at 9:00 AM Riya <r@example.org>\nwrote:",
            "On Tue, Nov 24, 2026 at 9:00 AM Riya <r@example.org>",
        ),
        ("On Tue, Nov 24, 2026 at 9:00 AM\nRiya wrote:", "On Tue, Nov 24, 2026 at 9:00 AM"),
        ("On Tue, Nov 24, 2026 at 9:00 AM Riya\n<r@example.org> wrote:", "<r@example.org> wrote:"),
    ],
)
def test_an_attribution_that_was_broken_is_found(broken: str, found: str) -> None:
    """Mail programs break long lines."""
    assert mailed_lines(f"We talked.\n\n{broken}\n") == (found,)


@pytest.mark.parametrize("more", ["Sent: Tuesday", "*Gesendet:* Dienstag", "Date: mardi"])
def test_the_head_of_a_quoted_mail_is_found(more: str) -> None:
    """Outlook quotes a mail below its sender and date."""
    assert mailed_lines(f"We talked.\n\nFrom: Riya\n{more}\nTo: us\nSubject: Re: hello") == ("From: Riya",)
    assert mailed_lines("From: Riya\nWe heard this.") == ()


@pytest.mark.parametrize(
    "piece", ["0:00 ", "wrote ", "<a@b ", "> ", "From: \n", "0:00 wrote <a@b>:\n", "-- ", "_" * 30]
)
def test_it_takes_a_time_that_grows_with_the_length(piece: str) -> None:
    """The longest comment that GitHub takes is no burden."""
    before = time.process_time()
    mailed_lines(piece * (65_536 // len(piece)))
    assert time.process_time() - before < 1
