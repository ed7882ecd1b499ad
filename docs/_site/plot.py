"""Draw a figure as one inline SVG that takes its colors from the page, so that it follows light and dark.

Matplotlib draws with stand-in colors; `Chart.drawing` replaces each by the page's CSS variable, takes the fonts out
(the style sheet sets them), shortens the numbers, and prefixes every id with the figure's name.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLORS", "Chart", "Drawing", "power_of"]

WIDTH = 640
COLORS = {name: f"#a100{number:02x}" for number, name in enumerate(
    ["ink", "muted", "line", "line-strong", "bg", "sign", "exponent", "fraction", "ok",
     "data-1", "data-2", "data-3", "data-4", "data-5", "data-6"]
)}  # fmt: skip
"""Stand-in colors by the name of the CSS variable that replaces them (`--btb-<name>`)."""

DASHES: list[Any] = ["-", (0, (8, 3)), (0, (2, 3)), (0, (8, 3, 2, 3)), (0, (12, 4)), (0, (4, 4))]
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bits-to-backprop",
    "font.family": "DejaVu Serif",
    "font.size": 12.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": COLORS["line-strong"],
    "axes.labelcolor": COLORS["muted"],
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.xmargin": 0.0,
    "grid.color": COLORS["line"],
    "grid.linewidth": 1,
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["line-strong"],
    "ytick.color": COLORS["line-strong"],
    "xtick.labelcolor": COLORS["muted"],
    "ytick.labelcolor": COLORS["muted"],
    "lines.linewidth": 2,
}


@dataclass(frozen=True)
class Drawing:
    """What a figure script returns: the SVG, the table of its data, and the values that prose may name."""

    svg: str
    table: dict[str, list[str]]
    values: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def power_of(base: int, exponent: int) -> str:
    """Return `10⁻³` for a tick label."""
    return f"{base}{str(exponent).translate(SUPERSCRIPT)}"


class Chart:
    """One figure of one or more panels side by side, with lines that are labeled where they end."""

    def __init__(self, name: str, *, height: int = 320, panels: int = 1, right: int = 90, left: int = 56) -> None:
        """Set up panels in a drawing of 640 units by `height`; `left` and `right` leave room for labels."""
        self.name, self._height = name, height
        with matplotlib.rc_context(STYLE):
            self._figure = Figure(figsize=(WIDTH / 72, height / 72))
            self.panels: list[Axes] = list(self._figure.subplots(1, panels, squeeze=False)[0])
            self._figure.subplots_adjust(
                left=left / WIDTH, right=1 - right / WIDTH, bottom=48 / height, top=1 - 24 / height, wspace=0.34
            )
            for axes in self.panels:
                axes.tick_params(length=4)

    def line(
        self,
        x: Any,
        y: Any,
        label: str | None = None,
        *,
        series: int = 1,
        panel: int = 0,
        shift: float = 0,
        **style: Any,
    ) -> None:
        """Draw data series 1 to 6; its label stands at the line's end, moved up by `shift` units."""
        axes = self.panels[panel]
        options = {"color": COLORS[f"data-{series}"], "linestyle": DASHES[series - 1], **style}
        axes.plot(x, y, **options)
        if label:
            self.note(label, (x[-1], y[-1]), offset=(6, shift), panel=panel)

    def note(
        self, text: str, at: tuple[float, float], *, offset: tuple[float, float] = (6, 0), panel: int = 0, **style: Any
    ) -> None:
        """Write a text beside a point, `offset` units away."""
        style = {"va": "center", "ha": "left", "annotation_clip": False, "color": COLORS["ink"], **style}
        self.panels[panel].annotate(text, at, offset, textcoords="offset points", fontsize=12.5, **style)

    def labels(self, x: str = "", y: str = "", *, panel: int = 0, title: str = "") -> None:
        """Name the axes of a panel."""
        axes = self.panels[panel]
        axes.set_xlabel(x, fontsize=12.5)
        axes.set_ylabel(y, fontsize=12.5)
        if title:
            axes.set_title(title, loc="left", fontsize=12.5, color=COLORS["ink"])

    def drawing(self, table: Mapping[str, Sequence[Any]], values: Mapping[str, Any] | None = None) -> Drawing:
        """Finish: `table` holds the figure's data by column, `values` what the page's prose names."""
        out = io.StringIO()
        with matplotlib.rc_context(STYLE):
            self._figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        columns = {column: [str(cell) for cell in cells] for column, cells in table.items()}
        return Drawing(_themed(out.getvalue(), self.name, self._height), columns, dict(values or {}))


def _themed(svg: str, name: str, height: int) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style[^>]*>.*?</style>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    for variable, color in COLORS.items():
        svg = svg.replace(color, f"var(--btb-{variable})")
    svg = re.sub(r"font(-size|-family|-style|-weight)?: [^;\"]*;? ?", "", svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = re.sub(r' (?:d|x|y|transform|points|width|height)="[^"]*"', lambda attribute: _shortened(attribute[0]), svg)
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda match: f' id="{name}-{match[1]}"' if match[1] in used else "", svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    svg = re.sub(r"<defs>\s*</defs>\s*", "", svg)
    head = f'<svg class="fig" viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg" '
    svg = re.sub(r"^<svg[^>]*>", head + 'xmlns:xlink="http://www.w3.org/1999/xlink">', svg)
    return re.sub(r">\s+<", "><", svg).strip()


def _shortened(attribute: str) -> str:
    return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), attribute)
