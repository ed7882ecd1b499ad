"""Audit the built site with Lighthouse: the heaviest page of each chapter, as on a mid-range phone.

Part of `dev.py verify`, not of the tests: it needs a quiet machine, and its performance figures move with the load.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

from docs._site.built import served
from docs._site.node import packages, programs

__all__ = ["chromium", "lighthouse"]

MANIFESTS = Path(__file__).with_name("lighthouse")
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
RUNS = 5
TRIES = 8
DESKTOP = 1500
"""Lighthouse slows the processor by the constant 4 to make a phone of a desktop, whose benchmark index is 1500 to 2000
by its documentation (docs/throttling.md). A machine that is shared sinks below that at times."""


def heaviest(folder: Path) -> list[str]:
    """Return the first page, and of each top-level folder the page with the most compressed HTML."""
    pages: dict[str, tuple[int, str]] = {}
    for path in folder.rglob("index.html"):
        address = path.parent.relative_to(folder).as_posix() + "/"
        size = len(gzip.compress(path.read_bytes(), 6))
        chapter = address.split("/")[0] if address.count("/") > 1 else ""
        pages[chapter] = max(pages.get(chapter, (0, "")), (size, address))
    return ["", *sorted(address.removeprefix("./") for chapter, (_, address) in pages.items() if chapter)]


def chromium() -> str | None:
    """Return the path of the browser that dev.py chose, else of the system's."""
    return next(filter(None, [os.environ.get("CHROME_PATH"), *map(shutil.which, BROWSERS)]), None)


def audit(address: str) -> dict[str, int]:
    """Return the median scores (0 to 100) of some runs, the kilobytes of a first visit, and the machine's index.

    A run in which the machine was slower than a desktop is made again, up to `TRIES` in all; the fastest `RUNS` count.
    """
    library = packages(MANIFESTS) / "lighthouse" / "cli" / "index.js"
    browser = chromium() or ""
    command = [*programs()[0], str(library), address, "--quiet", "--no-enable-error-reporting", "--output=json"]
    reports: list[dict[str, Any]] = []
    while len(reports) < TRIES and sum(_index(report) >= DESKTOP for report in reports) < RUNS:
        done = subprocess.run(
            [*command, f"--chrome-flags={FLAGS}"],
            env={**os.environ, "CHROME_PATH": browser},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        reports.append(json.loads(done.stdout))
    reports = sorted(reports, key=_index)[-RUNS:]
    scores = {
        category.replace("-", "_"): round(100 * statistics.median(r["categories"][category]["score"] for r in reports))
        for category in CATEGORIES
    }
    return {
        **scores,
        "index": round(statistics.median(map(_index, reports))),
        "kilobytes": round(reports[0]["audits"]["total-byte-weight"]["numericValue"] / 1000),
    }


def _index(report: dict[str, Any]) -> float:
    """Return how fast the machine was during a run, as Lighthouse measures it."""
    return float(report["environment"]["benchmarkIndex"])


def lighthouse() -> dict[str, Any]:
    """Audit the heaviest pages; return their figures by address."""
    with served() as host:
        return {address or "home": audit(host.home + address) for address in heaviest(host.folder)}
