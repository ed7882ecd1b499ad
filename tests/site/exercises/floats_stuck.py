"""Answers to the exercise `floats_stuck`."""


def _code(*lines: str, missing: str = "2**24 + 1") -> str:
    head = "from fractions import Fraction\nfrom reference.numbers import FLOAT32, decode, encode\n\n"
    return f"{head}def stuck(form):\n" + "".join(f"    {line}\n" for line in lines) + f"\nmissing = {missing}\n"


GOOD = "return 2 ** (form.fraction_bits + 1)"

WRONG = {
    "but plus 1 it is 2.": _code("return Fraction(1)"),
    "There the steps are still 1": _code("return 2**form.fraction_bits"),
    "a tie goes to the even neighbor": _code("return 2 ** (form.fraction_bits + 2)"),
    "at a smaller number neither": _code("return form.max"),
    "no number of the format": _code("return 2 ** (form.fraction_bits + 1) + 1"),
    "expected a positive number": _code("return 0"),
    "`stuck(bfloat16)`": _code("return 2048"),
    "`stuck(mine)`": _code(
        "return {2: 8, 3: 16, 7: 256, 10: 2048, 23: 2**24, 52: 2**53}[form.fraction_bits] + 8 * (form.bits == 7)"
    ),
    "`missing` is still open": _code(GOOD, missing="None"),
    "Is the next one?": _code(GOOD, missing="2**24"),
    "at that size the steps are 2": _code(GOOD, missing="2**24 + 2"),
    "which is a float32": _code(GOOD, missing="2**25"),
    "a smaller one is missing too": _code(GOOD, missing="2**24 + 3"),
    "expected a positive whole number": _code(GOOD, missing="0.5"),
}

RIGHT = [
    _code(GOOD),
    _code("return form.largest_exact_integer", missing="16777217.0"),
    _code(
        "x = 1",
        "while decode(encode(x + 1, form), form).value == x + 1:",
        "    x = x + 1 if form.bits < 17 else 2 * x",
        "return x",
    ),
]
