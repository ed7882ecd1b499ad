"""A block of each format in memory: the scale's bits, and the elements' bits, drawn to scale."""

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import BLOCK_FORMATS

NAMES = {"mxfp8": "MXFP8", "mxfp4": "MXFP4", "nvfp4": "NVFP4", "q4_0": "Q4_0", "q8_0": "Q8_0"}
HALF = 0.28


def draw() -> Drawing:
    """Draw a bar for each format, cut into its elements, with the scale in front."""
    chart = Chart("quantization_blocks", height=330, left=72, right=72)
    axes = chart.panels[0]
    heads = ["format", "elements", "element", "bits of the elements", "scale", "bits of the scale", "bits a weight"]
    columns: dict[str, list[str]] = {head: [] for head in heads}
    for row, (name, label) in enumerate(NAMES.items()):
        f = BLOCK_FORMATS[name]
        y, bits, all_bits = -row, f.element.bits, f.scale.bits + f.block_size * f.element.bits
        axes.broken_barh([(0, f.scale.bits)], (y - HALF, 2 * HALF), facecolor=COLORS["sign"])
        axes.broken_barh([(f.scale.bits, f.block_size * bits)], (y - HALF, 2 * HALF), facecolor=COLORS["fraction"])
        cuts = [f.scale.bits + bits * i for i in range(f.block_size)]
        axes.vlines(cuts, y - HALF, y + HALF, color=COLORS["bg"], linewidth=1)
        chart.note(label, (0, y), offset=(-10, 0), ha="right")
        share = all_bits / f.block_size
        chart.note(f"{share:g}", (all_bits, y), offset=(8, 0))
        cells = [label, f.block_size, f.element.name, f.block_size * bits, f.scale.name, f.scale.bits, f"{share:g}"]
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(str(cell))
    chart.note("scale", (0, 0.62), offset=(0, 0), ha="left", color=COLORS["sign"])
    chart.note("elements", (40, 0.62), offset=(0, 0), ha="left", color=COLORS["fraction"])
    chart.note("bits a weight", (276, 0.62), offset=(56, 0), ha="right")
    axes.set_xlim(0, 276)
    axes.set_ylim(-4.5, 0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.set_xticks([0, 64, 128, 192, 256])
    chart.labels(x="bits of one block")
    return chart.drawing(columns)
