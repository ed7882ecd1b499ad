"""The formulas of the chapter on training."""

from docs._site.twins.twin import Inputs, Twin, Twins

__all__ = ["INPUTS", "TWINS"]

_WORDS = [0, 1, 0xAAAA, 0x1234_5678, 2**53 - 1]  # float64 holds them exactly

INPUTS: Inputs = {
    "reference.training.genomes.cross": [(a, b, mask) for a in _WORDS for b in _WORDS for mask in (*_WORDS, 0x0FF0)],
    "reference.training.genomes.mean_hits": [(p,) for p in (0.0, 1e-12, 0.0005, 0.015, 0.25, 0.4999)],
}

TWINS: Twins = {
    "f406f4d0a64e": Twin(lambda a, b, m: (int(a) & int(m)) | (int(b) & ~int(m))),  # cross
}
