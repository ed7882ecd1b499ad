"""Answers to the exercise `floats_name`."""


def _code(line: str, mine: str = "spell('Eve.')") -> str:
    head = "import struct\nimport numpy as np\n\n"
    return f"{head}def spell(word):\n    {line}\n\nmine = {mine}\n"


GOOD = "return struct.unpack('>f', word.encode())[0]"

WRONG = {
    "from the last letter to the first": _code("return np.frombuffer(word.encode(), '<f4')[0]"),
    "converts the number": _code("return np.float32(int.from_bytes(word.encode(), 'big'))"),
    "what code do the letters make": _code("return np.float32(0)"),
    "expected 917.584961": _code("return np.float32(917)"),
    "`spell('BITS')` is": _code("return struct.unpack('>f', word.lower().capitalize().encode())[0]"),
    "returns None": _code("struct.unpack('>f', word.encode())"),
    "has shape (1,)": _code("return np.frombuffer(word.encode(), '>f4')"),
    "`mine` is still open": _code(GOOD, "None"),
    "not all of its four bytes are letters": _code(GOOD, "1.0"),
    "which is no float32": _code(GOOD, "0.1"),
}

RIGHT = [
    _code(GOOD),
    _code("return np.frombuffer(word.encode(), '>f4')[0]", "12.078431129455566"),
    _code("return np.array([ord(c) for c in word[::-1]], dtype=np.uint8).view('<f4')[0]", "spell('a b~')"),
]
