"""Two codes in a byte in both orders, and five ternary digits in one."""

from typing import Any

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import pack_nibbles, pack_trits

CODES, TRITS = [3, 10], [1, 2, 0, 2, 1]


def draw() -> Drawing:
    """Draw three bytes as rows of eight bits, with the codes that they hold."""
    chart = Chart("quantization_packing", height=250, left=16, right=16)
    axes = chart.panels[0]
    low, high = int(pack_nibbles(CODES)[0]), int(pack_nibbles(CODES, high_first=True)[0])
    five = int(pack_trits(TRITS)[0])
    rows = [
        ("low first: ONNX, torchao", low, ["10", "3"]),
        ("high first: bitsandbytes", high, ["3", "10"]),
        ("five trits: 1 2 0 2 1", five, []),
    ]
    for place, (name, byte, halves) in enumerate(rows):
        y = 2.0 - place
        chart.note(name, (0.0, y), offset=(0, 0))
        for bit, digit in enumerate(f"{byte:08b}"):
            x = 4.1 + bit * 0.5
            color = COLORS["exponent"] if bit < 4 and halves else COLORS["fraction"] if halves else COLORS["sign"]
            axes.plot([x - 0.21, x + 0.21], [y - 0.24, y - 0.24], color=color, linewidth=3)
            chart.note(digit, (x, y), ha="center", offset=(0, 0))
        for half, code in enumerate(halves):
            chart.note(code, (4.85 + 2 * half, y), ha="center", offset=(0, 19), color=COLORS["muted"])
        chart.note(f"= {byte}", (8.2, y), offset=(0, 0))
    axes.set_xlim(0, 9)
    axes.set_ylim(-0.5, 2.8)
    axes.set_axis_off()
    table: dict[str, list[Any]] = {
        "packed": [name for name, _, _ in rows],
        "bits": [f"{byte:08b}" for _, byte, _ in rows],
        "byte": [byte for _, byte, _ in rows],
    }
    return chart.drawing(table)
