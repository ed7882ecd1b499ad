"""Which numbers become which integer: a number line for each rounding mode."""

from fractions import Fraction

from docs._site.plot import COLORS, Chart, Drawing
from reference.numbers import RoundingMode, round_integer

NAMES = {
    RoundingMode.NEAREST_EVEN: "nearest, even",
    RoundingMode.NEAREST_AWAY: "nearest, away",
    RoundingMode.TOWARD_ZERO: "toward zero",
    RoundingMode.UP: "up",
    RoundingMode.DOWN: "down",
    RoundingMode.TO_ODD: "to odd",
}
QUARTERS = [Fraction(k, 4) for k in range(-10, 11)]
INTEGERS = range(-3, 4)
REACH = Fraction(12, 5)


def basin(mode: RoundingMode, n: int) -> tuple[Fraction, Fraction, bool, bool] | None:
    """Return the ends of the numbers within reach that become n, and whether each end is one of them."""
    inside = [x for x in QUARTERS if round_integer(x, mode) == n]
    if not inside:
        return None
    close = Fraction(1, 8)  # a quarter that belongs to n with no neighbor of n next to it is an end that is closed
    low = inside[0] if round_integer(inside[0] - close, mode) != n else inside[0] - 2 * close
    high = inside[-1] if round_integer(inside[-1] + close, mode) != n else inside[-1] + 2 * close
    low, high = max(low, -REACH), min(high, REACH)
    return low, high, round_integer(low, mode) == n, round_integer(high, mode) == n


def draw() -> Drawing:
    """Draw bars that alternate in color and height, with a dot at an end that belongs to its bar."""
    chart = Chart("numbers_rounding", height=500, right=24, left=150)
    axes = chart.panels[0]
    for row, (mode, name) in enumerate(NAMES.items()):
        for n in INTEGERS:
            ends = basin(mode, n)
            if ends is None or ends[0] >= ends[1] + (ends[2] and ends[3]):
                continue
            low, high, takes_low, takes_high = ends
            y, color = -row + (0.13 if n % 2 else -0.13), COLORS[f"data-{1 + n % 2}"]
            left = float(low) + (0 if takes_low else 0.03)  # what is open ends a little earlier, so that it shows
            right = float(high) - (0 if takes_high else 0.03)
            axes.plot([left, right], [y, y], color=color, linewidth=5, solid_capstyle="butt")
            closed = [float(x) for x, taken in ((low, takes_low), (high, takes_high)) if taken and abs(x) < REACH]
            axes.plot(closed, [y] * len(closed), color=color, linestyle="", marker="o", markersize=9)
            middle = float(low + high) / 2
            chart.note(str(n).replace("-", "−"), (middle, y), offset=(0, 13 if n % 2 else -14), ha="center")
        chart.note(name, (-2.4, -row), offset=(-10, 0), ha="right")
    axes.set_ylim(-5.65, 0.55)
    axes.set_xlim(-2.4, 2.4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(range(-2, 3), ["−2", "−1", "0", "1", "2"])
    axes.grid(axis="x", color=COLORS["line"])
    chart.labels(title="x in ulps, and the integer that it becomes")
    shown = [x for x in QUARTERS if x.denominator <= 2]
    table = {"x": [f"{float(x):g}" for x in shown]}
    table |= {name: [str(round_integer(x, mode)) for x in shown] for mode, name in NAMES.items()}
    return chart.drawing(table)
