"""The values of a small format against their codes, on a linear and on a logarithmic scale."""

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.numbers import FLOAT6_E3M2FN, FloatValue, decode

FORMAT = FLOAT6_E3M2FN


def draw() -> Drawing:
    """Draw every nonnegative value of E3M2 over its code, with a line from each power of two to the next."""
    chart = Chart("numbers_floats", height=300, panels=2, right=24)
    values = [decode(code, FORMAT) for code in range(FORMAT.magnitudes)]
    step = 2**FORMAT.fraction_bits
    edges = [*values[::step], values[-1]]
    for panel, (axes, low) in enumerate(zip(chart.panels, (0, 1), strict=True)):
        line, marks = [x for x in edges if x.code >= low], values[low:]
        chart.line(*_points(line), panel=panel)
        axes.plot(*_points(marks), "o", markersize=3.5, color=COLORS["ink"], markeredgewidth=0)
        axes.set_xticks(range(0, FORMAT.magnitudes + 1, 2 * step))
        axes.set_xlim(-1, FORMAT.magnitudes)
        chart.labels(x="code", title=("value", "value, logarithmic")[panel], panel=panel)
    left, right = chart.panels
    left.set_yticks([0, 4, 8, 16, 28])
    right.set_yscale("log", base=2)
    right.set_yticks([float(2.0**k) for k in range(-4, 5, 2)], [power_of(2, k) for k in range(-4, 5, 2)])
    right.minorticks_off()
    chart.note("8 to 14", (25, 10), offset=(-58, 0))
    chart.note("16 to 28", (29.5, 22), offset=(-72, 0))
    chart.note("subnormal", (2, 0.09), offset=(12, -8), panel=1)
    table: dict[str, list[str]] = {
        "code": [str(x.code) for x in values],
        "bits": [x.pattern for x in values],
        "class": [x.kind for x in values],
        "value": [x.decimal for x in values],
    }
    return chart.drawing(table)


def _points(values: list[FloatValue]) -> tuple[list[int], list[float]]:
    return [x.code for x in values], [float(x.value) for x in values]
