"""The page of the contract with GitHub: what is taken for granted, what the sandbox does, what GitHub does.

Made of `tests/contract/rows.toml`, the tests there, and `verdicts.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from tests.contract.rows import Row, Verdict, asked, rows, verdicts

PAGE = "contract.md"

_HEAD = """\
# The contract with GitHub

Made by `make docs` of `tests/contract/rows.toml` and `tests/contract/verdicts.toml`.

What cocflow takes for granted of github.com, one assumption a row. Each is asked of the sandbox by a \
test, or the row says why not; where nobody could look it up, a test plays the other answer as well, and \
nothing may be lost or done twice by it. {seen}

- *known*: **documented** by GitHub or its published types, **observed** by somebody, or **unknown**.
- *weight*: what it would cost if it were false. critical: no case is answered; high: some cases, or a \
right; medium: late or noisy; low.
- *sandbox*: **asked** by a probe, which a real GitHub can be asked by as well; **both** answers are \
played; or why not. *Else*: why no \
other answer can be played.
- *GitHub*: **holds**, **differs**, or **unclear** (it couldn't be asked), and the day.

`make live REPO=owner/name-contract` asks github.com, and [CONTRIBUTING.md](../CONTRIBUTING.md) says how. \
`cocflow doctor --probe` asks what can be asked of your own repository without writing.

## What matters most of what nobody has seen

- **Does GitHub name a job as the editor of its own comment (EDIT-02)?** If it names nobody, a card is \
believed as its bot's own; only an editor who is named, and isn't cocflow, makes a card doubtful. A \
receipt never counts once it was edited.
- **May a job's token pin an issue (PIN-01)?** If not, the board isn't pinned, and asks whoever reads it \
to do that. Nothing else changes.
"""

_CLICKS = """\

## Clicks in a browser

What only a browser shows. Each takes the repository of the contract, with the files of \
`.github/ISSUE_TEMPLATE/` in it; the raw text of an issue is `gh api repos/OWNER/NAME/issues/NUMBER --jq \
.body`. Put what you saw into `tests/contract/verdicts.toml`, then `make docs`:

```toml
[FORM-01]
seen = "holds"    # or "differs"
on = 2026-12-01
```
"""

NOT_SEEN = "not yet seen on github.com"


def page() -> str:
    """Return the page."""
    all_, found = rows(), verdicts()
    return "".join(
        (_HEAD.format(seen=_summary(all_, found)), *_tables(all_, found), _CLICKS, *_clicks(all_, found))
    )


def _summary(all_: Mapping[str, Row], found: Mapping[str, Verdict]) -> str:
    if not found:
        return "**Nothing here was seen on github.com yet.**"
    differs = sum(one.seen == "differs" for one in found.values())
    return f"Of {len(all_)} rows, {len(found)} were asked of github.com, and {differs} differ there."


def _tables(all_: Mapping[str, Row], found: Mapping[str, Verdict]) -> Iterator[str]:
    probed, played = asked("test_probe_*.py"), asked("test_answers*.py")
    for kind, names in groupby(all_, key=lambda name: name.partition("-")[0]):
        yield f"\n## {kind}\n\n| row | assumption | known | weight | sandbox | GitHub |\n"
        yield "|---|---|---|---|---|---|\n"
        for name in names:
            row = all_[name]
            known = f"**{row.known}**{f': {_cell(row.source)}' if row.source else ''}"
            ways = [word for word, names_ in (("asked", probed), ("both", played)) if name in names_]
            here = ", ".join(f"**{one}**" for one in ways) or _cell(row.why) or "clicks, below"
            here += f". *Else*: {_cell(row.either)}" if row.either else ""
            cells = (name, _cell(row.says), known, row.weight, here, shown(found.get(name)))
            yield f"| {' | '.join(cells)} |\n"


def _clicks(all_: Mapping[str, Row], found: Mapping[str, Verdict]) -> Iterator[str]:
    yield "\n"
    for name, row in all_.items():
        if row.clicks:
            box = "x" if name in found else " "
            yield f"- [{box}] **{name}** {row.clicks} *({shown(found.get(name))})*\n"


def shown(verdict: Verdict | None) -> str:
    """Return what a row says of GitHub."""
    return NOT_SEEN if verdict is None else f"**{verdict.seen}**, {verdict.on}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
