"""What grows in a small transformer at ever higher learning rates, by recipe, and whether it learns."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded

NAMES = {"llama": "Llama", "qk_norm": "QK-norm", "swin": "Swin’s order", "chameleon_34b": "34B: both"}
NOTES = {
    "rms": [("norm before: Llama, QK-norm", "llama", 2, (-4, 46)), ("norm after: Swin, 34B", "swin", 2, (34, -16))],
    "attention": [
        ("Swin’s order", "swin", 2, (-18, 16)),
        ("Llama", "llama", 2, (0, -14)),
        ("QK-norm, 34B", "chameleon_34b", 3, (4, 22)),
    ],
}
"""By panel: text, the line that it stands by, which of its points, and how far from there."""
TITLES = {"rms": "RMS of the last stream", "attention": "largest attention logit"}


def draw() -> Drawing:
    """Draw the stream and the attention logits over the rate: medians and ranges over five seeds."""
    data = recorded().experiments.stability_recipes
    rates = np.asarray(data.rates)
    chart = Chart("stability_chameleon", height=310, panels=2, right=20)
    table: dict[str, list[str]] = {"rate": [f"{rate:g}" for rate in data.rates]}
    for panel, (quantity, title) in enumerate(TITLES.items()):
        axes = chart.panels[panel]
        for series, (name, shown) in enumerate(NAMES.items(), 1):
            curve = getattr(getattr(data, name), quantity)
            axes.fill_between(rates, curve.lowest, curve.highest, color=COLORS[f"data-{series}"], alpha=0.14, lw=0)
            chart.line(rates, curve.median, series=series, panel=panel)
            table[f"{shown}, {title}"] = [f"{value:.3g}" for value in curve.median]
        for text, name, point, offset in NOTES[quantity]:
            at = (rates[point], getattr(getattr(data, name), quantity).median[point])
            chart.note(text, at, offset=offset, panel=panel, ha="center")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set_xlim(0.01, 1)
        axes.set_ylim(0.05, 2e4)
        axes.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
        axes.set_yticks([0.1, 1, 10, 100, 1000, 10_000], ["0.1", "1", "10", "100", *(power_of(10, n) for n in (3, 4))])
        chart.labels(x="learning rate", title=title, panel=panel)
    for name in NAMES:
        losses = getattr(data, name).loss
        table[f"{NAMES[name]}, loss"] = [f"{value:.3f}" for value in losses.median]
    return chart.drawing(table)
