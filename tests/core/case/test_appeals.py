"""Appeals as receipts keep them: keys and times, which a checkpoint holds as well."""

from __future__ import annotations

import msgspec

from cocflow.core.case.appeals import Appeals, Verdict
from tests.core.play import DAY, START


def test_a_checkpoint_holds_all_of_it() -> None:
    """Whoever has appealed, and what became of it, is known again where a case goes on from a checkpoint."""
    kept = Appeals(
        made={"p1": START},
        verdicts=(Verdict(START + DAY, changed=True),),
        anew={"p1": START + DAY},
        late=("p1",),
    )
    assert msgspec.convert(msgspec.to_builtins(kept), Appeals) == kept
