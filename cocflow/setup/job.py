"""The jobs' files: which quick labels the job lets through, so that the others cost no minutes, and when
the sweep comes.

Owns two places. In `.github/workflows/incident.yml` a JSON list, `contains(fromJSON('["…"]'),
github.event.label.name)`, which is made from the processes; in `.github/workflows/sweep.yml` the time of the
sweep, which a community may set. Refuses to touch anything else of a job, and leaves one alone that has it
otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta

from cocflow.core.process import Process

JOB = ".github/workflows/incident.yml"
"""Where the job lies."""

SWEEP_JOB = ".github/workflows/sweep.yml"
"""Where the job of the sweep lies."""

_CRONS = (
    '- cron: "37 */4 * * *"  # every 4 hours, off the full hour, when GitHub is busiest\n',
    '- cron: "37 * * * *"  # every hour: rooms start no job; off the full one, when GitHub is busiest\n',
)
_SCHEDULE = re.compile(r"^ *- cron: .*\n", re.MULTILINE)
_LIST = re.compile(r"(contains\(fromJSON\(')((?:[^']|'')*)('\),\s*github\.event\.label\.name\))")


def quick_labels_of(processes: Iterable[Process]) -> tuple[str, ...]:
    """Return the quick labels of all processes, each once."""
    return tuple(dict.fromkeys(label for process in processes for label in process.quick_labels()))


def quick_labels_let_through(job_text: str) -> set[str]:
    """Return the labels that a job's `if:` lists; none where there is no list that can be read."""
    found: set[str] = set()
    for _, listed, _ in _LIST.findall(job_text):
        try:
            labels = json.loads(listed.replace("''", "'"))
        except ValueError:
            continue
        found |= {label for label in labels if isinstance(label, str)} if isinstance(labels, list) else set()
    return found


def line_of_list(job_text: str) -> int:
    """Return the line on which a job lists its labels, else that of its `if:`, else the first."""
    found = _LIST.search(job_text) or re.search(r"^ +if:", job_text, re.MULTILINE)
    return job_text.count("\n", 0, found.start()) + 1 if found is not None else 1


def with_quick_labels(job_text: str, labels: Iterable[str]) -> str:
    """Return a job whose `if:` lists these labels, and nothing else changed."""
    # Within quotes, GitHub's expressions double a quote; and ${{ would begin an expression of its own. What
    # can't be printed YAML takes only as JSON escapes it.
    said = json.dumps(list(labels), ensure_ascii=False)
    printed = "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in said)
    listed = printed.replace("${{", "$\\u007b{").replace("'", "''")
    return _LIST.sub(lambda place: f"{place[1]}{listed}{place[3]}", job_text, count=1)


def not_let_through(job_text: str, processes: Iterable[Process]) -> tuple[str, ...]:
    """Return the quick labels that ask for nothing, as the job doesn't start for them."""
    # `contains` compares as GitHub's labels do, in any case of letters.
    there = {label.casefold() for label in quick_labels_let_through(job_text)}
    return tuple(label for label in quick_labels_of(processes) if label.casefold() not in there)


def with_hourly_sweep(job_text: str) -> str:
    """Return the sweep's job as it must be where there are rooms, which start no job when somebody writes."""
    return job_text.replace(*_CRONS)


def as_installed(job_text: str) -> tuple[str, ...]:
    """Return the sweep's job with each of the times that are shipped, in place of a community's own."""
    own = _own_schedule(job_text)
    return tuple(job_text.replace(own, f"{_indent(own)}{one}") for one in _CRONS) if own else ()


def with_schedule_of(job_text: str, own_text: str) -> str:
    """Return the sweep's job with the time that another one has, if that is a community's own."""
    own, shipped = _own_schedule(own_text), _SCHEDULE.search(job_text)
    return job_text.replace(shipped[0], own) if own and shipped is not None else job_text


def _own_schedule(job_text: str) -> str:
    """Return the one line that says when the sweep comes, "" where it is as shipped, or there are several."""
    lines = _SCHEDULE.findall(job_text)
    return lines[0] if len(lines) == 1 and lines[0].lstrip() not in _CRONS else ""


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def within(interval: timedelta) -> str:
    """Return how soon what a sweep has to answer is answered, as what follows "you are answered"."""
    hours = max(1, round(interval / timedelta(hours=1)))
    return "within about an hour" if hours == 1 else f"within about {hours} hours"


def sweep_interval(job: str) -> timedelta:
    """Return how often a job's file lets the sweep run; a day where it can't be told."""
    found = re.search(r"cron:\s*[\"']?(\S+) (\S+) \* \* \*", job)
    if found is None:
        return timedelta(days=1)
    minute, hour = found[1], found[2]
    if hour == "*":
        every = re.fullmatch(r"\*/(\d+)", minute)
        return timedelta(minutes=int(every[1])) if every else timedelta(hours=1)
    every = re.fullmatch(r"\*/(\d+)", hour)
    return timedelta(hours=int(every[1])) if every else timedelta(hours=24 / len(hour.split(",")))
