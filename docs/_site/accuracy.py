"""The tables of the proof page about errors in ulp: what `dev.py verify --only ulp` has recorded."""

from typing import Any

from docs._site.tables import LIBRARIES, linked, rows, said, stored
from docs._site.ulp import REFERENCES, ROW_REFERENCES, ROWS
from docs._site.verify import PARTS, identifier
from reference import activations

__all__ = ["TABLES", "each_row", "functions", "layers", "of_rows"]

TABLES = ("each_row", "functions", "layers", "of_rows")
WHO = ("ours", "torch", "scipy", "jax", "textbook")
LAYERS = {"mean_0": "mean 0", "mean_1e3": "mean 1,000", "mean_1e6": "mean 1,000,000", "normal": "normal"}
LAYERS |= {"constant": "constant", "large": "times 10<sup>20</sup>", "small": "times 10<sup>−25</sup>"}


def functions() -> str:
    """Return by function of one number the worst error and the input that causes it."""
    found = stored()["ulp"]
    parts = [part for name in REFERENCES for part, *_ in PARTS.get(name, [(name,)])]
    lines = [[_name(part), *(_worst(found[part].get(who)) for who in WHO)] for part in parts]
    return rows(["function", *_heads()], lines)


def of_rows() -> str:
    """Return by function of a row the worst error over all rows, and the kind of rows that causes it."""
    lines = []
    for name in ROW_REFERENCES:
        cells = []
        for who in WHO:
            cases = stored()["ulp"][name][who]
            kind = max(ROWS, key=lambda rows: cases[identifier(rows)]["worst"])
            cells.append(f"{said(cases[identifier(kind)]['worst'], '.4g')}<br>{kind}")
        lines.append([_name(name), *cells])
    return rows(["function", *_heads()], lines)


def each_row() -> str:
    """Return the worst error by function and kind of rows."""
    found = stored()["ulp"]
    lines = [
        [_name(name), kind, *(said(found[name][who][identifier(kind)]["worst"], ".4g") for who in WHO)]
        for name in ROW_REFERENCES
        for kind in ROWS
    ]
    return rows(["function", "rows", *(f"{head}:" for head in _heads())], lines)


def layers() -> str:
    """Return the worst error of layer norm and RMS norm by kind of rows; a library without the layer has no cell."""
    found = stored()["experiments"]["normalization_rows"]
    heads = [f"{_library(who, found['versions'])}:" for who in ("ours", "torch", "jax")]
    lines = []
    for layer in ("layer", "rms"):
        for kind, words in LAYERS.items():
            if kind in found[layer]["ours"]:
                errors = (found[layer].get(who, {}).get(kind) for who in ("ours", "torch", "jax"))
                shown = [said(error["high"], ".4g") if error else "" for error in errors]
                lines.append(
                    [linked(f"reference.normalization.{layer}_norm.{layer}_norm", f"`{layer}_norm`"), words, *shown]
                )
    return rows(["layer", "rows", *heads], lines)


def _heads() -> list[str]:
    return [_library(who, stored()["ulp"]["versions"]) for who in WHO]


def _library(who: str, versions: dict[str, str]) -> str:
    return f"{LIBRARIES.get(who, who)} {versions.get(who, '').partition('+')[0]}".strip()


def _name(part: str) -> str:
    name = part.removesuffix("_tail").removesuffix("_tanh")
    words = f"`{name}`" + {"gelu_tanh": " by tanh"}.get(part, " below −87.3" if part.endswith("_tail") else "")
    return linked(f"{getattr(activations, name).__module__}.{name}", words)


def _worst(found: dict[str, Any] | None) -> str:
    return f"{said(found['worst'], '.4g')}<br>at {said(found['at'][0], '.9g')}" if found else ""
