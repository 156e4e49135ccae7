"""`cocflow labels` against the sandbox over HTTP."""

from __future__ import annotations

from tests.cli.premises import REPO, Town


def test_labels_are_made_those_of_the_processes(settled: Town) -> None:
    """Missing ones are created, others recoloured and described, and none is deleted."""
    repository = settled.client().get_repo(REPO)
    repository.get_label("state: triaged").delete()
    repository.get_label("state: closed").edit("state: closed", "000000", "gone")
    repository.create_label("ours", "123456")
    done = settled.run("labels", REPO)
    assert done.output == "Created `state: triaged`.\nChanged `state: closed`.\n"
    found = {label.name: (label.color, label.description) for label in repository.get_labels()}
    assert found["state: closed"] == (
        "c2e0c6",
        "Close, once the reporter and every party have been told.",
    )
    assert found["state: triaged"][0] == "5319e7"
    assert "ours" in found


def test_a_second_run_changes_nothing(settled: Town) -> None:
    """When every label is right it says so, and writes nothing."""
    settled.sandbox.store.requests.reset()
    assert "nothing was changed" in settled.run("labels", REPO).output
    assert settled.sandbox.store.requests.as_dict()["rest_writes"] == 0
