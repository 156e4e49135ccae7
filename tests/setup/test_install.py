"""What is shipped against what is there: the plan, the record, the configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cocflow.adapters.folder import Folder
from cocflow.core.forms.template import fill_template
from cocflow.core.people.roster import Administrator, Community, Vault
from cocflow.errors import AdapterError
from cocflow.setup import shipped
from cocflow.setup.community import load_community
from cocflow.setup.install import (
    CONFIGURATION,
    FORMS,
    JOBS,
    LOCK,
    RECORD,
    Asked,
    Filling,
    Installation,
    UnfinishedError,
    another_vault,
    configuration,
    form_values,
    plan,
    shipped_files,
    values_of_all_vaults,
    with_vaults,
    with_wheel,
)
from cocflow.setup.job import JOB, SWEEP_JOB

FORM = ".github/ISSUE_TEMPLATE/incident.yml"
OLD = "title: Incident\n<!-- cocflow:community -->us<!-- /cocflow:community -->\n"
NEW = OLD + "more: words\n"
FILLED = OLD.replace(">us<", ">Enginexp<")
FILLING = Filling(values={"community": "Enginexp"})


def write(folder: Path, form: str) -> None:
    """Install one form as it is shipped."""
    files = Folder(folder)
    files.commit(plan(files, {FORM: form.encode()}, FILLING, {}).writes, "Install")


def kinds(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Return what would become of each file."""
    return {one.path: one.kind for one in plan(Folder(folder), files, FILLING, {}).changes}


def test_what_is_missing_is_added_with_the_names_filled_in(tmp_path: Path) -> None:
    """A form arrives with the community's name between its markers."""
    write(tmp_path, OLD)
    assert (tmp_path / FORM).read_text() == FILLED


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    """A second plan has nothing to write, not even the record."""
    write(tmp_path, OLD)
    again = plan(Folder(tmp_path), {FORM: OLD.encode()}, FILLING, {})
    assert (again.changes, again.writes) == ((), {})


def test_what_nobody_changed_is_updated(tmp_path: Path) -> None:
    """A file as it was installed follows the shipped one, and the difference is a patch."""
    write(tmp_path, OLD)
    (change,) = plan(Folder(tmp_path), {FORM: NEW.encode()}, FILLING, {}).changes
    assert change.kind == "update"
    assert change.difference().endswith("+more: words\n")


def test_what_the_community_changed_stays_theirs_for_good(tmp_path: Path) -> None:
    """Their own words are kept by this update and by the next one."""
    write(tmp_path, OLD)
    (tmp_path / FORM).write_text(FILLED + "ours: yes\n")
    for _ in range(2):
        assert kinds(tmp_path, {FORM: NEW.encode()}) == {FORM: "keep"}
        write(tmp_path, NEW)
    assert (tmp_path / FORM).read_text() == FILLED + "ours: yes\n"


def test_a_copy_of_the_template_is_not_the_communitys_own(tmp_path: Path) -> None:
    """A form that lies there unfilled, as in a copied template repository, is filled."""
    Folder(tmp_path).commit({FORM: OLD.encode()}, "Copy")
    write(tmp_path, OLD)
    assert (tmp_path / FORM).read_text() == FILLED


def test_what_is_shipped_no_more_goes_if_nobody_changed_it(tmp_path: Path) -> None:
    """A left-over file is removed as it was installed; one that was changed is kept, and named once."""
    files = {FORM: OLD.encode(), "templates/a.md.j2": b"a", "templates/b.md.j2": b"b"}
    folder = Folder(tmp_path)
    folder.commit(plan(folder, files, FILLING, {}).writes, "Install")
    (tmp_path / "templates/b.md.j2").write_text("ours")
    planned = plan(folder, {FORM: OLD.encode()}, FILLING, {})
    assert {one.path: one.kind for one in planned.changes} == {
        "templates/a.md.j2": "remove",
        "templates/b.md.j2": "keep",
    }
    folder.commit(planned.writes, "Update")
    assert (tmp_path / "templates/b.md.j2").read_text() == "ours"
    assert kinds(tmp_path, {FORM: OLD.encode()}) == {}


