"""The report: answers given later, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.consent import consent, may_tell_community, waiting
from cocflow.core.acts.report import Answer, agreed, by_mail, by_room, filer, in_danger, read_by, reporter
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.case.records import Arrival, arrival_line
from cocflow.core.process import Drafting
from tests.core.acts.asking import asked
from tests.core.drafts import drafting
from tests.core.play import (
    BOT,
    DANGER,
    FOR_ANOTHER,
    MFT,
    OTHER_BOT,
    RIYA,
    ROSTER,
    STRANGER,
    THCLPR,
    Play,
    body,
    played_to,
)
from tests.scene import PUBLIC, SHARES, Scene

ACCEPTED: list[tuple[str, Said]] = [
    ("/answer 2 On Tuesday.", Answer(2, "On Tuesday.")),
    ("/answer 2. On Tuesday.\nAt noon.", Answer(2, "On Tuesday.\nAt noon.")),
    ("/answer 4: no", Answer(4, "no")),
    ("/answer 3)no", Answer(3, "no")),
    ("/answer\n2\nOn Tuesday.", Answer(2, "On Tuesday.")),
    ("/answer 1. A\n2. B", Answer(None, "1. A\n2. B")),
    ("/answer\n\n1. A\nmore\n3) C", Answer(None, "1. A\nmore\n3) C")),
    ("/answer 1. A\n2.5 people saw it", Answer(1, "A\n2.5 people saw it")),
    ("/answer 1 He did\n2. that", Answer(1, "He did\n2. that")),
    ("/answer 3 He did\n1. this\n2. that", Answer(3, "He did\n1. this\n2. that")),
    ("/answer 3. He did\n1. this\n2. that", Answer(3, "He did\n1. this\n2. that")),
    ("/answer 3 They wrote\n/resolve in the channel", Answer(3, "They wrote\n/resolve in the channel")),
]

REFUSED = [
    ("/answer", "Say which question"),
    ("/answer On Tuesday", "Say which question"),
    ("/answer Here they are:\n1. A", "Say which question"),
    ("/answer 2nd of May", "Say which question"),
    ("/answer 12:30 he came", "Say which question"),
    ("/answer 0 A", "numbered from 1 to 4"),
    ("/answer 5. A", "numbered from 1 to 4"),
    ("/answer 2", "The answer itself is missing"),
    ("/answer 2. \u200b", "The answer itself is missing"),
]


def test_answers_complete() -> None:
    """All four answers, in the body or by `/answer`; what is missing is named by number."""
    assert asked(played_to("reported"), "answers_complete") is None
    missing = Play(text=body(nature=None, material=None))
    missing.run()
    assert asked(missing, "answers_complete") == "There is still no answer to question 1, 3."
    assert asked(missing, "answers_complete", "/answer 1 x") == "There is still no answer to question 3."
    assert asked(missing, "answers_complete", "/answer 1. x\n3. y") is None


# --- filed for somebody else -------------------------------------------------------------------------

NAMED = {"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"}
QUOTE = "\n> Yes, please go on in my name."


def filed(by: Actor = STRANGER, **answers: str) -> Play:
    """Return a play of what somebody who is no administrator filed for somebody else."""
    play = Play(by, body(**(NAMED | answers)))
    play.run()
    return play


def test_whoever_files_for_somebody_is_told_that_they_are_not_the_reporter() -> None:
    """They can add facts, and see where it stands; the rest is the reporter's."""
    play = Play(STRANGER, body(**NAMED))
    (decision, *_) = play.run()
    assert "filer/arrived" in decision.says
    assert "reporter/arrived" not in decision.says
    assert play.case().roles(STRANGER) == {"filer"}
    for said in ("/answer 2 Sam was there too.", "/help"):
        assert not play.answer(play_says(play, STRANGER, said)).refused
    for said in ("/withdraw", "/consent community", "/agree", "/consent yes"):
        assert play.answer(play_says(play, STRANGER, said)).refused
    assert play.answer(play.closes(STRANGER) and last_run(play)).refused
    assert play.state == "reported"


def test_whoever_files_in_person_reads_the_page() -> None:
    """The reporter, or whoever filed for them; not where a program or an administrator filed for somebody."""
    own, another = Play(RIYA, body()), Play(MFT, body(**NAMED))
    for play in (own, another):
        play.run()
    assert read_by(own.case()) == "reporter"
    assert read_by(filed().case()) == "filer"
    assert read_by(filed(OTHER_BOT).case()) is None
    assert read_by(another.case()) is None


def play_says(play: Play, by: Actor, text: str) -> str:
    """Let somebody comment, and a run follow; return the comment's id."""
    said = play.says(by, text)
    play.run()
    return said


