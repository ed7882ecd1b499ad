"""What a common shift of the logits does to softmax once the shifted logits are rounded to a format."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.widgets._formats import to_bfloat16
from reference.activations.softmax import softmax

LOGITS = np.array([2.0, 1.0, 0.5, 0.0])
EDGES = [0, 16, 32, 48, 64, 80, 96, 112, *range(128, 1001, 32)]


def draw() -> Drawing:
    """Draw the range of the first probability over c, and two of them for a few c one after the other."""
    chart = Chart("activations_softmax_shift", height=300, panels=2, right=24)
    c = np.arange(1001.0)
    p = softmax(to_bfloat16(LOGITS + c[:, None]).astype(np.float64))
    exact = softmax(LOGITS)
    spans = [p[low:high, 0] for low, high in zip(EDGES, [*EDGES[1:], 1001], strict=True)]
    lowest, highest = [float(s.min()) for s in spans], [float(s.max()) for s in spans]
    ends = [*EDGES, 1001]
    left, right = chart.panels
    for edge in (lowest, highest):
        chart.line(ends, [*edge, edge[-1]], series=2, drawstyle="steps-post", linestyle="-", linewidth=1.2)
    left.fill_between(
        ends,
        [*lowest, lowest[-1]],
        [*highest, highest[-1]],
        step="post",
        color=COLORS["data-2"],
        alpha=0.18,
        linewidth=0,
    )
    chart.line([0, 1000], [exact[0], exact[0]])
    chart.note("bfloat16", (570, 0.86), offset=(0, 0))
    chart.note("float32", (570, 0.64), offset=(0, 0))
    left.set_xticks([0, 256, 512, 1000])
    some = np.arange(300, 317)
    for k in range(2):
        chart.line(some, p[some, k], series=k + 1, panel=1, drawstyle="steps-mid", linestyle=("-", ":")[k])
    chart.note("p₁", (308.2, 0.82), offset=(0, 0), panel=1, ha="center")
    chart.note("p₂", (308.2, 0.16), offset=(0, 0), panel=1, ha="center")
    right.set_xticks([300, 304, 308, 312, 316])
    for axes in chart.panels:
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    chart.labels(x="shift c", title="largest probability, all c", panel=0)
    chart.labels(x="shift c", title="two of the four, in bfloat16", panel=1)
    shown = [0, 100, 127, 128, 300, 301, 302, 303, 1000]
    table = {"shift c": [str(n) for n in shown]} | {f"p{k + 1}": [f"{p[n, k]:.3f}" for n in shown] for k in range(4)}
    return chart.drawing(table)
