"""`cocflow labels` against the sandbox over HTTP."""

from __future__ import annotations

from tests.cli.premises import REPO, Town


def test_labels_are_made_those_of_the_processes(town: Town) -> None:
    """Missing ones are created, others recoloured and described, and none is deleted."""
    town.init()
    repository = town.client().get_repo(REPO)
    repository.get_label("state: triaged").delete()
    repository.get_label("state: closed").edit("state: closed", "000000", "gone")
    repository.create_label("ours", "123456")
    done = town.run("labels", REPO)
    assert done.output == "Created `state: triaged`.\nChanged `state: closed`.\n"
    found = {label.name: (label.color, label.description) for label in repository.get_labels()}
    assert found["state: closed"] == (
        "c2e0c6",
        "Close, once the reporter and every party have been told.",
    )
    assert found["state: triaged"][0] == "5319e7"
    assert "ours" in found


def test_a_second_run_changes_nothing(town: Town) -> None:
    """When every label is right it says so, and writes nothing."""
    town.init()
    town.sandbox.store.requests.reset()
    assert "nothing was changed" in town.run("labels", REPO).output
    assert town.sandbox.store.requests.as_dict()["rest_writes"] == 0