def test_an_unreadable_record_makes_everything_the_communitys_own(tmp_path: Path) -> None:
    """Without a record that can be believed, nothing that differs is overwritten."""
    write(tmp_path, OLD)
    (tmp_path / RECORD).write_text("{broken")
    assert kinds(tmp_path, {FORM: NEW.encode()}) == {FORM: "keep"}


def test_the_record_names_every_file_by_its_hash(tmp_path: Path) -> None:
    """The record holds git's name of what was installed."""
    write(tmp_path, OLD)
    assert list(json.loads((tmp_path / RECORD).read_text())["files"]) == [FORM]


def test_the_shipped_files_are_a_communitys_and_not_the_projects() -> None:
    """Forms, jobs, lock, processes and templates are shipped; cocflow's own gate and release aren't."""
    paths = set(shipped_files(shipped.root()))
    assert {FORM, LOCK, ".github/workflows/sweep.yml", "workflows/incident.yml"} <= paths
    assert {path for path in paths if path.startswith(JOBS)} == {JOB, SWEEP_JOB}
    assert {path for path in paths if path.startswith(FORMS)} == {
        f"{FORMS}{name}.yml" for name in ("config", "incident", "room", "suspension")
    }
    assert not {CONFIGURATION, ".github/PULL_REQUEST_TEMPLATE.md", "pyproject.toml"} & paths


def test_the_wheel_is_pinned_by_its_hash() -> None:
    """The lock ends with the wheel and its sha256, so that pip refuses any other."""
    files = with_wheel({LOCK: b"click==8\n"}, "cocflow-1-py3-none-any.whl", b"wheel")
    assert files[".github/cocflow-1-py3-none-any.whl"] == b"wheel"
    assert files[LOCK].startswith(b"click==8\n./.github/cocflow-1-py3-none-any.whl --hash=sha256:")


ASKED = Asked(
    texts={
        "community": 'The "Engine" <room>',
        "code_of_conduct": "https://example.org/c",
        "time_zone": "UTC",
    },
    administrators=(Administrator(login="riya", name="Riya: Sen"), Administrator(login="tom")),
)


def test_the_configuration_is_the_shipped_one_filled_in(tmp_path: Path) -> None:
    """Whatever was answered is read back as it was, and what was left out is commented out."""
    text = configuration((shipped.root() / CONFIGURATION).read_text(), ASKED)
    path = tmp_path / "cocflow.yml"
    path.write_text(text.replace("<room>", "room"))
    found = load_community(path, {})
    assert found.name == 'The "Engine" room'
    assert found.administrators == ASKED.administrators
    assert "# outside_contact: <contact>" in text


def community(contact: str) -> Community:
    """Return a community with one administrator and a contact."""
    return Community(
        name="Enginexp",
        code_of_conduct="https://example.org/c",
        zone=ZoneInfo("UTC"),
        administrators=(Administrator(login="riya"),),
        outside_contact=contact,
    )


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("help@example.org", "mailto:help@example.org"),
        ("https://example.org/help", "https://example.org/help"),
        ("ring the bell", "https://example.org/c"),
        ("", "https://example.org/c"),
    ],
)
def test_the_outside_contact_is_linked_if_it_can_be(contact: str, address: str) -> None:
    """A mail address or an address of a page is linked beside the form, else the Code of Conduct."""
    assert form_values(community(contact))["outside_contact_url"] == address


class Stubborn(Folder):
    """A folder that nothing can be written into."""

    def commit(self, changes: object, message: str) -> None:
        """Refuse."""
        raise AdapterError(403, "PATCH branch")


