"""Who has a case: the next in turn, whom it is given to, and nobody without a say."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts.owner import Owned, owner, owner_gone, turn, who_goes_on
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.engine.timers import told
from cocflow.core.people.rota import Rota
from cocflow.setup.install import choice
from tests.core.play import (
    BOT,
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
    suspended_by,
    suspension_body,
    suspension_played_to,
)

ASK = Ask(at=START, roles=frozenset({"cocflow"}))


def had(play: Play) -> str:
    """Return the login of who has the case, "" for nobody."""
    found = owner(play.case())
    return found.login if found is not None else ""


def away(case: Case, *logins: str) -> Case:
    """Return the case while these administrators are away."""
    gone = frozenset(mark for one in ROSTER if one.login in logins for mark in community().marks_of(one))
    return msgspec.structs.replace(case, rota=Rota(away=gone))


def test_a_new_report_is_the_first_ones_in_turn() -> None:
    """It says so in its receipt, by digests and without a name."""
    play = Play()
    (opened,) = play.run()
    assert had(play) == "mft"
    (owned,) = [one for one in opened.record.changes if isinstance(one, Owned)]
    assert "mft" not in str(owned)


def test_whom_a_report_concerns_is_passed_over() -> None:
    """Nobody gets a case by turn in which they have no say."""
    play = Play(text=body(involved=(choice(ROSTER[0]),)))
    play.run()
    assert had(play) == "miabot"


def test_an_assignment_gives_the_case() -> None:
    """By an administrator with a say, to one with a say; the state stays."""
    play = Play()
    play.run()
    play.assigns(MFT, THCLPR, 1)
    (given,) = play.run()
    assert (given.record.refused, given.says, had(play)) == (False, ("administrators/owner",), "thclpr")
    assert play.state == "reported"


@pytest.mark.parametrize(
    ("by", "to"),
    [
        (MFT, RIYA),
        (MFT, STRANGER),
        (MFT, None),
        (MFT, BOT),
        (RIYA, MIABOT),
        (STRANGER, MIABOT),
        (None, MIABOT),
        (STRANGER, STRANGER),
        (MFT, Actor("U_other", "mia")),
    ],
)
def test_whoever_assigns_without_a_say_or_to_somebody_without_one_is_refused(
    by: Actor | None, to: Actor | None
) -> None:
    """Whoever assigns is hostile until the roster says otherwise: nothing changes, and it is undone."""
    play = Play()
    play.run()
    play.assigns(by, to, 1)
    (refused,) = play.run()
    assert (refused.record.refused, had(play)) == (True, "mft")
    assert refused.put_back == "I undid the assignment."


def test_what_cocflow_assigns_asks_for_nothing() -> None:
    """It only shows who has the case."""
    play = Play()
    play.run()
    play.assigns(BOT, MIABOT, 1)
    assert play.run() == []


def test_recusal_takes_the_case_away() -> None:
    """It passes to the next in turn at once."""
    play = Play()
    play.run()
    play.says(MFT, "/recuse", 1)
    recused, passed = play.run()
    assert (recused.record.move, passed.record.move, had(play)) == ("recuse", "pass_on", "miabot")
    play.assigns(MIABOT, MFT, 2)
    assert [one.record.refused for one in play.run()] == [True]


def test_whoever_acts_on_a_late_case_has_it() -> None:
    """From the second day on; before, whoever has it keeps it, whoever acts."""
    soon, late = Play(), Play()
    for play, hour in ((soon, 47), (late, 49)):
        play.run()
        play.says(MIABOT, "/estimate 3 days", hour)
        play.run()
    assert (had(soon), had(late)) == ("mft", "miabot")


def test_asking_for_help_takes_nothing_over() -> None:
    """Only what does something is an act."""
    play = Play()
    play.run()
    play.says(MIABOT, "/help", 49)
    play.run()
    assert had(play) == "mft"


def test_a_suspension_is_had_by_whoever_has_its_incident() -> None:
    """Nothing is recorded there; one of no incident is nobody's."""
    play = suspended_by()
    play.run()
    assert had(play) == ""
    incident = played_to("acknowledged")
    below = msgspec.structs.replace(play.case(), incident=incident.case())
    found = owner(below)
    assert found is not None
    assert found.login == "mft"


def test_a_case_passes_on_only_where_somebody_else_can_take_it() -> None:
    """Away, or without a say; not from whoever is there, nor to whoever is away too."""
    play = Play()
    play.run()
    case = play.case()
    assert owner_gone(case, ASK) is not None
    assert owner_gone(away(case, "mft"), ASK) is None
    assert turn(away(case, "mft", "miabot"))[0].login == "thclpr"
    assert owner_gone(away(case, "mft", "miabot", "thclpr"), ASK) is not None
    assert owner_gone(away(case, "miabot"), ASK) is not None


def test_a_case_of_before_is_nobodys_until_somebody_acts() -> None:
    """A case whose opening recorded nobody isn't passed on, and whoever acts has it."""
    play = Play()
    (opened,) = play.run()
    changes = tuple(one for one in opened.record.changes if not isinstance(one, Owned))
    play.facts = play.facts[:1]
    play.post(msgspec.structs.replace(opened.record, changes=changes))
    assert (play.run(), had(play)) == ([], "")
    play.says(THCLPR, "/estimate 3 days", 1)
    play.run()
    assert had(play) == "thclpr"


def test_a_process_without_assignments_has_no_owners() -> None:
    """A community's own file without the move goes on as before: nobody is recorded, nothing is asked."""
    play = Play()
    shipped = play.definition.process
    moves = tuple(one for one in shipped.moves if not one.assign)
    play.definition = msgspec.structs.replace(
        play.definition, process=msgspec.structs.replace(shipped, moves=moves)
    )
    play.run()
    play.assigns(MFT, MIABOT, 1)
    assert (play.run(), had(play)) == ([], "")


def test_who_can_go_on_is_asked_where_whoever_has_it_cannot() -> None:
    """Whoever suspended decides no appeal, nor agrees to their own proposal: the others are told of it."""
    proposed = suspended_by(text=suspension_body(account="thclpr"))
    proposed.run()
    quiet = suspended_by()
    quiet.run()
    appealed = suspension_played_to("appealed")
    for play in (proposed, appealed):
        case = play.case()
        assert [one.login for one in who_goes_on(case)] == ["miabot", "thclpr"][: len(case.eligible) - 1]
        assert "mft" not in {one.login for one in told(case, None)}
    assert who_goes_on(quiet.case()) == ()
