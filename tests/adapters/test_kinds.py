"""What a mail holds, and whether a person sent it; the corpus of letters shows whole mails."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cocflow.adapters.kinds import Shape, is_automatic, kind_of, may_be_automatic
from cocflow.core.case.records import LetterKind

PLAIN = Shape(kind="text/plain", detail="text/plain")
WHOLE = Shape(kind="multipart/mixed", detail="multipart/mixed; boundary=b")

SHAPES: list[tuple[LetterKind, list[Shape]]] = [
    ("words", [PLAIN]),
    (
        "receipt",
        [Shape(kind="multipart/report", detail='multipart/report; report-type="disposition-notification"')],
    ),
    ("receipt", [WHOLE, PLAIN, Shape(kind="message/disposition-notification")]),
    ("reaction", [WHOLE, PLAIN, Shape(kind="text/vnd.google.email-reaction+json")]),
    ("words", [WHOLE, PLAIN, Shape(kind="text/vnd.google.email-reaction+json", attached=True)]),
    (
        "calendar",
        [WHOLE, PLAIN, Shape(kind="text/calendar", detail="text/calendar; method=reply; charset=utf-8")],
    ),
    ("calendar", [WHOLE, PLAIN, Shape(kind="text/calendar", detail='text/calendar; method="cancel"')]),
    ("words", [WHOLE, PLAIN, Shape(kind="text/calendar", detail="text/calendar; name=x.ics", attached=True)]),
    ("encrypted", [Shape(kind="multipart/encrypted")]),
    ("encrypted", [Shape(kind="application/pkcs7-mime", attached=True)]),
    ("words", [WHOLE, PLAIN, Shape(kind="application/pkcs7-signature", attached=True)]),
    ("words", [WHOLE, PLAIN, Shape(kind="application/ms-tnef", attached=True)]),
]


@pytest.mark.parametrize(("kind", "shapes"), SHAPES)
def test_parts_tell_what_a_mail_holds(kind: LetterKind, shapes: list[Shape]) -> None:
    """The types of its parts decide before its words do."""
    assert kind_of(shapes, "I was not there.", attached=False, doubtful=False) == kind


REACTIONS = [
    "Sam Poe reacted to your message:",
    "Sam Poe hat auf Ihre Nachricht reagiert:",
    "Sam Poe a réagi à votre message :",
    "Sam Poe ha reaccionado a su mensaje:",
    "Sam Poe ha reagito al tuo messaggio:",
    "Sam Poe heeft op uw bericht gereageerd:",
    "Sam Poe reagiu à sua mensagem:",
    "Sam Poe zareagował(a) na Twoją wiadomość:",
    "👍\n\nSam Poe reacted via Gmail",
]


@pytest.mark.parametrize("line", REACTIONS)
def test_a_line_that_a_program_writes_for_a_reaction_is_one(line: str) -> None:
    """Alone, or above the mail that it is about; with a word of one's own it is words."""
    assert kind_of([PLAIN], line, attached=False, doubtful=False) == "reaction"
    quoting = f"{line}\n\n________________________________\nFrom: us\nSent: today\n\nYour account"
    assert kind_of([PLAIN], quoting, attached=False, doubtful=False) == "reaction"
    assert kind_of([PLAIN], f"I was not there.\n{line}", attached=False, doubtful=False) == "words"


