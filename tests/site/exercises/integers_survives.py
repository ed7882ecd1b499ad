"""Answers to the exercise `integers_survives`."""


def _code(line: str) -> str:
    return f"def survives(n, bits):\n    return {line}\n"


WRONG = {
    "`survives(16, 4)` is False: from its highest 1 to its lowest it has 1 bit, and 4 fit": _code("abs(n) < 2**bits"),
    "`survives(3, 1)` is True: from its highest 1 to its lowest it has 2 bits, and 1 fit": _code("True"),
    "`survives(6, 1)` is True": _code("abs(n) <= 2**bits or n % 2 == 0"),
    "`survives(12, 1)` is True": _code("abs(n) <= 2**bits or n % 4 == 0"),
    "`survives(6, 2)` is False": _code("abs(n) <= 2**bits or n & (n - 1) == 0"),
    "it is negative, which changes nothing": _code("0 <= n < (n & -n) << bits or n == 0"),
    "0 is a number of every such format": _code("abs(n) < (n & -n) << bits or n == 0 and bits != 4"),
    "needs a float that is too small for it": _code("n == 0 or float(n) == n and abs(n) < (n & -n) << bits").replace(
        "float(n)", "(n if abs(n) < 2**250 else float(n * 2**900))"
    ),
}

RIGHT = [
    "def survives(n, bits):\n    n = abs(n)\n    while n and n % 2 == 0:\n        n //= 2\n    return n < 2**bits\n",
    _code("n == 0 or abs(n).bit_length() - (n & -n).bit_length() < bits"),
]
