"""The tables of the proof page about other libraries: how many cases were compared with each, and how many differ."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site import vectors_affine, vectors_blocks, vectors_codebooks
from docs._site.disagreements import CASES
from docs._site.tables import LIBRARIES, rows, stored
from docs._site.vectors_affine import decoded
from reference.quantization import (
    NF4,
    absmax_quantize,
    affine_quantize,
    codebook_dequantize,
    codebook_quantize,
    pack_nibbles,
    quantize_linear,
)

__all__ = ["TABLES", "formats", "oracles", "vectors"]

TABLES = ("formats", "oracles")
Row = tuple[str, str, int, int, str]
"""A library, what it was asked, how many cases, how many differ, and why."""

ZEROS = "zeros get another scale, so that nothing is divided by 0"
TIES = "where the zero point is odd, it rounds half-way numbers to odd codes"
TORCHAO = "rows so small that it divides by a scale other than the stored one, or by 0"
GGUF = "rows so small that the stored scale is 0: what the codes say then means nothing"


def oracles() -> str:
    """Return how many cases were compared with each library, and how many differ."""
    lines = [
        [who, what, f"{cases:,}", f"{other:,}", why if other else ""] for who, what, cases, other, why in vectors()
    ]
    return rows(["library", "asked for", "cases:", "differing:", "what differs"], lines)


def formats() -> str:
    """Return by format what its codes mean, and how the codes of all float32 compare with another library's."""
    found, lines = stored()["exhaustive"], []
    for name, n in found["formats"].items():
        library = "numpy" if name == "float16" else "ml_dtypes"
        special = f"{n['finite']:,} + {n['infinite']} + {n['nan']:,}"
        cells = [n["decoded_otherwise"], n["not_back"], f"{n['inputs']:,}", f"{n['differing']:,}"]
        lines.append([f"`{name}`", f"{n['codes']:,}", special, *cells, _library(library, found["versions"])])
    special = "finite + infinite + NaN:"
    others = ["decoded otherwise:", "not encoded back:", "float32 encoded:", "to other codes:", "beside"]
    return rows(["format", "codes:", special, *others], lines)


def vectors() -> Iterator[Row]:
    """Yield what each library was asked, compared with our answers of today."""
    yield from _engine()
    yield from _affine()
    yield from _codebooks()
    yield from _blocks()
    yield from _special()


def _engine() -> Iterator[Row]:
    found = stored()["samples"]
    asked = f"its own samples of {found['operators']} operators, value and gradients"
    compared = found["samples"] - found["not_applicable"]
    yield (
        _library("torch", found),
        f"{asked} ({found['not_applicable']} more do not apply)",
        compared,
        found["differing"],
        "",
    )


def _affine() -> Iterator[Row]:
    asked = json.loads(vectors_affine.FILE.read_text(encoding="utf-8"))
    onnx, torch = (_library(name, asked["versions"]) for name in ("onnx", "torch"))
    by_onnx, by_torch = [], []
    for case in asked["cases"]:
        x = decoded(case["x"])
        codes, scale, zero = map(decoded, case["dynamic"])
        q, symmetric = affine_quantize(x), absmax_quantize(x)
        by_onnx.append(_same(q.codes, codes) and q.scale == scale and q.zero_point == zero)
        by_onnx.append(symmetric.scale == decoded(case["symmetric"]) and _same(symmetric.codes, decoded(case["onnx"])))
        by_torch.append(_same(symmetric.codes, decoded(case["torch"])))
        if case["torch_affine"]:
            by_torch.append(_same(q.codes, decoded(case["torch_affine"])))
    yield onnx, "arrays in 8 bits, with and without a zero point", *_counted(by_onnx), ZEROS
    yield torch, "the same arrays, codes", *_counted(by_torch), ""
    x = decoded(asked["ties"]["x"])
    ours = quantize_linear(x, 1.0, 1, low=-128, high=127)
    yield onnx, "half-way numbers", *_counted(ours == decoded(asked["ties"]["onnx"])), ""
    yield torch, "half-way numbers", *_counted(ours == decoded(asked["ties"]["torch"])), TIES


def _codebooks() -> Iterator[Row]:
    asked = json.loads(vectors_codebooks.FILE.read_text(encoding="utf-8"))
    same = []
    for case in asked["nf4"]:
        x = decoded(case["x"])
        q = codebook_quantize(x, NF4, block_size=64)
        packed = pack_nibbles(np.append(q.codes, np.zeros(x.size % 2, np.uint8)), high_first=True)
        theirs = (decoded(case[part]) for part in ("packed", "absmax", "back"))
        ours = (packed, q.scale, codebook_dequantize(q, NF4))
        same.append(all(_same(a, b) for a, b in zip(ours, theirs, strict=True)))
    yield _library("bitsandbytes", asked["versions"]), "arrays in NF4: codes, scales, values", *_counted(same), ""
    packed = pack_nibbles(decoded(asked["packed"]["codes"]))
    for name in ("onnx", "torchao"):
        yield (
            _library(name, asked["versions"]),
            "packed codes of 4 bits, bytes",
            *_counted(packed == decoded(asked["packed"][name])),
            "",
        )


def _blocks() -> Iterator[Row]:
    asked, found = vectors_blocks.read(), stored()["blocks"]
    for peer in ("torchao", "gguf"):
        names = [name for name in asked["answers"] if name.startswith("q") == (peer == "gguf")]
        same = [
            _block_as(name, asked["x"][row], answer) for name in names for row, answer in asked["answers"][name].items()
        ]
        why = TORCHAO if peer == "torchao" else GGUF
        yield _library(peer, asked["versions"]), "telling rows in blocks: codes, scales, values", *_counted(same), why
        counts = [found["agreement"][name] for name in names]
        numbers, differing = (sum(count[part] for count in counts) for part in ("numbers", "differing"))
        yield _library(peer, found["versions"]), "random numbers in blocks, differing bytes", numbers, differing, ""


def _block_as(name: str, x: str, answer: dict[str, str]) -> bool:
    ours = vectors_blocks.ours(name, np.frombuffer(bytes.fromhex(x), "<f4").reshape(1, -1))
    same = all(np.ascontiguousarray(ours[part]).tobytes().hex() == answer[part] for part in ("codes", "scales"))
    return same and vectors_blocks.fingerprint(ours["values"]) == answer["values"]


def _special() -> Iterator[Row]:
    found = stored()["disagreements"]
    for who, mine in (("ml_dtypes", "ours"), ("torch", "ours"), ("gfloat", "ours"), ("onnx", "ours_saturating")):
        asked = [name for name in CASES if found[who][name] != "none"]
        same = np.asarray([found[who][name] == found[mine][name] for name in asked])
        why = "what lies beyond the ends of a format; [case by case](numbers/encoding.md)"
        yield (
            _library(who, found["versions"]),
            "numbers for which a format has no place of its own",
            *_counted(same),
            why,
        )


def _same(ours: Any, theirs: Any) -> bool:
    return bool(np.array_equal(ours, theirs))


def _counted(same: Any) -> tuple[int, int]:
    found = np.asarray(same)
    return found.size, int(np.count_nonzero(~found.astype(bool)))


def _library(who: str, versions: dict[str, str]) -> str:
    return f"{LIBRARIES.get(who, who)} {versions[who].partition('+')[0]}"
