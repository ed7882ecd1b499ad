"""The handwritten digits: taken from a wheel by hash, kept, put where the package and the site look for them."""

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from docs._site import digits
from docs._site.fetch import Unavailable, keep, kept

FILE = b"a table of digits"


def pip(content: bytes, status: int = 0) -> Any:
    """Stand for pip: put a wheel with this content into the folder that it is given."""

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if not status:
            wheel = io.BytesIO()
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr(zipfile.ZipInfo("sklearn/datasets/data/digits.csv.gz"), content)
            Path(command[command.index("-d") + 1], "it.whl").write_bytes(wheel.getvalue())
        return subprocess.CompletedProcess(command, status, "", "ERROR: no route to the index")

    return run


def wheel_hash(content: bytes, folder: Path) -> str:
    pip(content)(["-d", str(folder)])
    return hashlib.sha256((folder / "it.whl").read_bytes()).hexdigest()


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Stand where nothing may be asked."""
    raise AssertionError("pip was asked")


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache, a small file and a wheel of it; return where the file belongs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(digits, "SHA256", hashlib.sha256(FILE).hexdigest())
    monkeypatch.setattr(digits, "WHEEL", wheel_hash(FILE, tmp_path))
    return tmp_path / "site" / "digits.csv.gz"


def test_the_site_has_it_where_the_package_looks() -> None:
    assert digits.TARGET.parts[-7:] == ("docs", "_site", "theme", "assets", "generated", "data", "digits.csv.gz")


def test_it_is_taken_out_of_the_wheel_kept_and_put_in_place(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip(FILE))
    assert digits.path(target).read_bytes() == FILE
    assert kept(digits.NAME, digits.SHA256) == FILE


def test_what_stands_or_is_kept_is_not_fetched(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", refuse)
    keep(digits.NAME, FILE)
    assert digits.path(target).read_bytes() == FILE
    target.write_bytes(b"half of it")
    assert digits.path(target).read_bytes() == FILE
    for entry in (target.parents[1] / "cache").rglob("digits*"):
        entry.unlink()
    assert digits.path(target).read_bytes() == FILE


@pytest.mark.parametrize(
    ("run", "said"), [(pip(FILE, 1), "no route to the index"), (pip(b"other"), "its content is another")]
)
def test_without_it_one_sentence_says_why(
    run: Any, said: str, target: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Unavailable, match=said):
        digits.path(target)
    assert not target.exists()
    for ci, status in (("", 0), ("1", 1)):
        monkeypatch.setenv("CI", ci)
        monkeypatch.setattr(digits.path, "__defaults__", (target,))
        assert digits.main() == status
        assert "Pages that train on digits will not run: no source has digits.csv.gz" in capsys.readouterr().out
