"""Time the pages' Python in a real browser, beside Pyodide as it comes: `python3 dev.py bench live` prints the table.

Both take turns in one run: in each round a browser that was never used before opens our page and presses Run, then
another opens a page that loads Pyodide and NumPy from the unchanged files and runs the same code. Nothing here is a
test: the figures move with the machine, their ratio hardly does.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docs._site import runtime
from docs._site.audit import chromium
from docs._site.bench_rows import Row
from docs._site.built import served
from docs._site.compiled import npm_pyodide
from docs._site.drive import CLOCK, SWITCHES, Card, Widget, cards, drag, p95
from docs._site.host import Host

__all__ = ["PEERS", "WHY", "gathered", "main"]

PAGE = "activations/softmax/"
NEXT = "activations/rectifiers/"
WIDGETS = {
    "activation_explorer": "activations/gated/",
    "bricks": "activations/piecewise/",
    "softmax_formats": "activations/softmax/",
}
ROUNDS = 9
PEERS = ("playwright",)
WHY: dict[str, str] = {}
"""Why Pyodide as it comes is faster, where it is."""

STOCK_PAGE = """<!doctype html><meta charset="utf-8"><title>Pyodide as it comes</title>
<script type="module" src="stock.js"></script>"""
STOCK_SCRIPT = """
window.run = (source) => new Promise((resolve) => {
  const start = performance.now()
  const worker = new Worker("worker.js", { type: "module" })
  worker.onmessage = () => resolve(performance.now() - start)
  worker.postMessage(source)
})
"""
STOCK_WORKER = """
import { loadPyodide } from "./pyodide.mjs"
onmessage = async ({ data: source }) => {
  const python = await loadPyodide()
  await python.loadPackage(new URL("NUMPY", import.meta.url).href, { messageCallback: () => {} })
  python.unpackArchive(await (await fetch("reference.zip")).arrayBuffer(), "zip")
  python.runPython(source)
  postMessage("done")
}
"""
PRESS = """async (box) => {
  const [first] = box.querySelectorAll(".btb-bar > button")
  const start = performance.now()
  first.click()
  do await new Promise((turn) => setTimeout(turn)); while (["starting", "running", "idle"].includes(box.dataset.state))
  return performance.now() - start
}"""
STOP = """async (box) => {
  const [first] = box.querySelectorAll(".btb-bar > button")
  const turn = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds))
  first.click()
  while (box.dataset.state !== "running") await turn()
  await turn(400)
  const start = performance.now()
  first.click()
  while (box.dataset.state === "running") await turn()
  return performance.now() - start
}"""
LOOPS = {
    "an empty loop": "while True: pass",
    "an endless print": "while True: print('x')",
    "a loop of array operations": "import numpy as np\nwhile True: np.ones(1000).sum()",
    "time.sleep": "import time\ntime.sleep(1000)",
    "a loop that catches everything": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "one long operation": "import numpy as np\na = np.ones((3000, 3000))\na @ a",
}


def stock(folder: Path) -> None:
    """Write a page that runs Pyodide, NumPy's wheel and the package as they come."""
    folder.mkdir()
    for name in runtime.CORE:
        shutil.copy(npm_pyodide() / name, folder)
    lock = json.loads((npm_pyodide() / "pyodide-lock.json").read_text(encoding="utf-8"))
    wheel = lock["packages"]["numpy"]["file_name"]
    (folder / wheel).write_bytes(runtime.wheel(lock))
    (folder / "index.html").write_text(STOCK_PAGE)
    (folder / "stock.js").write_text(STOCK_SCRIPT)
    (folder / "worker.js").write_text(STOCK_WORKER.replace("NUMPY", wheel))
    with zipfile.ZipFile(folder / "reference.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in runtime.modules().items():
            archive.writestr(name, data)


@contextmanager
def browser(playwright: Any) -> Iterator[Any]:
    """Start a browser that was never used before."""
    started = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
    try:
        yield started
    finally:
        started.close()


def cold(playwright: Any, host: Host) -> tuple[float, float]:
    """Return the milliseconds from a first click to a result: on our page, and with Pyodide as it comes."""
    with browser(playwright) as started:
        page = started.new_page()
        page.goto(host.home + PAGE, wait_until="networkidle")
        card = cards(page)[0]
        source = card.code
        ours = page.evaluate(PRESS, card.box.element_handle())
    with browser(playwright) as started:
        page = started.new_page()
        page.goto(f"{host.home}stock/", wait_until="networkidle")
        page.wait_for_function("() => window.run")
        return ours, page.evaluate("(source) => run(source)", source)


def megabytes(process: int) -> float:
    """Return the memory of a browser's processes that show pages, each shared page counted once."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if b"--type=renderer" in command and process in ancestors(int(entry.name)):
                total += int(re.findall(r"^Pss: +(\d+)", (entry / "smaps_rollup").read_text(), re.M)[0])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return total / 1024


def ancestors(process: int) -> Iterator[int]:
    """Yield a process's parent, its parent and so on."""
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        yield process


def wire(asked: list[Any]) -> float:
    """Return the megabytes on the wire of the requests of a page and its worker, headers included."""
    sizes = [request.sizes() for request in asked]
    return float(sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) / 1e6)


