"""The configuration is read whole or refused, with file, line and hint; placeholders in one line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cocflow.core.people.roster import Administrator, Community, RoomsSettings, Vault
from cocflow.core.process import Figure
from cocflow.errors import DefinitionError
from cocflow.setup import shipped
from cocflow.setup.community import load_community
from cocflow.setup.in_force import load_processes

EXAMPLES = Path(__file__).with_name("community")
SHIPPED = Path(__file__).parents[2] / ".github" / "cocflow.yml"
FIGURES = {
    name: Figure(name=name, default=timedelta(days=1), means="How long it may take")
    for name in ("estimate.remind_after", "told.remind_every")
}


def filled_in(text: str) -> str:
    """Replace every placeholder of the shipped file by something of its kind."""
    for placeholder, value in {
        "community: <name>": "community: Example",
        "- login: <login>": "- login: kim",
        "<login>": "robin",
        "<name>": "Kim Example",
        "<address>": "https://example.org",
        "<zone>": "Europe/Berlin",
        "<mail address>": "kim@example.org",
        "<Slack member id>": "U024BE7LH",
        "<date>": "2019-02-10",
        "<channel>": '"#rules"',
        "<channel id>": "C024BE7LR",
        "<task>": "Deactivate the account",
        "<contact>": "board@example.org",
        "<provider>": "fastmail",
        "<organization>": "example-rooms",
        "<number>": "1234567",
        "<repository>": "template",
    }.items():
        text = text.replace(placeholder, value)
    return text


def test_a_full_configuration_becomes_the_core_s_community() -> None:
    """Every field arrives as the core has it: zone, roster, days, spans; `never` is None."""
    assert load_community(EXAMPLES / "positive" / "full.yml", FIGURES) == Community(
        name="Engineers of Example",
        code_of_conduct="https://example.org/code-of-conduct#text",
        zone=ZoneInfo("America/Argentina/Buenos_Aires"),
        administrators=(
            Administrator(login="007"),
            Administrator(
                login="kim-example",
                account=583231,
                name="Kim Example",
                mail="kim@mail.example.org",
                slack="U024BE7LH",
            ),
            Administrator(login="sam_example", mail="kim@mail.example.org"),
        ),
        administrators_as_of="2019-02-10",
        rules_channel="#example-rules",
        outside_contact="The board, board@example.org",
        reports="conduct@mail.example.org",
        letters_since=datetime(2026, 11, 30, 3, tzinfo=UTC),
        rooms=RoomsSettings(
            organization="example-rooms", app=1234567, template="template", installation=7654321
        ),
        retention=True,
        report="totals from 5",
        waiting_periods={"estimate.remind_after": timedelta(hours=36), "told.remind_every": None},
    )


VAULTS = EXAMPLES / "positive" / "vaults.yml"


def test_the_own_vault_has_the_administrators_of_the_whole_file() -> None:
    """All vaults arrive in their order, each with its roster, and the own roster is written once."""
    community = load_community(VAULTS, FIGURES)
    assert community.vaults == (
        Vault(repository="example/conduct", administrators=community.administrators),
        Vault(
            repository="example/second",
            administrators=(
                Administrator(login="kim"),
                Administrator(login="lou", name="Lou Böhm", mail="lou@example.org"),
            ),
        ),
    )


def test_the_own_vault_is_called_as_its_repository_is() -> None:
    """GitHub doesn't tell small from capital letters, and claims are compared by the name that it gives."""
    community = load_community(VAULTS, FIGURES, "Example/conduct")
    assert [one.repository for one in community.vaults] == ["Example/conduct", "example/second"]


