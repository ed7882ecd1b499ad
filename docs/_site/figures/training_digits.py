"""Twenty handwritten digits: the first ten of the file, and ten that another writer wrote later."""

from docs._site.plot import Drawing
from reference.training import digits

ROWS = {"first rows of the file": 0, "from row 1,200 on": 1200}
SIDE, STEP, LEFT = 52, 62, 12


def levels(pixels: list[list[int]], left: int, top: int) -> dict[int, str]:
    """Return the squares of one image as path data, by their level."""
    size = SIDE / 8
    paths: dict[int, str] = {}
    for i, row in enumerate(pixels):
        for j, level in enumerate(row):
            if level:
                place = f"M{left + j * size:g} {top + i * size:g}h{size:g}v{size:g}h-{size:g}z"
                paths[level] = paths.get(level, "") + place
    return paths


def draw() -> Drawing:
    """Draw each image with one path for each gray level, in the color of the text."""
    x, y = digits()
    images = (x * 16).astype(int).reshape(-1, 8, 8)
    paths: dict[int, str] = {}
    labels, table = [], {"rows": list(ROWS), "digits": []}
    for place, start in enumerate(ROWS.values()):
        top = 8 + place * (SIDE + 34)
        first = next(row for row in range(start, len(y)) if (y[row : row + 10] == range(10)).all())
        for k in range(10):
            left = LEFT + k * STEP
            for level, path in levels(images[first + k].tolist(), left, top).items():
                paths[level] = paths.get(level, "") + path
            middle, below = left + SIDE // 2, top + SIDE + 18
            labels.append(f'<text x="{middle}" y="{below}" style="text-anchor: middle">{y[first + k]}</text>')
        table["digits"].append(" ".join(str(label) for label in y[first : first + 10]))
    drawn = "".join(f'<path d="{path}" opacity="{level / 16:g}"/>' for level, path in sorted(paths.items()))
    svg = (
        '<svg class="fig" viewBox="0 0 640 186" xmlns="http://www.w3.org/2000/svg">'
        f'<g style="fill: var(--btb-ink)">{drawn}{"".join(labels)}</g></svg>'
    )
    return Drawing(svg, table)
