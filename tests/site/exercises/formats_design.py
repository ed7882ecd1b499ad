"""Answers to the exercise `formats_design`."""


def _code(arguments: str) -> str:
    return f'from reference.numbers import FloatFormat\n\ndef design():\n    return FloatFormat("mine", {arguments})\n'


WRONG = {
    "returns a NoneType": "def design():\n    pass",
    "Your format has 9 bits": _code("4, 4"),
    "no −1/3": _code("4, 4, signed=False"),
    "which is 6.2% off. Its fraction has 2 bits": _code("5, 2"),
    "which is 3.1% off. Its fraction has 3 bits": _code("4, 3, infinities=False, nan='all_ones'"),
    "There it is subnormal": _code("3, 4, bias=1, infinities=False, nan='all_ones'"),
    "which of them can you do without": _code("3, 4"),
    "Its bias moves the whole range": _code("3, 4, bias=4, infinities=False, nan='all_ones'"),
    "Your format has no NaN": _code("3, 4, infinities=False, nan='none'"),
    "returns a str": "def design():\n    return 'float8_e3m4'",
}

RIGHT = [_code("3, 4, infinities=False, nan='negative_zero'")]
