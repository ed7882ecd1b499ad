"""Byte-compile for the browser: runs inside Pyodide, started by `compile.mjs`, since byte code belongs to one Python.

Whatever is written depends on the input alone: sorted names, one date, Pyodide's own zlib, no random hashes.
"""

import importlib
import importlib.util
import io
import json
import marshal
import re
import site
import sys
import zipfile
from pathlib import Path

__all__ = ["archive", "compiled", "package", "runtime"]

DROPPED = re.compile(
    r"(^|/)(tests|f2py|include|_examples)/|_(operand_flag|rational|struct_ufunc|umath)_tests\.|/RECORD$"
    r"|\.(pyi|pxd|pyx|pyx\.in|h|a|c|build|ini|pc|cfg|template|rst|md)$"
)
"""What NumPy's wheel holds for compilers, type checkers and its own tests."""


def compiled(source: bytes, path: str) -> bytes:
    """Return the byte code of a module, in the form that Python never compares with the source."""
    code = compile(source, path, "exec", dont_inherit=True)
    unchecked = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + marshal.dumps(code)


def archive(files: dict[str, bytes], comment: str) -> bytes:
    """Return a zip of these files that is the same on every run."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)  # 1980, the earliest date of the format
            info.create_system, info.external_attr = 3, 0o644 << 16
            target.writestr(info, files[name], zipfile.ZIP_DEFLATED, 9)
        target.comment = comment.encode()
    return out.getvalue()


def contents(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist() if not name.endswith("/")}


def loaded(folder: str) -> set[str]:
    """Return the source files below a folder, or in a zip, that modules in memory came from, relative to it."""
    origins = {getattr(getattr(module, "__spec__", None), "origin", None) or "" for module in sys.modules.values()}
    return {origin.removeprefix(folder) for origin in origins if origin.startswith(folder) and origin.endswith(".py")}


def replaced(files: dict[str, bytes], folder: str) -> dict[str, bytes]:
    """Return the files with byte code in place of the source of each module in memory."""
    compile_these = loaded(folder)
    return {
        name + "c" if name in compile_these else name: compiled(data, folder + name) if name in compile_these else data
        for name, data in files.items()
    }


def import_all(names: list[str]) -> None:
    """Import what the site imports and NumPy has, as far as this Python has it."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:  # a page may show a library that the browser does not have
            continue
    import numpy

    for name in sorted(set(numpy.__all__) - {"f2py"}):  # the parts that NumPy loads on first use
        getattr(numpy, name)


def runtime(work: Path, names: list[str], comment: str) -> None:
    """Write the standard library and NumPy with what the site imports byte-compiled."""
    packages = site.getsitepackages()[0] + "/"
    numpy = {name: data for name, data in contents((work / "numpy.whl").read_bytes()).items() if not drop(name)}
    for name, data in numpy.items():
        path = Path(packages, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    importlib.invalidate_caches()
    import_all(names)
    library = next(path for path in sys.path if path.endswith(".zip"))
    standard = contents(Path(library).read_bytes())
    (work / "python_stdlib.zip").write_bytes(archive(replaced(standard, library + "/"), comment))
    (work / "numpy.zip").write_bytes(archive(replaced(numpy, packages), comment))


def drop(name: str) -> bool:
    """Tell whether a file of NumPy's wheel stays out."""
    return DROPPED.search(name) is not None


def package(work: Path, name: str, comment: str) -> None:
    """Write the project's modules as byte code, those of the package with their source, which readers may ask for."""
    files = contents((work / "modules.zip").read_bytes())
    tag = sys.implementation.cache_tag
    for module, data in list(files.items()):
        path = Path(module)
        try:
            code = compiled(data, module)
        except SyntaxError:  # an edit in progress: the reader's Python says what is wrong, and where
            continue
        if module.startswith("reference/"):
            files[f"{path.parent}/__pycache__/{path.stem}.{tag}.pyc"] = code
        else:  # no traceback shows the site's own lines
            files[f"{module}c"] = code
            del files[module]
    (work / name).write_bytes(archive(files, comment))


def main(folder: str) -> None:
    """Do what `job.json` in the folder says."""
    work = Path(folder)
    job = json.loads((work / "job.json").read_text())
    if job["make"] == "runtime":
        runtime(work, job["imports"], job["key"])
    else:
        package(work, job["name"], job["key"])