def test_a_failing_step_says_what_was_done(tmp_path: Path) -> None:
    """The error names the step and what was done before it."""
    files = Stubborn(tmp_path)
    work = Installation(lambda line: None)
    work.done.append("Set 3 labels")
    with pytest.raises(UnfinishedError, match=r"write the files: PATCH branch failed: 403.*Set 3 labels"):
        work.write(files, plan(files, {FORM: OLD.encode()}, FILLING, {}))


@pytest.mark.parametrize(
    "roster",
    [
        "administrators: [riya, tom]\n",
        "administrators:\n- riya\n\n# who came later\n- login: tom\n  name: Tom\n",
        "administrators: [\n  riya,\n  tom\n]\n",
    ],
)
@pytest.mark.parametrize("after", ["", "\n# Who else\noutside_contact: ada@example.org\n"])
def test_another_vault_s_configuration_has_its_own_roster(roster: str, after: str, tmp_path: Path) -> None:
    """However the first one is written, only what is each vault's own is another one's."""
    top = "community: Example\ncode_of_conduct: https://example.org\ntime_zone: UTC\n"
    lou = Administrator(login="lou", account=7, name="Lou Böhm")
    mine = (Administrator(login="riya"), Administrator(login="tom"))
    vaults = (
        Vault(repository="acme/first", administrators=mine),
        Vault(repository="acme/second", administrators=(lou,)),
    )
    text = another_vault(f"{top}{roster}administrators_as_of: 2019-02-10\n{after}", (lou,), "")
    path = tmp_path / "cocflow.yml"
    path.write_text(with_vaults(text, vaults, "acme/second"))
    found = load_community(path, {})
    assert (found.administrators, found.administrators_as_of) == ((lou,), "")
    assert found.vaults == vaults
    assert ("# Who else" in path.read_text()) is bool(after)
    path.write_text(with_vaults(path.read_text(), vaults[1:], "acme/second"))
    assert load_community(path, {}).vaults == vaults[1:]


MINE = (Administrator(login="riya", name="Riya Sen"), Administrator(login="tom"))
VAULTS = (
    Vault(repository="acme/first", administrators=MINE),
    Vault(repository="acme/second", administrators=(Administrator(login="lou", name="Lou Böhm"), MINE[1])),
)


def with_names(vaults: tuple[Vault, ...], values: Callable[[Community], Any], **fields: Any) -> str:
    """Return the shipped form as a community fills it."""
    told = msgspec.structs.replace(
        community("The board, board@example.org"), administrators=MINE, vaults=vaults, **fields
    )
    form = shipped.issue_forms() / "incident.yml"
    return fill_template(form.read_text("utf-8"), form_values(told) | values(told))


def test_the_form_says_what_to_do_about_somebody_who_reads_here() -> None:
    """Before anything is filed: the other vault's form, a mail, or the outside contact."""
    text = with_names(VAULTS, lambda _: {}, reports="reports@example.org")
    assert (
        "don't file it here: file it [where only Lou Böhm and tom read it]"
        "(https://github.com/acme/second/issues/new/choose), if you were let in there; or write a mail to"
        " reports@example.org, which goes to those whom it doesn't mean. Or write to"
    ) in text
    assert "The board, board@example.org<!-- /cocflow:outside_contact --> instead." in text
    assert "where only" not in with_names((), lambda _: {})


def test_what_leads_to_whichever_vault_takes_it_says_who_may_read_it() -> None:
    """Everybody can be chosen, each once, and it is told that one group alone reads it."""
    text = with_names(VAULTS, values_of_all_vaults)
    assert "Riya Sen and tom; or, where one of these may be meant, Lou Böhm and tom. Only one" in text
    assert '"@riya (Riya Sen)", "@tom", "@lou (Lou Böhm)"' in text
    assert "If they may mean somebody of each, none gets it" in text
    assert with_names((), values_of_all_vaults) == with_names((), lambda _: {})
