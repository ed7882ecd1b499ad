"""Answers to the exercise `population_decode`."""


def _code(result: str) -> str:
    return f"def weight(words, place, values, scale):\n    word = int(words[place // 16])\n    return {result}\n"


WRONG = {
    "the scale is missing": _code("values[word >> 4 * (place % 16) & 15]"),
    "that is the code, not": _code("word >> 4 * (place % 16) & 15"),
    "that is the code times": _code("scale * (word >> 4 * (place % 16) & 15)"),
    "from the highest bits": _code("scale * values[word >> 4 * (15 - place % 16) & 15]"),
    "changed places": _code("scale * values[word >> 4 * (place % 16 ^ 1) & 15]"),
    "from the last word": _code("scale * values[int(words[-1 - place // 16]) >> 4 * (place % 16) & 15]"),
    "not in the first one": _code("scale * values[int(words[0]) >> 4 * (place % 16) & 15]"),
    "which four bits": _code("99.0"),
}

RIGHT = [
    _code("scale * values[word // 16 ** (place % 16) % 16]"),
    "from reference.quantization import unpack_words\n\ndef weight(words, place, values, scale):\n"
    "    return scale * values[unpack_words(words)[place]]\n",
]
