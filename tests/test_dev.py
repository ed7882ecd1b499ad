"""The two commands: which sentence a newcomer reads when something is missing, and what is installed when."""

import ast
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from tests.environments import link_packages
from tests.needs import need, need_pip

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / "dev.py"


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return dev.py as a module that works in an empty folder with the project's pyproject.toml."""
    spec = importlib.util.spec_from_file_location("dev", DEV)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / ".venv", "CACHE": tmp_path / ".cache"}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "BIN", tmp_path / ".venv" / module.BIN.name)
    monkeypatch.setattr(module, "system_node", lambda: True)
    return module


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def install_all(dev: ModuleType, *extras: str) -> None:
    """Leave the traces of an installation."""
    for extra in extras:
        dev.stamp(extra).parent.mkdir(parents=True, exist_ok=True)
        dev.stamp(extra).write_text(dev.requirements_hash())


def made_environment(dev: ModuleType) -> None:
    """Leave the traces of a virtual environment."""
    dev.BIN.mkdir(parents=True, exist_ok=True)
    (dev.BIN / "pip").touch()
    (dev.VENV / "pyvenv.cfg").write_text(f"version = {dev.platform.python_version()}\ncommand = -m venv {dev.VENV}\n")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run dev.py in a process of its own."""
    return subprocess.run(
        [sys.executable, str(DEV), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# What it says


def test_help_fits_one_screen() -> None:
    shown = run("--help").stdout
    assert len(shown.splitlines()) <= 24
    assert max(map(len, shown.splitlines())) <= 120
    for command in ("serve", "test", "build", "verify", "bench"):
        assert f"\n  {command} " in shown


def test_old_python_gets_one_sentence() -> None:
    source = DEV.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 8, 10, 'final', 0); exec(open({str(DEV)!r}).read())"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Bits to Backprop needs Python 3.11 or newer, and this is Python 3.8.10: run dev.py with a newer one.\n"
    )


def test_taken_port_gets_one_sentence(taken_port: int) -> None:
    done = run("serve", "--port", str(taken_port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {taken_port} is taken or not allowed: try python3 dev.py serve --port {taken_port + 1}\n"
    )
    assert done.stdout == ""


def test_impossible_port_gets_one_sentence() -> None:
    assert run("serve", "--port", "70000").stderr.startswith("Port 70000 is taken or not allowed")


@pytest.mark.parametrize("arguments", [["sever"], ["serve", "--prot", "1"]])
def test_unknown_words_get_one_sentence(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "--help" in done.stderr


def test_no_network_gets_one_sentence_first(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "NewConnectionError: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution"
    command = [sys.executable, "-c", f"import sys; print({said!r}); sys.exit(1)"]
    with pytest.raises(dev.Stop, match=r"^The network does not answer") as caught:
        dev.quietly(command, log="pip.log", sentence="pip could not install the packages.")
    assert said in caught.value.why
    assert ".cache/pip.log" in caught.value.why


def test_pip_without_network_really_says_so(dev: ModuleType) -> None:
    need_pip()
    command = [sys.executable, "-m", "pip", "install", "--retries", "1", "--no-cache-dir", "--isolated", "--dry-run"]
    command += ["--index-url", "http://127.0.0.1:9/simple", "a-package-that-nobody-has"]
    with pytest.raises(dev.Stop, match=r"^The network does not answer"):
        dev.quietly(command, log="pip.log", sentence="pip could not install the packages.")


def test_other_failure_keeps_its_own_sentence(dev: ModuleType) -> None:
    with pytest.raises(dev.Stop, match=r"^pip could not") as caught:
        dev.quietly([sys.executable, "-c", "raise SystemExit('why')"], log="x.log", sentence="pip could not.")
    assert caught.value.why.endswith("why")


# What it installs


def test_everything_installed_installs_nothing(dev: ModuleType) -> None:
    made_environment(dev)
    install_all(dev, "site", "test")
    assert dev.environment_fits()
    for command in ("test", "serve", "build"):
        assert dev.missing_extras(command) == []
    assert dev.missing_extras("verify") == ["peers"]


def test_serve_alone_does_not_satisfy_test(dev: ModuleType) -> None:
    install_all(dev, "site")
    assert dev.missing_extras("test") == ["test"]


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ('"mkdocs==1.6.1"', '"mkdocs==1.6.0"', ["site"]),
        ("line-length = 120", "line-length = 100", []),
    ],
    ids=["a new pin installs again", "edited lint rules install nothing"],
)
def test_an_edited_declaration(dev: ModuleType, old: str, new: str, missing: list[str]) -> None:
    install_all(dev, "site")
    project = dev.ROOT / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    assert old in text
    project.write_text(text.replace(old, new), encoding="utf-8")
    assert dev.missing_extras("serve") == missing


def test_moved_folder_makes_the_environment_again(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    made_environment(dev)
    install_all(dev, "site")
    moved = dev.ROOT / "moved"
    moved.mkdir()
    shutil.copy(dev.ROOT / "pyproject.toml", moved)
    shutil.copytree(dev.VENV, moved / ".venv")
    monkeypatch.setattr(dev, "ROOT", moved)
    monkeypatch.setattr(dev, "VENV", moved / ".venv")
    monkeypatch.setattr(dev, "BIN", moved / ".venv" / dev.BIN.name)
    assert not dev.environment_fits()
    assert dev.missing_extras("serve") == ["site"]


@pytest.mark.parametrize("missing", ["pyvenv.cfg", "pip"])
def test_half_made_environment_is_made_again(dev: ModuleType, missing: str) -> None:
    made_environment(dev)
    (dev.BIN / missing if missing == "pip" else dev.VENV / missing).unlink()
    assert not dev.environment_fits()


def test_interrupted_installation_leaves_no_stamp(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    made_environment(dev)

    def interrupted(command: list[str], **options: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "quietly", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dev.install("serve", cuda=False)
    assert dev.missing_extras("serve") == ["site"]


def test_old_node_adds_the_wheel(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "system_node", lambda: False)
    assert dev.missing_extras("serve") == ["site", "node"]
    install_all(dev, "site", "node")
    assert dev.missing_extras("serve") == []


def test_announces_the_download_before_it_starts(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_environment(dev)
    monkeypatch.setattr(dev, "system_node", lambda: False)
    shown = []
    monkeypatch.setattr(dev, "quietly", lambda command, **options: shown.append(capsys.readouterr().out))
    dev.install("serve", cuda=False)
    assert f"Downloads: at most {dev.MEGABYTES['site'] + dev.MEGABYTES['node']} MB" in shown[0]
    assert dev.MEGABYTES["site"] + dev.MEGABYTES["node"] <= 175


STEPS = ["docs._site.assets", "docs._site.runtime", "docs._site.digits", "docs._site.bundle"]
FAILING = [
    ("docs._site.runtime", "Python for the browser"),
    ("docs._site.digits", "handwritten digits"),
    ("docs._site.bundle", "scripts"),
]


@pytest.mark.parametrize(("fails", "sentence"), FAILING)
def test_preparation_that_fails_stops_with_a_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, fails: str, sentence: str
) -> None:
    done = []

    def pretend(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        done.append(command[-1])
        return subprocess.CompletedProcess(command, int(command[-1] == fails))

    monkeypatch.setattr(dev.subprocess, "run", pretend)
    with pytest.raises(dev.Stop, match=sentence):
        dev.assets()
    assert done == STEPS[: len(done)]
    assert done[-1] == fails


@pytest.mark.parametrize("offline", [False, True])
def test_build_packs_the_offline_copy_where_it_is_asked_for(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], offline: bool
) -> None:
    done: list[list[str]] = []

    def pretend(command: list[str], **options: str) -> None:
        done.append(command[1:])
        if "docs._site.offline" in command:
            (dev.ROOT / "offline").mkdir()
            (dev.ROOT / command[-1]).write_bytes(bytes(2_000_000))

    monkeypatch.setattr(dev, "assets", lambda: None)
    monkeypatch.setattr(dev, "quietly", pretend)
    assert dev.build(offline=offline) == 0
    packing = [["-m", "docs._site.offline", "site", str(Path("offline", "bits-to-backprop.zip"))]]
    assert done[2:] == packing * offline
    assert ("offline/bits-to-backprop.zip, 2.0 MB" in capsys.readouterr().out) == offline


# Where PyTorch comes from: (what pip lists, whether PyTorch's CPU index answers, GPU) -> (options, words)


@pytest.mark.parametrize(
    ("offers", "index", "gpu", "options", "words"),
    [
        ("2.13.0+cpu, 2.13.0, 2.12.1", True, False, [], "pip's own configuration"),
        (
            "2.13.0, 2.12.1",
            True,
            False,
            ["--extra-index-url", "https://download.pytorch.org/whl/cpu"],
            "download.pytorch",
        ),
        ("2.13.0, 2.12.1", True, True, [], "for this machine"),
        ("", False, False, [], "could not be read"),
    ],
)
def test_source_of_torch(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    offers: str,
    index: bool,
    gpu: bool,
    options: list[str],
    words: str,
) -> None:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev, "torch_pin", lambda: "2.13.0")
    monkeypatch.setattr(dev, "torch_offers", lambda: offers)
    monkeypatch.setattr(dev, "answers", lambda address, seconds: index and seconds == 2)
    monkeypatch.setattr(dev, "has_gpu", lambda: gpu)
    found, said = dev.torch_source(cuda=False)
    assert found == options
    assert words in said


def test_nobody_fetches_cuda_unasked(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev, "torch_offers", lambda: f"{dev.torch_pin()}, 2.12.1")
    monkeypatch.setattr(dev, "answers", lambda address, seconds: False)
    monkeypatch.setattr(dev, "has_gpu", lambda: False)
    with pytest.raises(dev.Stop, match="--cuda"):
        dev.torch_source(cuda=False)
    assert dev.torch_source(cuda=True)[0] == []


# The browser


def test_without_any_browser_one_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    monkeypatch.setattr(dev, "playwright_chromium", lambda: "")
    monkeypatch.setattr(dev, "answers", lambda address, seconds: False)
    assert dev.chromium() == ""
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 1
    assert shown.startswith("No browser: install Chromium or Chrome")


def test_the_systems_browser_comes_first(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/bin/google-chrome" if name == "google-chrome" else None)
    assert dev.chromium() == "/bin/google-chrome"
    assert capsys.readouterr().out == "Browser: /bin/google-chrome\n"


# The table

REPORT = """<testsuites><testsuite>
<testcase file="reference/activations/softmax.py" time="0.5"/>
<testcase file="docs/activations/softmax.md" time="0.25"/>
<testcase file="docs/activations/softmax.md" time="0.25"><failure/></testcase>
<testcase file="tests/activations/test_softmax.py" time="1"/>
<testcase file="tests\\site\\test_browser.py" time="2"><skipped/></testcase>
<testcase file="tests/site/test_links.py" time="2"><error/></testcase>
<testcase file="tests/site/test_formulas.py" time="3"/>
</testsuite></testsuites>"""


def test_table_sorts_pytests_report(dev: ModuleType) -> None:
    report = dev.ROOT / "tests.xml"
    report.write_text(REPORT)
    rows = {row.title: row for row in dev.rows_of(report)}
    counts = {title: (row.passed, row.failed, row.skipped) for title, row in rows.items()}
    assert counts == {
        "doctests": (1, 0, 0),
        "page examples": (1, 1, 0),
        "formula twins": (1, 0, 0),
        "unit and property tests": (1, 0, 0),
        "pages, site build, links": (0, 1, 0),
        "browser, accessibility": (0, 0, 1),
    }
    assert rows["page examples"].seconds == 0.5
    table = dev.table(list(rows.values()))
    assert table.splitlines()[-1] == "4 passed, 2 failed, 1 skipped"
    assert rows["doctests"].result() == "passed"
    assert rows["page examples"].result() == "1 FAILED"


def test_every_share_counts_and_is_shown_whole_when_it_ends(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (dev.ROOT / "pyproject.toml").unlink()
    shares = {}
    for name, body in {"first": "assert True", "second": "assert 'seen' == 'expected'"}.items():
        path = dev.ROOT / f"test_{name}.py"
        path.write_text(f"def test_{name}():\n    {body}\n\ndef test_again():\n    pass\n")
        shares[name] = [path.name]
    monkeypatch.setattr(dev, "SHARES", {"first": shares["first"]})
    monkeypatch.setattr(dev, "TIMED", {"second": shares["second"]})
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "chromium", str)
    counts = {row.title: (row.passed, row.failed) for row in dev.run_pytest([])}
    assert counts["unit and property tests"] == (3, 1)
    shown = capfd.readouterr().out
    assert shown.count("2 passed") == 1
    assert 0 < shown.index("assert 'seen' == 'expected'") < shown.index("1 failed, 1 passed")


def test_shares_are_all_tests_once(dev: ModuleType) -> None:
    """What one share ignores, another one runs."""
    parts = [part for places in (*dev.SHARES.values(), *dev.TIMED.values()) for part in places]
    ignored = {part.removeprefix("--ignore=") for part in parts if part.startswith("--ignore=")}
    assert ignored <= set(parts)
    assert {"reference", "docs", "tests"} <= set(parts)
    chosen = [expression for option, expression in pairwise(parts) if option == "-k"]
    assert sorted(chosen) == ["not within_a_frame", "within_a_frame"]
    paths = [part.removeprefix("--ignore=") for part in parts if part not in ("-k", *chosen)]
    assert all((ROOT / path).exists() for path in paths)


@pytest.mark.parametrize(("ran", "failed"), [(9, 1), (10, 0), (11, 0)])
def test_too_few_examples_fail(dev: ModuleType, ran: int, failed: int) -> None:
    (dev.ROOT / "pyproject.toml").write_text("[tool.bits-to-backprop]\nexamples-floor = 10\n")
    row = dev.Row("doctests")
    row.passed = ran
    assert dev.check_floor([row]).failed == failed


# With the package, NumPy and pytest alone

PLAIN = ["numpy", "pytest", "pluggy", "iniconfig", "packaging", "pygments"]


def plain_environment(folder: Path) -> Path:
    """Make a virtual environment with NumPy and pytest of this one, and the package: no other library is in reach."""
    venv.create(folder, with_pip=False)
    packages = link_packages(folder, PLAIN)
    (packages / "project.pth").write_text(f"{ROOT}\n")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pytest_alone(python: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the project's tests by a Python, without what this run's environment says."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("CI", "PYTHONPATH", "PYTEST_ADDOPTS")}
    return subprocess.run(
        [str(python), "-m", "pytest", "--doctest-modules", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=ROOT,
        env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_plain_pytest_passes_and_names_what_it_skips(tmp_path: Path) -> None:
    need("hypothesis")  # absent in the plain environment, which therefore does not start another one
    python = plain_environment(tmp_path)
    done = pytest_alone(python)
    assert done.returncode == 0, done.stdout[-4000:]
    skips = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert skips
    assert all("need" in line for line in skips), "\n".join(skips)


def test_ci_fails_where_plain_pytest_skips(tmp_path: Path) -> None:
    need("hypothesis")
    done = pytest_alone(plain_environment(tmp_path), "tests/test_dev.py", "-k", "really_says_so", CI="1")
    assert done.returncode != 0
    assert "pip" in done.stdout
