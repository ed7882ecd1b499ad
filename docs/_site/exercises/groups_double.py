"""The bits that a weight takes when its scale is quantized too."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def double_bits(bits, block, scale_bits, second):
    """Return the bits per weight; each second-level scale is a float32."""
    return bits + scale_bits / block

print(np.round(double_bits(4, 64, 8, 256), 3))
'''

ANSWER = '''\
import numpy as np

def double_bits(bits, block, scale_bits, second):
    """Return the bits per weight; each second-level scale is a float32."""
    return bits + (scale_bits + 32 / second) / block
'''


def check(names: Names) -> Iterator[str]:
    """QLoRA's numbers, and others."""
    _same(names, 4, 64, 8, 256)
    yield "QLoRA's blocks of 64 are right."
    _same(names, 4, 32, 8, 32)
    _same(names, 2, 16, 4, 16)
    yield "Other blocks and scales are right, too."
    _same(names, 8, 128, 16, 1)
    yield "Even where every scale has a float32 of its own."


def _same(names: Names, bits: int, block: int, scale_bits: int, second: int) -> None:
    call = f"double_bits({bits}, {block}, {scale_bits}, {second})"
    found = function(names, "double_bits(bits, block, scale_bits, second)")(bits, block, scale_bits, second)
    got = numbers(found, (), call)
    wanted = bits + scale_bits / block + 32 / (block * second)
    if np.isclose(got, wanted):
        return
    recognize(
        got,
        {
            f"`{call}` counts the quantized scales alone: their own float32 scales are stored, too.": (
                bits + scale_bits / block
            ),
            f"`{call}` gives each {second} weights a float32: it is each {second} *scales*, of {block} weights each.": (
                bits + scale_bits / block + 32 / second
            ),
            f"`{call}` still counts a float32 for each block: the quantized scale stands in its place.": (
                bits + (32 + scale_bits) / block
            ),
            f"`{call}` gives every weight a scale: a scale is shared by {block} weights.": bits + scale_bits,
        },
    )
    raise Wrong(f"`{call}` is {float(got):.4g}, expected {wanted:.4g}.")
