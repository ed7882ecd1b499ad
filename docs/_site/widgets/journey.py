"""Compute one weight's journey: all stations of a weight of a small network that reads digits, as numbers and in words.

The network is trained once, when the first state is asked for. `::still journey` shows the same stations on the first
page of the site, without the controls.
"""

from functools import cache, lru_cache
from typing import Any

import numpy as np

from reference.journey import PICTURE, PLACE, RATE, Attempt, Journey, Reader, follow, train_reader
from reference.training import digits

__all__ = ["DEFAULTS", "compute"]

DEFAULTS: dict[str, Any] = {"weight": 0.7, "picture": PICTURE, "rate": RATE, "bit": 3}
LIMITS: dict[str, tuple[float, float]] = {"weight": (-1.5, 1.5), "picture": (0, 358), "rate": (0, 3), "bit": (0, 3)}
WHOLE = ("picture", "bit")
GRID = np.linspace(*LIMITS["weight"], 61)
BINS, REACH = 16, 3  # the drawing of the sums: its columns, and how many standard deviations it reaches
SPACE = "\N{NO-BREAK SPACE}"
LINKS = {
    "mlp": ("training", "MLP"),
    "floats": ("numbers", "Floats"),
    "codebooks": ("quantization", "Codebooks"),
    "linearity": ("activations", "Linearity"),
    "batch_norm": ("normalization", "Batch norm"),
    "rectifiers": ("activations", "ReLU"),
    "softmax": ("activations", "Softmax"),
    "losses": ("training", "Losses"),
    "graph": ("autograd", "Graph"),
    "tensor": ("autograd", "Tensor"),
    "optimizers": ("training", "Optimizers"),
    "steps": ("stability", "Steps"),
    "genomes": ("training", "Genomes"),
    "genetic": ("training", "Genetic algorithm"),
    "population": ("training", "Population"),
}
"""The page that explains a station: its chapter and its name in the navigation."""


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    reader, journey = _reader(), _followed(s["weight"], s["picture"], s["rate"])
    flipped = journey.flipped[3 - s["bit"]]
    marks = {"now": journey.now, "step": journey.stepped, "flip": flipped}
    return {
        "limits": LIMITS,
        "stations": _stations(s, journey, flipped),
        "pattern": journey.stored.pattern.split(),
        "codes": [f"{code:04b}" for code in (journey.code, journey.code ^ 1 << s["bit"])],
        "pixels": (16 * reader.x[s["picture"]]).astype(int).tolist(),
        "pixel": PLACE[0],
        "label": journey.road.label,
        "total": journey.total,
        "sums": _counted(journey),
        "slopes": [_number(x, 3) for x in (journey.gradient, journey.road.signal, journey.gate, journey.arriving)],
        "curve": _curve(s["picture"]),
        "tangent": journey.gradient,
        "marks": {name: [mark.weight, mark.loss] for name, mark in marks.items()},
        "flips": [[flip.weight, flip.loss] for flip in journey.flipped],
        "shares": {name: mark.shares.round(4).tolist() for name, mark in marks.items()},
        "text": _words(s, journey, flipped),
    }


@cache
def _reader() -> Reader:
    return train_reader(digits())


@lru_cache(maxsize=512)  # the slider's 301 stops: dragged back, they need no new journey
def _followed(weight: float, picture: int, rate: float) -> Journey:
    return follow(_reader(), weight, picture=picture, rate=rate)


@lru_cache(maxsize=8)
def _curve(picture: int) -> list[list[float]]:
    """Return the loss of a picture for every weight that the slider reaches."""
    curve: list[list[float]] = np.stack([GRID, _reader().road(picture).loss(GRID)], axis=1).round(4).tolist()
    return curve


def _counted(journey: Journey) -> dict[str, Any]:
    """Return where the unit's sums over all pictures lie: the ends of the range, and how many each part holds."""
    center, spread = journey.typical
    counts, ends = np.histogram(journey.sums, BINS, range=(center - REACH * spread, center + REACH * spread))
    return {"ends": [float(ends[0]), float(ends[-1])], "counts": counts.tolist()}


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key, value in state.items():
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
        low, high = LIMITS[key]
        if type(value) not in (int, float) or not low <= value <= high:
            raise ValueError(f"{key} must be a number from {low} to {high}, got {value!r}")
        if key in WHOLE and type(value) is not int:
            raise ValueError(f"{key} must be a whole number, got {value!r}")
    return DEFAULTS | state


# In words


def _number(value: float, digits: int = 4) -> str:
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def _times(*factors: str) -> str:
    return f"{SPACE}×{SPACE}".join(factors)


