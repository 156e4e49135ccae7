"""What the job's commands share: a run is said in counts and numbers, and ends well only if all is done."""

from __future__ import annotations

import pytest

from cocflow.cli.running import finish
from cocflow.errors import AdapterError
from cocflow.run.issue import Failure, Outcome
from cocflow.run.letters import Collected
from cocflow.run.sweep import Run
from cocflow.run.trouble import of_issue

FAILED = AdapterError(502, "POST comment")
TROUBLE = of_issue(7, FAILED)


@pytest.mark.parametrize(
    ("run", "line", "fails"),
    [
        (Run(), "Listed 0, looked at 0, answered 0.", False),
        (
            Run(listed=3, outcomes=[Outcome(number=1, receipts=2)]),
            "Listed 3, looked at 1, answered 2.",
            False,
        ),
        (Run(outcomes=[Outcome(number=7, broken=True)]), "looked at 1", True),
        (Run(failures=[Failure(7, FAILED)], troubles=(TROUBLE,)), TROUBLE.line, True),
        (Run(troubles=(TROUBLE,)), TROUBLE.line, True),
        (Run(pausing=2), "Listed 0", True),
        (Run(letters=Collected(aside=1)), "Letters: 0 filed, 1 set aside in the mailbox.", False),
        (Run(left=4), "Left 4 for the next run: this one's writes are spent", False),
        (Run(left=4, spent="writes"), "this one's writes are spent, as GitHub asks.", False),
        (Run(left=4, spent="points"), "this one's share of what GitHub lets it read is spent.", False),
        (Run(left=4, spent="seconds"), "this one's time is spent.", False),
        (Run(left=4, spent="limit"), "GitHub asks for a pause.", False),
    ],
)
def test_a_run_says_what_became_of_it(
    run: Run, line: str, fails: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each trouble is one line, and what isn't done fails the job; what waits by plan doesn't."""
    if fails:
        with pytest.raises(SystemExit) as ended:
            finish(run)
        assert ended.value.code == 1
    else:
        finish(run)
    assert line in capsys.readouterr().out


def test_a_run_in_which_all_is_well_says_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that isn't there is mentioned."""
    finish(Run(listed=9, outcomes=[Outcome(number=1, receipts=1)]))
    assert capsys.readouterr().out == "Listed 9, looked at 1, answered 1.\n"
