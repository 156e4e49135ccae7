"""Whether a text means somebody: widely, since it only keeps people out."""

from __future__ import annotations

import pytest

from cocflow.core.people.naming import meant

HANDLES = ("miabot", "mia@example.org", "U012AB3CD")


@pytest.mark.parametrize(
    "text",
    [
        "miabot",
        "@miabot did it",
        "It was MiaBot.",
        "(miabot)",
        "miabot, Mia",
        "Mía  Böt said so",
        "mia\nbot",
        "MIA@Example.org",
        "<mia@example.org>",
        "See U012AB3CD.",
        "<@U012AB3CD>",
        "https://github.com/miabot/notes",
        "_miabot_",
        "__Mia Böt__ did it",
        "@mia\u200bbot",
    ],
)
def test_a_handle_or_the_whole_name_surely_means_somebody(text: str) -> None:
    """In any case, with or without accents, wherever it stands."""
    assert meant(text, "Mia Böt", HANDLES) == "surely"


@pytest.mark.parametrize("text", ["Mia", "It was mía, I think.", "The böt"])
def test_one_word_of_a_name_perhaps_means_somebody(text: str) -> None:
    """It is asked about, and decides nothing."""
    assert meant(text, "Mia Böt", HANDLES) == "perhaps"


@pytest.mark.parametrize(
    "text",
    ["It was miabot.He laughed", "@miabot.He", "I told Mia.She laughed", "He left.Mia Böt stayed", "me.Mía"],
)
def test_who_is_named_where_a_sentence_runs_into_the_next_is_perhaps_meant(text: str) -> None:
    """Nobody reads a report about themself since somebody forgot a space."""
    assert meant(text, "Mia Böt", HANDLES) == "perhaps"


@pytest.mark.parametrize(
    "text",
    ["mia.example.org", "kim@mia.org", "mia.kim@example.org", "https://mia.org", "a.mia.org", "mia.kim-two"],
)
def test_a_name_in_an_address_means_nobody(text: str) -> None:
    """What goes on as an address is no sentence."""
    assert meant(text, "Mia Böt", HANDLES) is None


@pytest.mark.parametrize(
    "text",
    ["", "miabots", "miabot-two", "my-miabot", "amia", "mia@example.org.example.com", "xmia@example.org"],
)
def test_what_only_contains_it_means_somebody_else(text: str) -> None:
    """A longer login, word or address is another one."""
    assert meant(text, "Mia Böt", HANDLES) is None


def test_particles_and_initials_mean_nobody() -> None:
    """A word of a name shorter than three letters stands in too many texts."""
    assert meant("Jo went de facto to see J.", "Jo de J Voss", ()) is None


def test_who_has_no_name_is_meant_by_nothing() -> None:
    """An empty name or handle stands in every text, and means nobody."""
    assert meant("Anything at all", "", ("",)) is None