def _rounded(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def _share(attempt: Attempt, digit: int) -> str:
    return f"{attempt.shares[digit]:.0%}"


def _station(name: str, value: str, text: str, *links: str) -> dict[str, Any]:
    pages = [[LINKS[link][1], f"../{LINKS[link][0]}/{link}/"] for link in links]
    return {"name": name, "value": value, "text": text, "links": pages}


def _stations(s: dict[str, Any], journey: Journey, flipped: Attempt) -> list[dict[str, Any]]:
    """Return the name, the value, the sentence and the pages of each station."""
    road, weight = journey.road, _number(s["weight"])
    typical, standing = f"{SPACE}±{SPACE}".join(map(_rounded, journey.typical)), _rounded(journey.standing)
    passed = "Positive, so it passes unchanged." if journey.gate else "Not positive, so 0 goes on."
    return [
        _station("A weight", weight, "One of the numbers that a network learns. This one reads digits.", "mlp"),
        _station("Its 32 bits", "", _stored(weight, journey), "floats"),
        _station("Its 4-bit code", _number(journey.rounded.weight), _coded(journey), "codebooks"),
        _station(
            "Times its input",
            _number(journey.total),
            f"Its pixel is {_number(road.signal)}: {_times(_number(road.signal), weight)} = "
            f"{_number(road.signal * journey.now.weight)}. With all that the unit adds, {_number(journey.total)}.",
            "linearity",
        ),
        _station(
            "Is that much?",
            f"{standing} σ",
            f"Over {len(_reader().x)} pictures this sum is {typical}. Batch norm would hand on {standing}.",
            "batch_norm",
        ),
        _station("Through ReLU", _number(max(journey.total, 0)), passed, "rectifiers"),
        _station("Into the loss", _number(journey.now.loss), _judged(journey), "softmax", "losses"),
        _station("The gradient comes back", _number(journey.gradient), _returned(journey), "graph", "tensor"),
        _station("A step downhill", _number(journey.stepped.weight), _stepped(s, journey), "optimizers", "steps"),
        _station("Or a bit flips", _number(flipped.weight), _flipped(journey, flipped), "genomes", "genetic"),
        _station("The answer, before and after", "", _answered(journey, flipped), "population"),
    ]


def _stored(weight: str, journey: Journey) -> str:
    if journey.stored.error == 0:
        return f"A float32 holds {weight} exactly."
    decimal = journey.stored.decimal.replace("-", "−")
    return f"A float32 has no {weight} and takes its nearest number, {decimal}."


def _coded(journey: Journey) -> str:
    lost = _number(abs(journey.rounded.weight - journey.now.weight))
    said = f"A sign and a power of two, times {_number(journey.scale)}. Lost: {lost}."
    return f"{said} Rounded so, the loss is {_number(journey.rounded.loss)}."


def _judged(journey: Journey) -> str:
    label, answer, share = journey.road.label, journey.now.answer, _share(journey.now, journey.road.label)
    said = "says so" if answer == label else f"says {answer}"
    return (
        f"The picture is a {label}, and the network {said}. The {label} gets {share}; the loss is −log of that share."
    )


def _returned(journey: Journey) -> str:
    if not journey.gate:
        return "ReLU is flat here, so nothing returns: from this picture the weight learns nothing."
    if not journey.road.signal:
        return "The pixel is blank, so nothing returns: from this picture the weight learns nothing."
    parts = _times(*(_number(part, 3) for part in (journey.arriving, journey.gate, journey.road.signal)))
    return f"What arrives at the unit, times ReLU’s slope, times the pixel: {parts}."


def _stepped(s: dict[str, Any], journey: Journey) -> str:
    now, moved = _number(s["weight"]), _moved(journey.now, journey.stepped)
    first = f"{now} − {_times(_number(s['rate']), _number(journey.gradient))}: the loss {moved}."
    if journey.limit >= 99:  # or infinite: so far out it says nothing
        return first
    return f"{first} Were the curve a parabola, steps would run away from a rate of {_number(journey.limit, 2)} on."


def _flipped(journey: Journey, flipped: Attempt) -> str:
    better = sum(flip.loss < journey.rounded.loss for flip in journey.flipped)
    help = (
        "None of the four helps",
        "One of the four helps",
        "Two of the four help",
        "Three of the four help",
        "All four help",
    )
    moved = _moved(journey.rounded, flipped)
    return f"A genetic algorithm flips a bit of the code and looks: the loss {moved}. {help[better]}."


def _moved(before: Attempt, after: Attempt) -> str:
    old, new = _number(before.loss), _number(after.loss)
    if old == new:
        return f"stays {new}"
    return f"{'falls' if after.loss < before.loss else 'rises'} from {old} to {new}"


def _answered(journey: Journey, flipped: Attempt) -> str:
    tries = (journey.now, journey.stepped, flipped)
    answers, shares = [attempt.answer for attempt in tries], [_share(attempt, journey.road.label) for attempt in tries]
    return (
        f"The network says {answers[0]} as it is, {answers[1]} after the step and {answers[2]} after the flip. "
        f"The {journey.road.label}, which is right, gets {shares[0]}, {shares[1]} and {shares[2]}."
    )


def _words(s: dict[str, Any], journey: Journey, flipped: Attempt) -> str:
    """Return the journey in a few sentences, for those who do not see it."""
    weights = (
        s["weight"],
        journey.rounded.weight,
        journey.total,
        journey.gradient,
        journey.stepped.weight,
        flipped.weight,
    )
    weight, rounded, total, gradient, stepped, other = map(_number, weights)
    return (
        f"The weight {weight} has the 4-bit code {journey.code:04b}, which stands for {rounded}. On picture "
        f"{s['picture']} its unit adds up {total}, and the gradient that returns is {gradient}. A step makes the "
        f"weight {stepped}: the loss {_moved(journey.now, journey.stepped)}. Flipping bit {s['bit']} makes it {other}: "
        f"the loss {_moved(journey.rounded, flipped)}. {_answered(journey, flipped)}"
    )
