"""Writing an invoice: UBL, judged by EN 16931's rules, and the PDF that carries it, ten lines, in French.

The floor is typst compiling an empty page with the same fonts and PDF standards: what any PDF by typst costs.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import django

from support.figures import Figure, publish
from support.pairs import alternate

FLOOR = "typst compiling an empty page with the same fonts and PDF standards"
EMPTY = '#set document(title: "Vide")\n#set text(lang: "fr")\n= Vide\n'
_numbers = itertools.count(1)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--invoices", type=int, default=40)
    options.add_argument("--lines", type=int, default=10)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "souk.settings.django")
    django.setup()
    marks: dict[str, list[float]] = {"compose": [], "ubl": [], "rules": [], "pdf": []}
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "empty.typ"
        page.write_text(EMPTY)
        for _ in range(3):
            _write(chosen.lines, marks)
            _empty(page)
        for values in marks.values():
            values.clear()
        measured = alternate(chosen.invoices, lambda: _write(chosen.lines, marks), lambda: _empty(page))
    details = {
        **{f"{mark}_ms": round(median(values) * 1000, 2) for mark, values in marks.items()},
        "invoices_per_second": round(1 / measured.figure, 1),
        "lines": chosen.lines,
        **measured.told(),
    }
    name = "an invoice's PDF and UBL"
    publish([Figure(name, measured.figure, "s", measured.floor, FLOOR, measured.ratio, (), details)], load_before)


def _write(lines: int, marks: dict[str, list[float]]) -> float:
    from souk.billing.documents import pdf, ubl
    from souk.billing.documents.rules import check, judge
    from support.invoice import document

    instants = [time.perf_counter()]
    composed = document(next(_numbers), lines)
    instants.append(time.perf_counter())
    xml = ubl.render(composed)
    instants.append(time.perf_counter())
    if broken := [*check(composed), *judge(xml)]:
        raise RuntimeError(f"the invoice breaks {broken[0].rule}: {broken[0].sentence}")
    instants.append(time.perf_counter())
    pdf.render(composed, "fr", xml=xml)
    instants.append(time.perf_counter())
    for mark, before, after in zip(marks, instants, instants[1:], strict=False):
        marks[mark].append(after - before)
    return instants[-1] - instants[0]


def _empty(page: Path) -> float:
    import typst

    from souk.billing.documents import pdf

    started = time.perf_counter()
    compiler = typst.Compiler(page, root=page.parent, font_paths=pdf._fonts())
    compiler.compile(format="pdf", pdf_standards=pdf.STANDARDS, timestamp=datetime(2026, 11, 1, tzinfo=UTC))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