def last_run(play: Play) -> str:
    """Let a run follow, and return the newest fact of a person's."""
    newest = next(fact.id for fact in reversed(play.facts) if fact.by != BOT)
    play.run()
    return newest


@pytest.mark.parametrize("said", ["/withdraw", "/consent parties", "/consent none"])
def test_nothing_is_done_in_the_name_of_whoever_has_not_said_yes(said: str) -> None:
    """Quoted or not, an administrator records their yes first; then it is as with every reporter."""
    play = filed()
    assert play.answer(play_says(play, MFT, f"{said}{QUOTE}")).refused
    assert play.answer(play_says(play, MFT, "/agree")).refused
    assert not play.answer(play_says(play, MFT, f"/agree{QUOTE}")).refused
    assert not play.answer(play_says(play, MFT, f"{said}{QUOTE}")).refused


def test_no_answer_to_a_draft_is_given_in_their_name() -> None:
    """Nor by an administrator who says that they know; others are answered for as ever."""
    asks = Drafting(approved_by="anybody", asks=("reporter/post_question", "party/post_question"))
    play = Play(STRANGER, body(**NAMED), definition_=drafting(drafted=asks))
    for said in ("/party Robin Example", "/estimate 3 days", "/resolve We talked."):
        play_says(play, MFT, said)
    assert play.answer(play_says(play, MFT, f"/consent reporter yes{QUOTE}")).refused
    assert not play.answer(play_says(play, MFT, "/consent Robin Example yes")).refused


def test_where_it_happened_is_theirs_to_say_as_well() -> None:
    """Nothing is posted as public on the word of whoever files for somebody else."""
    assert not may_tell_community(filed(where=PUBLIC).case())


def test_what_was_chosen_for_them_counts_for_nothing() -> None:
    """Neither consent nor publicity come from whoever files for somebody else, later edits included."""
    play = filed(share=SHARES["community by name"], where=PUBLIC)
    assert consent(play.case()).level == "none"
    play.edits_body(STRANGER, body(**NAMED, share=SHARES["community"], where=PUBLIC), 1)
    play_says(play, MFT, f"/agree{QUOTE}")
    assert consent(play.case()).level == "none"


def test_no_message_goes_to_whom_nobody_has_asked() -> None:
    """An address that somebody named is written to by hand first; once they said yes, by itself."""
    scene = Scene(by=STRANGER, answers=NAMED)  # type: ignore[arg-type]
    assert scene.texts("reporter") == []
    assert any("To be told by hand: the reporter" in text for text in scene.tracker.by_bot(1))
    scene.says(MFT, f"/agree{QUOTE}")
    assert len(scene.texts("reporter")) == 1
    assert "Your report has arrived" in scene.texts("reporter")[0]


def test_their_own_letter_is_their_yes() -> None:
    """A verified mail from the address that was named, which begins with the word."""
    play = filed()
    play.mails("/agree", 1, reporter=True, verified=False)
    play.run()
    assert not agreed(play.case())
    play.mails("agree\nYes, thank you.", 2, reporter=True, verified=True)
    play.run()
    assert agreed(play.case())


def test_where_nobody_is_named_the_filer_is_asked_for_whom() -> None:
    """Until they say it, nobody can agree; then whoever they name can."""
    play = Play(STRANGER, body(learned=FOR_ANOTHER))
    play.run()
    assert any("doesn't say for whom" in note for note in ACTS.notes(play.case()))
    assert play.answer(play_says(play, MFT, f"/agree{QUOTE}")).refused
    play.edits_body(STRANGER, body(**NAMED), 1)
    play.run()
    assert reporter(play.case()).name == "Riya Sen"
    assert not play.answer(play_says(play, MFT, f"/agree{QUOTE}")).refused


def test_whoever_said_yes_stays_the_reporter() -> None:
    """The filer names nobody else afterwards, and an outsider never does."""
    play = filed()
    play.edits_body(THCLPR, body(**(NAMED | {"reporter": "Kim, kim@example.org"})), 1)
    play.run()
    play = filed()
    play_says(play, MFT, f"/agree{QUOTE}")
    play.edits_body(STRANGER, body(**(NAMED | {"reporter": "Kim, kim@example.org"})), 1)
    play.run()
    assert agreed(play.case())
    assert reporter(play.case()).mail == "", "the name can't be read any more"


def test_a_program_is_nobodys_reporter() -> None:
    """A bot that bridges a form files for whoever it names, whatever the form says."""
    play = Play(OTHER_BOT, body(reporter="Riya Sen, riya@example.org", share=SHARES["community"]))
    play.run()
    who = reporter(play.case())
    assert (who.name, who.here, who.unasked) == ("Riya Sen", False, True)
    assert [one.role for one in play.case().people] == ["reporter"]
    assert consent(play.case()).level == "none"