@pytest.mark.parametrize("repository", ["example/second", "example/another"])
def test_another_repository_s_vaults_are_refused(repository: str) -> None:
    """A list that was copied as it is would have a vault take reports about its own administrators."""
    with pytest.raises(DefinitionError) as refusal:
        load_community(VAULTS, FIGURES, repository)
    assert str(refusal.value) == (
        f"{VAULTS}:6: vaults: the one without administrators isn't this one"
        f" (write `repository: {repository}` there, or give that one its `administrators`)"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-30", datetime(2026, 11, 29, 23, tzinfo=UTC)),
        ("2026-11-30 09:30", datetime(2026, 11, 30, 8, 30, tzinfo=UTC)),
        ("2026-11-30T09:30Z", datetime(2026, 11, 30, 9, 30, tzinfo=UTC)),
        ('"2026-11-30T09:30:05+00:00"', datetime(2026, 11, 30, 9, 30, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_in_the_communitys_zone(written: str, meant: datetime, tmp_path: Path) -> None:
    """A date begins at midnight there, and a time with a zone of its own is just that."""
    path = tmp_path / "cocflow.yml"
    path.write_text(f"{filled_in(SHIPPED.read_text()).replace('letters_since: 2019-02-10', '')}\n")
    path.write_text(f"{path.read_text()}letters_since: {written}\n")
    assert load_community(path, FIGURES).letters_since == meant


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("positive/*.yml")), ids=lambda path: path.stem)
def test_every_right_configuration_is_loaded(path: Path) -> None:
    """A configuration under `positive/` is accepted, with the community that it names."""
    assert f"community: {load_community(path, FIGURES).name}\n" in path.read_text()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("negative/*.yml")), ids=lambda path: path.stem)
def test_every_wrong_configuration_is_refused_in_the_words_of_its_first_line(path: Path) -> None:
    """A configuration under `negative/` is refused with the line, message and hint of its first comment."""
    expected = path.read_text().partition("\n")[0].removeprefix("# ")
    with pytest.raises(DefinitionError) as refusal:
        load_community(path, FIGURES)
    assert str(refusal.value) == f"{path}:{expected}"


def test_a_missing_configuration_is_refused_with_what_to_write(tmp_path: Path) -> None:
    """Without the file, one line names it and every field that must be in it."""
    path = tmp_path / "cocflow.yml"
    with pytest.raises(DefinitionError) as refusal:
        load_community(path, FIGURES)
    said = str(refusal.value)
    assert said.startswith(
        f"{path}: cocflow isn't configured: write community, code_of_conduct, time_zone, administrators ("
    )
    assert "\n" not in said


def test_the_shipped_configuration_is_refused_with_every_field_to_fill_in() -> None:
    """A repository made from the template says in one line which fields are to be filled in."""
    with pytest.raises(DefinitionError) as refusal:
        load_community(SHIPPED, FIGURES)
    fields = re.findall(r"^(\w+):", SHIPPED.read_text(), re.M)
    assert f"fill in {', '.join(fields)} (" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_shipped_configuration_is_right_once_filled_in(tmp_path: Path) -> None:
    """With each placeholder replaced and nothing else changed, the shipped file is accepted."""
    path = tmp_path / "cocflow.yml"
    path.write_text(filled_in(SHIPPED.read_text()))
    community = load_community(path, FIGURES)
    assert [one.login for one in community.administrators] == ["robin", "kim"]
    assert community.waiting_periods == {}


def test_the_shipped_configuration_offers_every_figure_with_its_default(tmp_path: Path) -> None:
    """The waiting periods in the shipped file's comments are the processes' own, none missing or stale."""
    processes = load_processes(shipped.root())
    figures = {figure.name: figure for process in processes for figure in process.figures}
    path = tmp_path / "cocflow.yml"
    path.write_text(
        re.sub(r"^# (waiting_periods:|  \w+\.\w+: )", r"\1", filled_in(SHIPPED.read_text()), flags=re.M)
    )
    offered = load_community(path, figures).waiting_periods
    assert offered == {figure.name: figure.default for figure in figures.values()}


def test_the_shipped_configuration_explains_every_field() -> None:
    """Each field of a community stands in the shipped file, with an explanation above it."""
    text = SHIPPED.read_text()
    for field in ({*Community.__struct_fields__} - {"name", "zone"}) | {"community", "time_zone"}:
        assert re.search(rf"^# [A-Z].*\n(# .*\n)*?(# )?{field}:", text, re.M), field


@pytest.mark.parametrize(
    "content", ["", "# nothing but a comment\n", "[", "community: [\n", "a: &a [*a]\n", "\x00"]
)
def test_a_file_that_is_no_configuration_is_refused_with_its_line(content: str, tmp_path: Path) -> None:
    """Whatever stands in the file, only a DefinitionError that names a line comes out."""
    path = tmp_path / "cocflow.yml"
    path.write_text(content)
    with pytest.raises(DefinitionError, match=rf"^{re.escape(str(path))}:\d+: "):
        load_community(path, FIGURES)
