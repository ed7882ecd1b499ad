"""The two commands of Bits to Backprop, `serve` and `test`, and what maintainers need besides.

Runs on a bare Python: standard library alone, one file. Old Pythons must still parse it, so that they can print
the sentence that says which Python is needed; hence no syntax younger than Python 3.6.
"""

import argparse
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit(
        "Bits to Backprop needs Python 3.11 or newer, and this is Python {}: run dev.py with a newer one.".format(
            ".".join(map(str, sys.version_info[:3]))
        )
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CACHE = ROOT / ".cache"
NEEDS = {
    "serve": ["site"],
    "build": ["site"],
    "test": ["site", "test"],
    "verify": ["site", "test", "peers"],
    "bench": ["site", "test", "peers"],
}
# Megabytes that an empty pip cache fetches on Linux with Python 3.11 and the CPU build of PyTorch, rounded up.
# `site` counts setuptools (which builds the package) and the npm packages too.
MEGABYTES = {"site": 110, "node": 61, "test": 500, "peers": 43}
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
OFFLINE = re.compile(
    "ConnectionError|ConnectTimeout|name resolution|Network is unreachable|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT"
)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = """\
usage: python3 dev.py COMMAND [options]

  serve [--port N]  build the site, serve it at http://127.0.0.1:8000 and reload the browser when a page or a module
                    of reference/ is edited
  test [ARGS]       run every check: lint, types, imports, spelling, doctests, page examples, formulas, unit and
                    property tests, site, links, browser. With ARGS, pytest alone runs: dev.py test -k softmax

For maintainers:
  build             build the site strictly into site/; with --offline also the archive offline/*.zip, to read it
                    without a network
  verify [ARGS]     measure again what the pages quote from experiments and other libraries (minutes)
  bench [ARGS]      time the activations beside PyTorch, SciPy and JAX; bench numbers: the casts between formats;
                    bench autograd: training steps; bench quantization: quantizers; bench genetic: generations;
                    bench live: Python in the browser; bench all: all of these; bench --record: all of these, kept
                    for the page of benchmarks

The first run makes .venv and installs what the command needs; later runs start at once. Options:
  --cuda            let pip fetch PyTorch's CUDA build where there is no CPU build (gigabytes)
  --help            this text
"""


class Stop(Exception):
    """A reason to end the command: one clear sentence, and lines that show why."""

    def __init__(self, sentence: str, *, why: str = "") -> None:
        super().__init__(sentence)
        self.why = why


# Steps


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print a step's title, and how long it took."""
    print(f"{title} ...", end=" ", flush=True)
    start = time.perf_counter()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.perf_counter() - start:.1f} s", flush=True)


def quietly(command: list[str], *, log: str, sentence: str) -> None:
    """Run a command with its output in .cache/<log>; a failure shows the sentence and the output's end."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / log, "w", encoding="utf-8") as out:
        code = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        said = (CACHE / log).read_text(encoding="utf-8", errors="replace")
        if OFFLINE.search(said):
            sentence = "The network does not answer, and this step downloads: connect and run the command again."
        tail = "\n".join(said.rstrip().splitlines()[-12:])
        raise Stop(sentence, why=f"The end of {Path('.cache', log).as_posix()}:\n{tail}")


def answers(address: str, seconds: float) -> bool:
    """Tell whether a web address answers in time, with whatever answer."""
    try:
        with urllib.request.urlopen(address, timeout=seconds):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


# The environment


def requirements_hash() -> str:
    """Return what the installed packages depend on: the declared ones, the Python, the folder."""
    import tomllib  # not in the Pythons that the sentence above is for

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {key: project.get(key) for key in ("build-system", "project")}
    declared["setuptools"] = project.get("tool", {}).get("setuptools")
    parts = json.dumps([declared, sys.version, str(ROOT)], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()


def environment_fits() -> bool:
    """Tell whether .venv is whole and was made by this Python for this folder."""
    try:
        made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    return f"version = {platform.python_version()}\n" in made and str(VENV) in made and any(BIN.glob("pip*"))


def system_node() -> bool:
    """Tell whether the machine has a Node that the build can use, version 22 or newer."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(rb"v(\d+)\.", version)
    return found is not None and int(found.group(1)) >= 22