def test_an_administrator_who_files_is_taken_at_their_word() -> None:
    """As before: the reporter is whom they name, and is written to at once."""
    play = filed(MFT)
    assert agreed(play.case())
    assert play.case().roles(MFT) == {"administrator"}


def test_an_edit_before_the_first_run_files_for_nobody() -> None:
    """Neither makes it the author another's filer, nor a bot's reporter somebody else."""
    play = Play(RIYA)
    play.edits_body(MFT, body(**NAMED))
    play.run()
    assert play.case().roles(RIYA) == {"reporter"}
    bridged = Play(OTHER_BOT, body(reporter="Riya Sen, riya@example.org"))
    bridged.edits_body(STRANGER, body(reporter="Kim, kim@example.org"))
    bridged.run()
    assert reporter(bridged.case()).name == ""


def gone(scene: Scene) -> None:
    """Let the reporter's account be deleted."""
    opened = scene.tracker.threads[1].opened
    scene.tracker.threads[1].opened = msgspec.structs.replace(opened, by=None)


def put_out(scene: Scene) -> None:
    """Let the reporter lose their access to the repository."""
    scene.tracker.threads[1].association = "NONE"


@pytest.mark.parametrize("happens", [gone, put_out])
def test_a_reporter_who_cannot_read_the_issue_any_more_is_told_by_hand(
    happens: Callable[[Scene], None],
) -> None:
    """What stands in a comment that they can't read doesn't count as told."""
    scene = Scene(association="COLLABORATOR")
    scene.says(MFT, "/estimate 3 days")
    assert "To be told by hand" not in scene.newest()
    happens(scene)
    scene.sends(MFT, "/resolve We talked.")
    assert "To be told by hand: the reporter" in scene.newest()
    assert scene.case().progress.state == "resolved"
    scene.says(MFT, "/told reporter by phone")
    assert scene.case().progress.state == "closed"


@pytest.mark.parametrize("association", ["", "NONE", "CONTRIBUTOR"])
def test_of_whom_github_never_said_that_they_are_let_in_nothing_is_concluded(association: str) -> None:
    """A member who hides it is nobody to GitHub, and reads the issue all the same."""
    scene = Scene(association=association)
    scene.tracker.threads[1].association = "NONE"
    scene.says(MFT, "/estimate 3 days")
    assert "To be told by hand" not in scene.newest()


# --- a report that came by mail -------------------------------------------------------------------------


def mailed(by: Actor = BOT, *, sure: bool = False, **fields: str | None) -> Play:
    """Return an incident that was opened for a mail of Riya's, not looked at yet."""
    line = arrival_line(Arrival(mail="abc", sure=sure, answered=not sure))
    return Play(by, f"{line}\n\n{body(learned=None, reporter='Riya Sen, riya@example.org', **fields)}")


def owed(play: Play) -> set[str]:
    """Return the notices that are owed to people."""
    return {one.notice for one in play.case().progress.owed()}


def test_the_sender_of_a_mail_is_its_reporter() -> None:
    """Whoever surely wrote it at once, who is told so; of anybody else nothing is done in their name."""
    sure, unsure = mailed(sure=True), mailed()
    for play in (sure, unsure):
        play.run()
        assert (reporter(play.case()).mail, reporter(play.case()).here) == ("riya@example.org", False)
    assert (agreed(sure.case()), owed(sure)) == (True, {"reporter/arrived"})
    assert (agreed(unsure.case()), owed(unsure)) == (False, {"sender/received"})


def test_an_administrator_says_that_a_mail_is_its_senders() -> None:
    """Once, and where there is such a mail; then the reporter is told what every reporter is."""
    play = mailed()
    play.run()
    assert asked(play, "sender_unsure") is None
    play.labels(STRANGER, "reporter: verified", 1)
    play.labels(MFT, "reporter: verified", 2)
    play.labels(MFT, "reporter: verified", 3)
    assert [one.record.refused for one in play.run()] == [True, False, True]
    assert "reporter/arrived" in owed(play)
    assert asked(play, "sender_unsure") == "There is no mail here of which that has to be said."


def test_a_line_that_somebody_else_wrote_makes_nobody_the_sender_of_a_mail() -> None:
    """Only cocflow opens incidents for mails: to whoever copies its line, it is a report of their own."""
    play = mailed(RIYA, sure=True)
    play.run()
    assert reporter(play.case()).here
    assert play.case().arrival is None


def test_of_a_body_that_somebody_edits_first_nothing_counts_as_the_senders() -> None:
    """Whom it names then is still to be asked, and cocflow itself is nobody's reporter."""
    play = mailed(sure=True, share=SHARES["community by name"])
    play.edits_body(MFT, play.body.replace("riya@example.org", "mallory@example.org"))
    play.run()
    assert (reporter(play.case()).unasked, reporter(play.case()).login) == (True, "")
    assert consent(play.case()).level == "none"