@pytest.mark.parametrize(
    ("text", "attached", "kind"),
    [
        ("", False, "empty"),
        ("", True, "attachments"),
        ("\n\n-- \nSam", True, "attachments"),
        ("> You wrote\n> this\n", False, "empty"),
        ("Sent from my iPhone", False, "empty"),
        ("On Tue, Nov 24, 2026 at 9:00 AM CoC <c@example.org> wrote:\n> x\n\nI wasn't.", False, "words"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----", False, "encrypted"),
        ("no.", False, "words"),
        ("👎", False, "words"),
    ],
)
def test_without_a_word_of_ones_own_it_is_empty(text: str, attached: bool, kind: LetterKind) -> None:
    """What programs add is no word; a letter below what is quoted is read."""
    assert kind_of([PLAIN], text, attached=attached, doubtful=False) == kind


ABSENCES = [
    "Automatic reply: Your account is suspended",
    "Out of Office: x",
    "[Auto-Reply] x",
    "Abwesenheitsnotiz: x",
    "Automatische Antwort: x",
    "Réponse automatique : x",
    "Respuesta automática: x",
    "Risposta automatica: x",
    "Automatisch antwoord: x",
    "Resposta automática: x",
    "Odpowiedź automatyczna: x",
    "Autosvar: x",
    "Automatiskt svar: x",
    "Автоответ: x",
    "自動応答: x",
    "自动回复: x",
]


@pytest.mark.parametrize("subject", ABSENCES)
def test_a_subject_of_automatic_answers_makes_a_mail_doubtful(subject: str) -> None:
    """It isn't words to be decided on, nor is it lost; who answers such a mail writes words."""
    assert may_be_automatic(lambda name: [], subject)
    assert not may_be_automatic(lambda name: [], f"Re: {subject}")


def test_what_is_doubtful_is_kept_apart_where_it_holds_words() -> None:
    """Without words it is what it is instead."""
    assert kind_of([PLAIN], "I am away until Monday.", attached=False, doubtful=True) == "absence"
    assert kind_of([PLAIN], "", attached=False, doubtful=True) == "empty"


@pytest.mark.parametrize("subject", ["My appeal", "Automatic doors", "Office", "", "Away", "Absent friends"])
def test_other_subjects_dont(subject: str) -> None:
    """A word of such a subject makes none."""
    assert not may_be_automatic(lambda name: [], subject)


@pytest.mark.parametrize("name", ["X-Auto-Response-Suppress", "X-MS-Exchange-Inbox-Rules-Loop"])
def test_a_header_that_a_persons_mail_may_have_makes_it_doubtful_only(name: str) -> None:
    """A rule that sends mail on adds it, or an organization that adds it to all; so a person isn't lost."""
    given: Mapping[str, str] = {name: "All"}
    assert may_be_automatic(lambda asked: [given[asked]] if asked in given else [], "Hello")
    assert not is_automatic(lambda asked: [given[asked]] if asked in given else [], "sam@example.org")
    assert not may_be_automatic(
        lambda asked: ["None"] if asked == "X-Auto-Response-Suppress" else [], "Hello"
    )


def test_an_invitation_with_words_is_words() -> None:
    """Whoever would like to talk may say so in an invitation; an answer to one is none."""
    for method, kind in (("request", "words"), ("reply", "calendar")):
        shapes = [WHOLE, PLAIN, Shape(kind="text/calendar", detail=f"text/calendar; method={method}")]
        assert kind_of(shapes, "I would like to talk.", attached=False, doubtful=False) == kind
        assert kind_of(shapes, "", attached=False, doubtful=False) == "calendar"


AUTOMATIC: list[Mapping[str, str]] = [
    {"Auto-Submitted": "auto-replied"},
    {"X-Vacation": "yes"},
    {"X-Autogenerated": "Reply"},
    {"X-Autoreply": "yes"},
    {"X-Autorespond": "vacation"},
    {"Precedence": "Auto_Reply"},
    {"Precedence": "bulk"},
    {"List-Id": "<talk.example.org>"},
    {"Return-Path": "<>"},
    {"Content-Type": "multipart/report; boundary=b"},
]


@pytest.mark.parametrize("headers", AUTOMATIC)
def test_a_header_of_a_program_says_that_no_person_wrote(headers: Mapping[str, str]) -> None:
    """Each of them alone does."""
    assert is_automatic(lambda name: [headers[name]] if name in headers else [], "sam@example.org")


@pytest.mark.parametrize("headers", [{}, {"Auto-Submitted": "no"}, {"Precedence": "normal"}])
def test_a_persons_headers_dont(headers: Mapping[str, str]) -> None:
    """What says the contrary says nothing; the address of a daemon does."""
    assert not is_automatic(lambda name: [headers[name]] if name in headers else [], "sam@example.org")
    assert is_automatic(lambda name: [], "MAILER-DAEMON@example.org")
