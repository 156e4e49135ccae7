"""Whose turn it is: no flood of issues or letters keeps anybody else's waiting."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cocflow.ports import Envelope
from cocflow.run.turn import FOR_EACH, LEAST, LETTERS, Queued, Standing, issues_in_turn, letters_in_turn
from tests.core.play import START


def envelope(at: int, sender: str = "", *, verified: bool = False, token: str = "") -> Envelope:
    """Return what is known of a letter that was received at a minute."""
    return Envelope(
        key=f"1.{at}",
        sender=sender or f"{at}@example.net",
        verified=verified,
        tokens=(token,) if token else (),
        received=START + timedelta(minutes=at),
    )


def standing(one: Envelope) -> Standing:
    """Return how a letter stands, by what the tests write into it."""
    if one.tokens:
        return "token"
    return "record" if one.sender.startswith("sam") else "vouched" if one.verified else "other"


def keys(found: list[Envelope]) -> list[int]:
    """Return the minutes of letters."""
    return [int(one.key.partition(".")[2]) for one in found]


def test_few_letters_all_have_their_turn_longest_wait_first() -> None:
    """Where nothing is scarce, nothing waits."""
    assert keys(letters_in_turn([envelope(at) for at in (3, 1, 2)], standing)) == [1, 2, 3]


def test_one_sender_gets_a_few_and_others_their_turn() -> None:
    """A thousand mails of one sender keep those of others for no run, however long theirs have waited."""
    flood = [envelope(at, "x@example.net") for at in range(1000)]
    found = letters_in_turn(
        [*flood, envelope(2000, "a@example.net"), envelope(2001, "b@example.net")], standing
    )
    assert keys(found) == [0, 2000, 2001, 1, 2]
    assert len([one for one in found if one.sender == "x@example.net"]) == FOR_EACH


def test_whoever_is_known_comes_before_a_flood_of_strangers() -> None:
    """A token comes first, then an address on record, then who is vouched for; of the flood the oldest."""
    flood = [envelope(at) for at in range(1000)]
    last = [
        envelope(2000, "sam@example.org", verified=True),
        envelope(2001, token="abc"),
        envelope(2002, "riya@example.org", verified=True),
    ]
    found = keys(letters_in_turn([*flood, *last], standing))
    assert found == [2001, 2000, 2002, *range(LETTERS - 3)]


def test_a_forged_address_takes_nothing_from_its_owner() -> None:
    """Mails that only claim an address on record don't use up the turn of those that are vouched for."""
    forged = [envelope(at, "sam@example.org") for at in range(1000)]
    own = envelope(2000, "sam@example.org", verified=True)
    assert own in letters_in_turn([*forged, own], standing)


def test_a_flood_of_vouched_for_mails_leaves_the_others_something() -> None:
    """Somebody with a domain can be vouched for as often as they like; strangers are read too."""
    flood = [envelope(at, verified=True) for at in range(1000)]
    strangers = [envelope(2000 + at) for at in range(10)]
    found = letters_in_turn([*flood, *strangers], standing)
    assert len([one for one in found if one in strangers]) == LEAST
    assert len(found) == LETTERS


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.sampled_from("abcdefgh"), st.booleans(), st.booleans()),
        max_size=120,
    )
)
def test_turns_are_bounded_and_no_letter_waits_for_ever(
    mails: list[tuple[int, str, bool, bool]],
) -> None:
    """At most so many a run, each once, none invented; and run after run, all have had their turn."""
    waiting = [
        envelope(at * 1000 + n, sender, verified=verified, token="t" if token else "")
        for n, (at, sender, verified, token) in enumerate(mails)
    ]
    rounds = 0
    while waiting:
        taken = letters_in_turn(waiting, standing)
        assert 0 < len(taken) <= LETTERS
        assert len(set(keys(taken))) == len(taken)
        assert all(one in waiting for one in taken)
        waiting = [one for one in waiting if one not in taken]
        rounds += 1
    assert rounds <= len(mails)


# --- issues ---------------------------------------------------------------------------------------------


def queued(number: int, *by: str) -> Queued:
    """Return an issue that waits since the minute of its number."""
    return Queued(START + timedelta(minutes=number), number, by)


def numbers(waiting: list[Queued]) -> list[int]:
    """Return the issues in turn."""
    return [one.number for one in issues_in_turn(waiting)]


def test_issues_go_in_turn_by_person_longest_wait_first() -> None:
    """Everybody's first comes before anybody's second."""
    waiting = [queued(number, "riya") for number in (4, 1, 2)]
    assert numbers([*waiting, queued(5, "sam"), queued(3, "noor")]) == [1, 3, 5, 2, 4]


def test_nobody_loses_a_turn_by_what_others_do_on_their_issue() -> None:
    """An issue on which somebody with a hundred others wrote too is its own person's."""
    waiting = [queued(number, "riya") for number in range(100)]
    assert numbers([*waiting, queued(200, "riya", "sam")])[:2] == [0, 200]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=3, unique=True), max_size=40))
def test_every_issue_has_its_turn_once(by: list[list[str]]) -> None:
    """None is lost or doubled, and with nobody's name known the longest wait comes first."""
    waiting = [queued(number, *who) for number, who in enumerate(by)]
    assert sorted(issues_in_turn(waiting)) == waiting
    assert numbers([queued(one.number) for one in waiting]) == list(range(len(by)))