def test_the_letter_of_a_report_is_read_for_whom_it_names() -> None:
    """All its parts, once they are filed; it asks for nothing, whatever its first word is."""
    play = mailed(sure=True)
    play.run()
    play.mails("/withdraw It was", 1, mail="abc", person="reporter", verified=True, part=1, parts=2)
    play.mails("@mft.", 1, mail="abc", person="reporter", verified=True, part=2, parts=2)
    (decision,) = [one for one in play.run() if "report_mailed" in str(one.says)]
    assert not decision.record.refused
    assert play.state == "reported"
    assert play.case().say_of(ROSTER[0]) == "none"


def filed_in_a_room(**answers: str | tuple[str, ...] | None) -> Play:
    """Return a play of an incident that cocflow opened for a report from a room, not yet answered."""
    came = Arrival(mail="m1", sure=True, room="room-quiet-bay-abcd", account="U_robin", login="robin")
    return Play(BOT, f"{arrival_line(came)}\n\n{body(**answers)}")


def test_a_report_from_a_room_is_its_guests() -> None:
    """Account, login and room are the guest's, who reads there, and agreed by filing it."""
    play = filed_in_a_room(learned=FOR_ANOTHER, reporter="Somebody Else, else@example.org")
    play.run()
    known = reporter(play.case())
    assert (known.login, known.account, known.room, known.mail) == (
        "robin",
        "U_robin",
        "room-quiet-bay-abcd",
        "",
    )
    assert (known.here, known.unasked) == (False, False)
    assert filer(play.case()) is None
    assert by_room(play.case())
    assert not by_mail(play.case())
    assert ACTS.notes(play.case()) == ()


def test_what_the_form_of_a_room_says_of_sharing_counts_as_the_reporters() -> None:
    """It counts at once, whole, and without anybody being asked."""
    play = filed_in_a_room(share=SHARES["community"])
    play.run()
    assert consent(play.case()).level == "community"
    assert waiting(play.case()) is None


def test_nobody_else_speaks_for_the_guest_of_a_room() -> None:
    """Whoever edits the incident's text makes nobody else its reporter, and allows nothing."""
    play = filed_in_a_room()
    play.run()
    play.edits_body(MFT, play.body + body(share=SHARES["community"], reporter="Mallory, m@example.org"))
    play.run()
    assert reporter(play.case()).login == "robin"
    assert consent(play.case()).level == "none"


def test_an_administrator_who_files_in_a_room_has_no_say_in_it() -> None:
    """The guest is the reporter, whoever they are: a login of the roster is out."""
    came = Arrival(mail="m1", sure=True, room="room-quiet-bay-abcd", account="U_mft", login="mft")
    play = Play(BOT, f"{arrival_line(came)}\n\n{body()}")
    play.run()
    assert [one.login for one in play.case().eligible] == ["miabot", "thclpr"]


@pytest.mark.parametrize("by", [RIYA, MFT, STRANGER])
def test_that_somebody_may_be_in_danger_is_kept_whoever_files(by: Actor) -> None:
    """For oneself or for somebody else; a form without a tick says nothing of it."""
    for learned in (None, FOR_ANOTHER):
        play = Play(by, body(learned=learned, danger=DANGER))
        play.run()
        assert in_danger(play.case())
    quiet = Play(by)
    quiet.run()
    assert not in_danger(quiet.case())


def test_danger_comes_and_goes_with_an_edit_of_the_form() -> None:
    """The card says it while it is ticked, and says it no more once the tick is taken away."""
    scene = Scene()
    for ticked in (True, False):
        scene.tracker.edits_body(RIYA, scene.incident, body(danger=DANGER) if ticked else body())
        scene.run()
        assert ("somebody may be in danger" in "".join(ACTS.notes(scene.case()))) is ticked


def test_a_form_of_before_there_was_the_box_is_read_as_ever() -> None:
    """A body without the heading answers all else, and says no danger."""
    old = body().partition("### Is somebody in danger?")
    play = Play(text=old[0] + "### " + old[2].partition("### ")[2])
    play.run()
    assert play.state == "reported"
    assert not in_danger(play.case())


def test_whoever_reports_danger_is_told_whom_to_call_first() -> None:
    """Before all else; and everyone who decides is called at once."""
    scene = Scene(answers={"danger": DANGER})  # type: ignore[dict-item]
    opened = next(one for one in scene.tracker.by_bot(1) if "has arrived, and says" in one)
    assert opened.startswith("@mft @miabot @thclpr ") or "@mft @miabot @thclpr " in opened
    arrived = next(one for one in scene.tracker.by_bot(1) if "call your local emergency number now" in one)
    assert arrived.count("emergency number") == 1
