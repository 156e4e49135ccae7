"""What is made beside the pages of the processes, by file: `make docs` writes it, and a test compares it.

Owns the list. Refuses to write: `__main__.py` does.
"""

from __future__ import annotations

from pathlib import Path

from cocflow.core.process import INCIDENT
from cocflow.setup.in_force import load_processes
from cocflow.setup.job import JOB, quick_labels_of, with_quick_labels
from docs import administrators, contract, event, gallery, walls, yearly

ROOT = Path(__file__).parents[1]


def made() -> dict[Path, str]:
    """Return the files, and what each of them should hold."""
    processes = load_processes(ROOT)
    (incident,) = (one for one in processes if one.name == INCIDENT)
    page, job = ROOT / "docs" / administrators.PAGE, ROOT / JOB
    report, year = ROOT / "docs" / yearly.PAGE, (ROOT / "docs" / yearly.COUNTED).read_bytes()
    confidentiality = ROOT / "docs" / walls.PAGE
    return {
        ROOT / "docs" / event.DRAWING: event.svg(),
        ROOT / "docs" / contract.PAGE: contract.page(),
        ROOT / "docs" / gallery.PAGE: gallery.html(),
        page: administrators.with_tables(page.read_text("utf-8"), incident),
        ROOT / "docs" / yearly.DRAWING: yearly.drawing(year),
        report: yearly.with_report(report.read_text("utf-8"), year),
        confidentiality: walls.with_table(confidentiality.read_text("utf-8")),
        job: with_quick_labels(job.read_text("utf-8"), quick_labels_of(processes)),
    }
