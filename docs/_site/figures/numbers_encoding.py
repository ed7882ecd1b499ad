"""0.1 + 0.2 on the number lines of three formats, in ulps from the number that is nearest to 0.3."""

from fractions import Fraction

from docs._site.plot import COLORS, Chart, Drawing
from reference.numbers import FLOAT16, FLOAT32, FLOAT64, FloatFormat, breakdown

FORMATS = (FLOAT64, FLOAT32, FLOAT16)


def places(form: FloatFormat) -> dict[str, Fraction]:
    """Return where 0.3, the exact sum of the two floats and the rounded sum lie."""
    origin = breakdown("0.3", form)
    parts = [breakdown(text, form).value for text in ("0.1", "0.2")]
    exact = Fraction(parts[0]) + Fraction(parts[1])
    wanted = {"0.3": Fraction("0.3"), "sum of the floats": exact, "rounded": Fraction(breakdown(exact, form).value)}
    assert origin.ulp is not None
    return {name: (x - Fraction(origin.value)) / origin.ulp for name, x in wanted.items()}


def draw() -> Drawing:
    """Draw a line for each format, with its numbers as ticks, and an arrow from the exact sum to what it becomes."""
    chart = Chart("numbers_encoding", height=260, right=24, left=80)
    axes = chart.panels[0]
    found = {form.name: places(form) for form in FORMATS}
    for row, (name, at) in enumerate(found.items()):
        y = -row
        axes.plot([-1.4, 1.4], [y, y], color=COLORS["line-strong"], linewidth=1)
        axes.plot([-1, 0, 1], [y] * 3, color=COLORS["ink"], linestyle="", marker="|", markersize=16, markeredgewidth=2)
        three, exact, rounded = (float(x) for x in at.values())
        axes.plot(
            [exact, exact, rounded, rounded], [y, y + 0.3, y + 0.3, y + 0.14], color=COLORS["sign"], linewidth=1.5
        )
        axes.plot([rounded], [y + 0.17], color=COLORS["sign"], linestyle="", marker="v", markersize=6)
        axes.plot([exact], [y], color=COLORS["sign"], linestyle="", marker="o", markersize=7)
        axes.plot([three], [y], color=COLORS["fraction"], linestyle="", marker="D", markersize=6)
        chart.note(name, (-1.4, y), offset=(-8, 0), ha="right")
    chart.note("0.3", (float(found["float64"]["0.3"]), 0), offset=(0, -16), ha="center")
    chart.note("exact sum of the two floats", (0.5, 0), offset=(0, 29), ha="center")
    axes.set_ylim(-2.5, 0.75)
    axes.set_xlim(-1.4, 1.4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([-1, 0, 1], ["one ulp below", "the float nearest to 0.3", "one ulp above"])
    table = {"format": list(found)} | {key: [str(at[key]) for at in found.values()] for key in found["float64"]}
    table["0.3"] = [f"{float(at['0.3']):+.1f}" for at in found.values()]
    return chart.drawing(table)