def visit(playwright: Any, host: Host) -> dict[str, str]:
    """Return what one long visit shows: bytes, memory, a warm run, the next page."""
    with browser(playwright) as started:
        page = started.new_page()
        asked: list[Any] = []
        page.context.on("requestfinished", lambda request: asked.append(request))
        page.goto(host.home + PAGE, wait_until="networkidle")
        before, memory = wire(asked), megabytes(os.getpid())
        card = cards(page)[0]
        page.evaluate(PRESS, card.box.element_handle())
        page.wait_for_timeout(500)
        after, loaded = wire(asked), megabytes(os.getpid())
        warm = sorted(page.evaluate(PRESS, card.type("1 + 1").box.element_handle()) for _ in range(41))
        code = [float(card.status.split(", ")[1].split()[0]) for _ in range(1) if "under" not in card.status]
        count = len(asked)
        page.locator(f"a[href$='{NEXT.split('/')[1]}/']:visible").first.click()
        page.wait_for_url(f"**/{NEXT}")
        page.wait_for_function("() => document.querySelector('.btb-bar__status')?.textContent === 'Python is ready'")
        following = page.evaluate(PRESS, cards(page)[0].box.element_handle())
        runtime_again = [request.url for request in asked[count:] if "/generated/python/" in request.url]
        return {
            "on the wire before the first click": f"{before:.2f} MB",
            "on the wire by the first run": f"{after - before:.2f} MB",
            "memory of the page, before": f"{memory:.0f} MiB",
            "memory of the page, after the first run": f"{loaded:.0f} MiB",
            "a warm run of `1 + 1`, median and 95th percentile": f"{warm[20]:.1f} ms, {warm[38]:.1f} ms",
            "of it the code itself": f"{code[0]:.0f} ms" if code else "under 1 ms",
            "the first run on the next page": f"{following:.0f} ms, {len(runtime_again)} files of Python fetched",
        }


def stops(playwright: Any, host: Host) -> Iterator[tuple[str, str]]:
    """Yield how long Stop takes for each loop, and after it the next result."""
    for name, source in LOOPS.items():
        with browser(playwright) as started:
            page = started.new_page()
            page.goto(host.home + PAGE)
            card: Card = cards(page)[0].type("1").run().type(source)
            ended = page.evaluate(STOP, card.box.element_handle())
            killed = card.state == "error"
            answered = page.evaluate(PRESS, card.type("1").box.element_handle())
            words = f"killed after {ended:.0f} ms, next result {ended + answered:.0f} ms after Stop"
            yield f"stop {name}", words if killed else f"{ended:.0f} ms"


def drags(playwright: Any, host: Host) -> Iterator[tuple[str, str]]:
    """Yield how fast each widget answers while a slider is dragged."""
    for name, address in WIDGETS.items():
        with browser(playwright) as started:
            page = started.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(CLOCK)
            page.goto(host.home + address)
            widget = Widget(page, name)
            before = widget.view
            widget.range().focus()
            page.keyboard.press("ArrowRight")
            widget.changed(before)
            replies, computing, _ = drag(page, widget.range())
            words = (
                f"{statistics.median(replies):.1f} ms, p95 {p95(replies):.1f} ms; Python's p95 {p95(computing):.1f} ms"
            )
            yield f"drag {name}, {len(replies)} answers", words


def gathered(rounds: int) -> list[Row]:
    """Return how long a reader waits for the first result, beside Pyodide as it comes, and for the ones after it."""
    from playwright.sync_api import sync_playwright

    with served() as host, sync_playwright() as playwright:
        stock(host.folder / "stock")
        pairs = [cold(playwright, host) for _ in range(rounds)]
        warm = _warm(playwright, host)
    ours, ratio = (statistics.median(each) for each in ((our for our, _ in pairs), (b / a for a, b in pairs)))
    return [
        Row("first result after a click", "ms", float(f"{ours:.3g}"), {"pyodide": float(f"{ratio:.3g}")}),
        Row("`1 + 1` after it", "ms", float(f"{warm:.3g}")),
    ]


def _warm(playwright: Any, host: Host) -> float:
    with browser(playwright) as started:
        page = started.new_page()
        page.goto(host.home + PAGE, wait_until="networkidle")
        card: Card = cards(page)[0]
        page.evaluate(PRESS, card.box.element_handle())
        times = [page.evaluate(PRESS, card.type("1 + 1").box.element_handle()) for _ in range(21)]
    return float(statistics.median(times))


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="dev.py bench live", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often both start anew ({ROUNDS})")
    rounds = parser.parse_args(arguments).rounds
    with served() as host, sync_playwright() as playwright:
        stock(host.folder / "stock")
        print("| what | measured |\n|---|--:|", flush=True)
        pairs = [cold(playwright, host) for _ in range(rounds)]
        ours, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
        ratio = statistics.median(stock_time / our_time for our_time, stock_time in pairs)
        print(f"| cold click to first result, median of {rounds} | {ours:.0f} ms |")
        print(f"| the same with Pyodide as it comes | {theirs:.0f} ms, {ratio:.1f} times ours |", flush=True)
        for name, words in visit(playwright, host).items():
            print(f"| {name} | {words} |", flush=True)
        for name, words in [*stops(playwright, host), *drags(playwright, host)]:
            print(f"| {name} | {words} |", flush=True)
        with browser(playwright) as started:
            print(f"\nChromium {started.version}, {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
