"""The next larger float32 by arithmetic on the bits, with a case for each sign, zero, infinity and NaN."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def next_float(x):
    """Return the smallest float32 that is larger than the float32 x.
    Infinity and NaN have none, and are returned as they are."""
    code = int(np.float32(x).view(np.uint32))
    # your code here
    return np.uint32(code).view(np.float32)

print(next_float(1.0), next_float(-1.0))
'''

ANSWER = '''\
import numpy as np

def next_float(x):
    """Return the smallest float32 that is larger than the float32 x.
    Infinity and NaN have none, and are returned as they are."""
    x = np.float32(x)
    code = int(x.view(np.uint32))
    if np.isnan(x) or x == np.inf:
        return x
    if x == 0:
        code = 1  # the smallest subnormal number, after either zero
    elif x > 0:
        code += 1
    else:
        code -= 1  # smaller in size, so larger
    return np.uint32(code).view(np.float32)

print(next_float(1.0), next_float(-1.0))
'''


def check(names: Names) -> Iterator[str]:
    """Look at positive numbers, negative ones, the zeros, both ends, random ones, and at the way."""
    for x in (1.0, 0.1, 1.9999999, 1e-45):
        _positive(names, np.float32(x))
    yield "Above zero it is right, across a power of two and among the subnormal numbers."
    for x in (-1.0, -0.1, -2.0):
        _negative(names, np.float32(x))
    yield "Below zero it goes toward zero."
    _zeros(names)
    yield "After both zeros comes the smallest number, and after the last negative one a zero."
    _ends(names)
    yield "After the largest number comes infinity; infinity and NaN stay, and −∞ has a next."
    _random(names)
    yield "It is right for random bits."
    _by_bits(names)
    yield "It does so by the bits."


def _next(names: Names, x: np.float32) -> np.float32:
    found = numbers(function(names, "next_float(x)")(x), (), f"next_float({x:.9g})")
    with np.errstate(over="ignore"):
        return np.float32(found)


def _told(x: np.float32, found: np.float32, wanted: np.float32) -> str:
    return f"`next_float({x:.9g})` is {found:.9g}, expected {wanted:.9g}"


def _true(x: np.float32) -> np.float32:
    result: np.float32 = np.nextafter(x, np.float32(np.inf))
    return result


def _positive(names: Names, x: np.float32) -> None:
    found, wanted = _next(names, x), _true(x)
    if found == wanted:
        return
    said = _told(x, found, wanted)
    if found == x:
        raise Wrong(f"{said}: it has not moved.")
    if found == np.nextafter(x, np.float32(-np.inf)):
        raise Wrong(f"{said}: that is the float before it.")
    if found == np.float32(x + np.float32(1)):
        raise Wrong(f"{said}: you add 1 to the number. Add it to the bits.")
    if found == np.float32(x * (1 + np.finfo(np.float32).eps)):
        raise Wrong(f"{said}: a multiple of eps is a step only right above a power of two. Add 1 to the bits.")
    if x == np.float32(0.1):
        raise Wrong(f"{said}: a step of eps is right between 1 and 2 alone. Add 1 to the bits.")
    raise Wrong(f"{said}.")


def _negative(names: Names, x: np.float32) -> None:
    found, wanted = _next(names, x), _true(x)
    if found == np.nextafter(x, np.float32(-np.inf)):
        raise Wrong(f"{_told(x, found, wanted)}: below zero more bits are a larger size, so a smaller number.")
    if found != wanted:
        raise Wrong(f"{_told(x, found, wanted)}.")


def _zeros(names: Names) -> None:
    tiny = np.float32(2.0**-149)
    for x in (np.float32(0.0), np.float32(-0.0)):
        found = _next(names, x)
        if found == tiny:
            continue
        said = _told(x, found, tiny)
        if np.isnan(found):
            raise Wrong(f"{said}: −0 is 0x80000000, and one less is a NaN. The zeros need a case of their own.")
        if found == 0:
            raise Wrong(f"{said}: the two zeros are one number, so the other zero is not larger.")
        raise Wrong(f"{said}: −0 is not negative, its sign is only a bit.")
    if (found := _next(names, -tiny)) != 0:
        raise Wrong(f"{_told(-tiny, found, np.float32(-0.0))}.")


def _ends(names: Names) -> None:
    largest = np.finfo(np.float32).max
    cases = {largest: "the code after the largest number is infinity's", -np.float32(np.inf): "it has a next number"}
    for x, why in cases.items():
        if (found := _next(names, x)) != _true(x):
            raise Wrong(f"{_told(x, found, _true(x))}: {why}.")
    if np.isnan(_next(names, np.float32(np.inf))):
        raise Wrong("`next_float(inf)` is NaN: the code after infinity's is a NaN. Return infinity itself.")
    if _next(names, np.float32(np.inf)) != np.inf:
        raise Wrong("`next_float(inf)` is not infinity: nothing is larger, so return it.")
    if not np.isnan(found := _next(names, np.float32(np.nan))):
        raise Wrong(f"`next_float(nan)` is {found:.9g}: a NaN goes through.")


def _random(names: Names) -> None:
    codes = np.random.default_rng(0).integers(0, 2**32, 400, dtype=np.uint32).view(np.float32)
    for x in codes[~np.isnan(codes)]:
        if (found := _next(names, x)) != _true(x):
            raise Wrong(f"{_told(x, found, _true(x))}.")


def _by_bits(names: Names) -> None:
    used = {"nextafter", "spacing"}.intersection(getattr(names["next_float"], "__code__", check.__code__).co_names)
    if used:
        raise Wrong(f"The values are right, but your code calls `{used.pop()}`: use the bits.")