def has_gpu() -> bool:
    """Tell whether an NVIDIA device is in sight."""
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()


def torch_pin() -> str:
    """Return the version of PyTorch that pyproject.toml pins."""
    found = re.search(r'"torch==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise Stop("pyproject.toml pins no version of torch.")
    return found.group(1)


def torch_offers() -> str:
    """Return what pip, as it is configured, lists for PyTorch."""
    command = [str(PYTHON), "-m", "pip", "index", "versions", "torch"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode(errors="replace")


def torch_source(*, cuda: bool) -> tuple[list[str], str]:
    """Choose where PyTorch comes from: pip's further options, and the choice in words."""
    pin = torch_pin()
    if sys.platform != "linux" or has_gpu() or cuda:
        return [], f"PyTorch {pin}: pip's own choice for this machine"
    offers = torch_offers()
    if f"{pin}+cpu" in offers:
        return [], f"PyTorch {pin}: the CPU build that pip's own configuration offers"
    if answers(CPU_INDEX + "/torch/", 2):
        return ["--extra-index-url", CPU_INDEX], f"PyTorch {pin}: the CPU build from {CPU_INDEX}"
    if pin in offers:
        raise Stop(
            f"No GPU is in sight, {CPU_INDEX} does not answer, and pip would fetch gigabytes of CUDA: "
            "add --cuda to let it, or try again later."
        )
    return [], f"PyTorch {pin}: pip's own choice, the list of builds could not be read"


def missing_extras(command: str) -> list[str]:
    """Return the sets of packages that a command needs and that are not installed as declared now."""
    want = requirements_hash()
    wanted = list(NEEDS[command])
    if stamp("node").exists() or not system_node():
        wanted.append("node")
    return [extra for extra in wanted if not stamp(extra).exists() or stamp(extra).read_text() != want]


def stamp(extra: str) -> Path:
    """Return the file that says with which declaration a set of packages was installed."""
    return VENV / "installed" / extra


def install(command: str, *, cuda: bool) -> None:
    """Make .venv and install what the command needs, unless that has been done."""
    fits = environment_fits()
    if fits and not missing_extras(command):
        return
    if not fits:
        title = "Making .venv anew, it belongs to another Python or folder" if VENV.exists() else "Making .venv"
        with step(title):
            maker = getattr(sys, "_base_executable", None) or sys.executable
            quietly(
                [maker, "-m", "venv", "--clear", str(VENV)],
                log="venv.log",
                sentence="This Python cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv).",
            )
    extras = missing_extras(command)
    options: list[str] = []
    if "test" in extras:
        options, choice = torch_source(cuda=cuda)
        print(choice)
    size = sum(MEGABYTES[extra] for extra in extras)
    print(f"Downloads: at most {size} MB, less what pip has in its cache")
    with step(f"Installing the packages ({', '.join(extras)})"):
        quietly(
            [str(PYTHON), "-m", "pip", "install", "--no-input", *options, "-e", f".[{','.join(extras)}]"],
            log="pip.log",
            sentence="pip could not install the packages.",
        )
    for extra in extras:  # last, so that an interrupted run installs again
        stamp(extra).parent.mkdir(exist_ok=True)
        stamp(extra).write_text(requirements_hash())


def assets() -> None:
    """Make what the site carries besides its pages; a repeated run finds it made."""
    with step("Preparing fonts and styles"):
        quietly(
            [str(PYTHON), "-m", "docs._site.assets"],
            log="assets.log",
            sentence="The site's fonts and styles could not be made.",
        )
    with step("Preparing Python for the browser"):  # it says by itself what it downloads, and what it cannot make
        if subprocess.run([str(PYTHON), "-m", "docs._site.runtime"], cwd=ROOT, check=False).returncode:
            raise Stop("Python for the browser could not be made; the lines above say why.")
    with step("Preparing the handwritten digits"):  # so does this
        if subprocess.run([str(PYTHON), "-m", "docs._site.digits"], cwd=ROOT, check=False).returncode:
            raise Stop("The handwritten digits could not be had; the line above says why.")
    with step("Preparing the pages' scripts"):
        quietly(
            [str(PYTHON), "-m", "docs._site.bundle"],
            log="bundle.log",
            sentence="The pages' scripts could not be bundled.",
        )


# serve, build


def check_port(port: int) -> None:
    """Stop when the port is taken or not to be had."""
    with contextlib.closing(socket.socket()) as probe:
        if os.name != "nt":  # as the server does: a port that was closed a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            another = port + 1 if port < 65535 else 8000
            raise Stop(f"Port {port} is taken or not allowed: try python3 dev.py serve --port {another}") from error


def mkdocs(*arguments: str) -> list[str]:
    """Return the command that runs MkDocs in .venv."""
    return [str(PYTHON), "-m", "mkdocs", *arguments]


def serve(port: int) -> int:
    """Serve the site with live reload until Ctrl-C."""
    assets()
    print("Building the site ...", flush=True)
    start = time.perf_counter()
    command = mkdocs("serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}")
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    try:
        assert process.stderr is not None
        serving = False
        for raw in process.stderr:
            line = raw.decode(errors="replace").rstrip()
            if not serving and "Serving on" in line:
                serving = True
                print(f"Building the site took {time.perf_counter() - start:.1f} s")
                print(f"Open {line.split('Serving on')[1].strip()} (Ctrl-C ends)", flush=True)
            elif not line.startswith(("[IPKernelApp]",) if serving else ("[IPKernelApp]", "INFO")):
                print(line, flush=True)
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()
        print("\nStopped.")
        return 0
    if code > 0:
        raise Stop("The site does not build; the lines above say where.")
    return 0


def build(*, offline: bool) -> int:
    """Build the site strictly into site/, and where it is asked for an archive of it."""
    assets()
    with step("Building the site"):
        quietly(mkdocs("build", "--strict"), log="build.log", sentence="The site does not build strictly.")
        quietly(
            [str(PYTHON), "-m", "docs._site.policy", "site"],
            log="policy.log",
            sentence="The site's Content-Security-Policy could not be written.",
        )
    print(f"{len(list((ROOT / 'site').rglob('index.html')))} pages in site/")
    if offline:
        archive = Path("offline", "bits-to-backprop.zip")
        with step("Packing the offline copy"):
            quietly(
                [str(PYTHON), "-m", "docs._site.offline", "site", str(archive)],
                log="offline.log",
                sentence="The offline copy could not be packed.",
            )
        print(f"{archive.as_posix()}, {(ROOT / archive).stat().st_size / 1e6:.1f} MB")
    return 0


# test


class Row:
    """One line of the closing table: what ran, how many passed, failed and were skipped, for how long."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.passed = self.failed = self.skipped = 0
        self.seconds = 0.0
        self.note = ""

    def add(self, other: "Row") -> None:
        """Take over what another row of this title counts."""
        for name in ("passed", "failed", "skipped", "seconds", "note"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def result(self) -> str:
        """Return the row's last column."""
        if self.failed:
            return f"{self.failed} FAILED" + self.note
        if not self.passed:
            return ("skipped" if self.skipped else "NOTHING RAN") + self.note
        return "passed" + (f", {self.skipped} skipped" if self.skipped else "") + self.note


TOOLS = [
    ("lint (ruff check)", ["-m", "ruff", "check"]),
    ("format (ruff format)", ["-m", "ruff", "format", "--check"]),
    ("types (mypy)", ["-m", "mypy"]),
    ("imports (import-linter)", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
    ("spelling (codespell)", ["-m", "codespell_lib"]),
]
PARTS = [
    ("page examples", r"\.md$"),
    ("doctests", r"^(reference|docs)/"),
    ("formula twins", r"^tests/site/test_formulas\.py$"),
    ("browser, accessibility", r"^tests/site/test_(browser|live)"),
    ("pages, site build, links", r"^tests/site/"),
    ("unit and property tests", r""),
]
ORDER = ["doctests", "page examples", "formula twins", "unit and property tests", "pages, site build, links"]
ORDER.append("browser, accessibility")
# Two of these run at a time, the longest first: every page in a browser, Python in a browser, the rest of the site.
LIVE = [f"tests/site/test_live{name}.py" for name in ("", "_exercises", "_widgets")]
SHARES = {
    "pages": ["tests/site/test_browser.py"],
    "live": [*LIVE, "-k", "not within_a_frame"],
    "package": ["reference", "docs", "tests", "--ignore=tests/site"],
    "site": ["tests/site", *(f"--ignore={path}" for path in ("tests/site/test_browser.py", *LIVE))],
}
# What is timed runs by itself once the others have ended.
TIMED = {"drags": ["tests/site/test_live_widgets.py", "-k", "within_a_frame"]}


def run_tool(title: str, arguments: list[str]) -> Row:
    """Run one checker; its output is shown when it fails."""
    row, start = Row(title), time.perf_counter()
    done = subprocess.run(
        [str(PYTHON), *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    row.seconds = time.perf_counter() - start
    row.passed, row.failed = (0, 1) if done.returncode else (1, 0)
    print(f"{title} ... {row.seconds:.1f} s" + (", FAILED" if row.failed else ""), flush=True)
    if row.failed:
        print(done.stdout.decode(errors="replace"), flush=True)
    return row


def rows_of(report: Path) -> list[Row]:
    """Sort pytest's report into the table's rows."""
    rows = {title: Row(title) for title in ORDER}
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        place = case.get("file", case.get("classname", "")).replace("\\", "/")
        row = rows[next(title for title, pattern in PARTS if re.search(pattern, place))]
        kinds = {child.tag for child in case}
        row.seconds += float(case.get("time", 0))
        if kinds & {"failure", "error"}:
            row.failed += 1
        elif "skipped" in kinds:
            row.skipped += 1
        else:
            row.passed += 1
    return list(rows.values())


def check_floor(rows: list[Row]) -> Row:
    """Compare the number of examples that ran with the floor in pyproject.toml."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["bits-to-backprop"]
    floor, ran = settings["examples-floor"], sum(row.passed for row in rows if row.title in ORDER[:2])
    row = Row("number of examples")
    row.passed, row.failed = (1, 0) if ran >= floor else (0, 1)
    row.note = f": {ran} ran, the floor is {floor}"
    return row


def run_pytest(arguments: list[str]) -> list[Row]:
    """Run pytest and return the table's rows; everything runs in shares, two at a time, each shown when it ends."""
    if arguments:
        return run_share("tests", arguments, os.environ)
    environment = {**os.environ, "CHROME_PATH": chromium()}
    print(f"Tests: {', '.join(SHARES)}, two at a time, then {', '.join(TIMED)}; each shown when it ends.", flush=True)
    rows: dict[str, Row] = {}
    for shares, lanes in ((SHARES, 2), (TIMED, 1)):
        with ThreadPoolExecutor(max_workers=lanes) as pool:
            runs = [pool.submit(run_share, name, places, environment, hidden=True) for name, places in shares.items()]
            for row in (row for run in as_completed(runs) for row in run.result()):
                rows.setdefault(row.title, Row(row.title)).add(row)
    return list(rows.values())


def run_share(name: str, arguments: list[str], environment: Mapping[str, str], *, hidden: bool = False) -> list[Row]:
    """Run pytest once and return the table's rows; where it is hidden, its output waits in .cache until it ends."""
    CACHE.mkdir(exist_ok=True)
    report, log = CACHE / f"{name}.xml", CACHE / f"{name}.log"
    report.unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "pytest", f"--junitxml={report}", "-o", "junit_family=xunit1", *arguments]
    with contextlib.ExitStack() as files:
        out = files.enter_context(open(log, "wb")) if hidden else None
        code = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=out, check=False).returncode
    if hidden:
        print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
    rows = rows_of(report) if report.exists() else []
    if code and not any(row.failed for row in rows):
        row = Row("pytest")
        row.failed, row.note = 1, f" (exit status {code})"
        rows.append(row)
    return rows


def table(rows: list[Row]) -> str:
    """Return the closing table and the closing line."""
    lines = [f"{'what ran':<26} {'how many':>8} {'seconds':>8}  result", "-" * 70]
    for row in rows:
        lines.append(f"{row.title:<26} {row.passed + row.failed:>8} {row.seconds:>8.1f}  {row.result()}")
    passed, failed, skipped = (sum(getattr(row, kind) for row in rows) for kind in ("passed", "failed", "skipped"))
    closing = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    return "\n".join([*lines, "-" * 70, closing])


def test(arguments: list[str]) -> int:
    """Run every check, or with arguments pytest alone, and print the table."""
    rows = []
    if not arguments:
        rows = [run_tool(title, command) for title, command in TOOLS]
    try:
        assets()
    except Stop as reason:
        print(f"{reason}\n{reason.why}")
    tested = run_pytest(arguments)
    rows += tested if not arguments else [row for row in tested if row.passed + row.failed + row.skipped]
    if not arguments:
        rows.append(check_floor(tested))
    print("\n" + table(rows), flush=True)
    return 1 if any(row.failed for row in rows) else 0


# The browser of the tests


def chromium() -> str:
    """Find or fetch a Chromium; return its path, empty where there is none, and print which."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), "") or playwright_chromium()
    if path:
        print(f"Browser: {path}", flush=True)
        return path
    host = os.environ.get("PLAYWRIGHT_DOWNLOAD_HOST", "https://cdn.playwright.dev")
    try:
        if not answers(host, 10):
            raise Stop(f"{host} does not answer")
        with step("Fetching Playwright's Chromium (about 180 MB)"):
            fetch = [str(PYTHON), "-m", "playwright", "install", "chromium"]
            quietly(fetch, log="playwright.log", sentence="Playwright could not fetch its Chromium")
        path = playwright_chromium()
    except Stop as reason:
        path = debian_chromium(str(reason))
    if path:
        print(f"Browser: {path}", flush=True)
    return path


def playwright_chromium() -> str:
    """Return the path of the Chromium that Playwright has downloaded, empty if it has none."""
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    done = subprocess.run([str(PYTHON), "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    path = done.stdout.decode(errors="replace").strip()
    return path if path and Path(path).exists() else ""


def debian_chromium(reason: str) -> str:
    """Install Debian's Chromium when that is allowed; else say why the browser tests cannot run."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        try:
            with step("Installing Debian's Chromium"):
                quietly([apt, "update"], log="apt.log", sentence="apt-get update failed")
                quietly([apt, "install", "-y", "chromium"], log="apt.log", sentence="apt-get install chromium failed")
        except Stop as failure:
            reason = f"{reason}, {failure}"
        path = shutil.which("chromium")
        if path:
            return path
    print(f"No browser: install Chromium or Chrome, the tests that need one cannot run ({reason}).", flush=True)
    return ""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # the theme's banner about its successor
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")  # npm then trusts whom the machine trusts, as pip does
    command, *rest = arguments
    if command not in NEEDS:
        raise Stop(f"There is no command {command!r}: python3 dev.py --help names them.")
    usage = f"python3 dev.py {command} [options]; python3 dev.py --help shows them"
    options = argparse.ArgumentParser(usage=usage, add_help=False, allow_abbrev=False)
    options.add_argument("--cuda", action="store_true")
    if command == "serve":
        options.add_argument("--port", type=int, default=8000)
    if command == "build":
        options.add_argument("--offline", action="store_true")
    known, further = options.parse_known_args(rest)
    if further and command in ("serve", "build"):
        raise Stop(f"dev.py {command} does not know {' '.join(further)}: python3 dev.py --help shows its options.")
    if command == "serve":
        check_port(known.port)
    install(command, cuda=known.cuda)
    if command == "serve":
        return serve(known.port)
    if command == "build":
        return build(offline=known.offline)
    if command == "test":
        return test(further)
    return subprocess.run([str(PYTHON), "-m", f"docs._site.{command}", *further], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as reason:
        sys.exit(f"{reason}\n{reason.why}".rstrip())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
