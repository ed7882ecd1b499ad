r"""One weight's journey: what becomes of a single weight of a network, from its decimal to the network's answer.

The chapters of this package each explain one station. Here they stand in a row, for one weight of one small network
that reads handwritten digits, and for one picture.

All other weights stand still, so the loss is a function of this one alone (`Road`): its product with a pixel is added
to what the unit gets besides, ReLU bends the sum, the next layer turns it into logits, and cross-entropy into a loss.
The same text gives the loss for an array of weights of any shape, and for a `Tensor`, which knows its slope.

Notation: w is the weight, x the pixel that it multiplies, `rest` what else the unit adds up, `h` what ReLU makes of the
sum, `row` the weights from the unit to the ten logits, `others` what the logits are without it.

Explained on the page `docs/journey.md`.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from reference.activations import log_softmax, relu, relu_derivative
from reference.arrays import Array, array_namespace
from reference.numbers import FloatValue, breakdown
from reference.quantization import LOG4, look_up, nearest_codes
from reference.stability import largest_rate
from reference.training import (
    Dataset,
    Layer,
    OptimizerState,
    batches,
    cross_entropy,
    descent,
    forward,
    initialize,
    sgd,
    split,
)

__all__ = ["PICTURE", "PLACE", "RATE", "Attempt", "Journey", "Reader", "Road", "follow", "train_reader"]

RATE = 0.5
"""The learning rate, of the training and of the step on the way."""


PLACE = (20, 7)
"""Where the weight stands that is followed: its pixel and its unit. Training leaves it at 0.696, the journey begins
with 0.7."""

PICTURE = 149
"""The picture on which it is followed: a 4 that the network takes for a 1."""


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that reads digits, and pictures that it has not learned from.

    Attributes:
        layers: Weights and biases, as of `initialize`.
        x: (n, 64).
        y: (n,), the digits that they are.

    Example:
        >>> from reference.journey import train_reader
        >>> from reference.training import digits
        >>> reader = train_reader(digits())
        >>> len(reader.x), round(float(reader.layers[0].weight[20, 7]), 3)
        (359, 0.696)
    """

    layers: tuple[Layer, ...]
    x: np.ndarray
    y: np.ndarray

    def replaced(self, weight: float) -> tuple[Layer, ...]:
        """Return the layers with another number for the weight at `PLACE`."""
        first, *others = self.layers
        changed = first.weight.copy()
        changed[PLACE] = weight
        return Layer(changed, first.bias), *others

    def road(self, picture: int = PICTURE) -> "Road":
        """Return what the weight at `PLACE` meets on its way, for one picture.

        Raises:
            ValueError: If there is no such picture.
        """
        if not 0 <= picture < len(self.x):
            raise ValueError(f"the pictures are numbered from 0 to {len(self.x) - 1}, got {picture}")
        x, (pixel, unit), (first, second) = self.x[picture], PLACE, self.replaced(0.0)
        sums = x @ first.weight + first.bias
        row = second.weight[unit]
        others = relu(sums) @ second.weight + second.bias - relu(sums[unit]) * row
        return Road(float(x[pixel]), float(sums[unit]), row, others, int(self.y[picture]))


@dataclass(frozen=True, eq=False)
class Road:
    """The loss of one picture as a function of one weight of the first layer, through the unit that it leads to.

    Attributes:
        signal: x.
        rest: What the unit's other inputs and its bias add up to.
        row: (10,).
        others: (10,).
        label: The digit that the picture is.

    Example:
        >>> import numpy as np
        >>> from reference.journey import Road
        >>> road = Road(signal=0.5, rest=0.25, row=np.array([1.0, -1.0]), others=np.array([0.0, 0.5]), label=0)
        >>> road.total(0.7), road.loss(np.array([0.7, -2.0])).round(3)
        (0.6, array([0.403, 0.974]))
    """

    signal: float
    rest: float
    row: np.ndarray
    others: np.ndarray
    label: int

    def total(self, weight: Array) -> Array:
        """Return the unit's sum, w x + rest, for weights of any shape."""
        return weight * self.signal + self.rest

    def logits(self, h: Array) -> Array:
        """Return the network's logits (..., 10) for what the unit hands on, h row + others."""
        xp = array_namespace(h)
        return xp.expand_dims(h, axis=-1) * self.row + self.others

    def judged(self, h: Array) -> Array:
        """Return the loss (...) for what the unit hands on."""
        logits = self.logits(h)
        return cross_entropy(logits, np.full(logits.shape[:-1], self.label), reduction="none")

    def loss(self, weight: Array) -> Array:
        """Return the loss (...) for weights of any shape."""
        return self.judged(relu(self.total(weight)))


@dataclass(frozen=True, eq=False)
class Attempt:
    """A number that the weight could be, and what the network then makes of the picture.

    Attributes:
        weight: The number.
        shares: (10,), the softmax of the logits.
        loss: The loss.

    Example:
        >>> import numpy as np
        >>> from reference.journey import Attempt
        >>> Attempt(0.7, np.array([0.1, 0.9]), 0.105).answer
        1
    """

    weight: float
    shares: np.ndarray
    loss: float

    @property
    def answer(self) -> int:
        """The digit with the largest share."""
        return int(self.shares.argmax())


@dataclass(frozen=True, eq=False)
class Journey:
    """All stations of one weight; printed, it tells them.

    Attributes:
        road: What the weight meets.
        stored: The float32 that it becomes; from there on it is this number.
        scale: What the sixteen values of `LOG4` are multiplied by, so that the layer's largest number is the top one.
        code: Its 4-bit code.
        now: The answer with the weight as it is.
        rounded: The answer with the number that the code stands for.
        total: The unit's sum.
        sums: (n,), what the unit adds up on each of the pictures.
        arriving: The slope of the loss by what the unit hands on.
        gate: ReLU's slope at the sum.
        gradient: The slope of the loss by the weight: arriving, times gate, times the pixel.
        limit: The learning rate above which steps would diverge, if the loss were its parabola there; else infinite.
        stepped: The answer after a step of gradient descent.
        flipped: The answers with each bit of the code flipped, the sign first.

    Example:
        >>> from reference.journey import follow, train_reader
        >>> from reference.training import digits
        >>> print(follow(train_reader(digits()), 0.7))
        weight    0.7
        float32   0 01111110 01100110011001100110011 = 0.699999988079071044921875
        4 bits    0110 = 0.5339
        sum       0.7 * 0.75 + 0.570 = 1.095, ReLU lets 1.095 through
        loss      0.823: it says 1, the picture is a 4
        gradient  0.963 * 1 * 0.75 = 0.723
        step      to 0.339, loss 0.592: it says 4
        flips     to -0.534, 0.033, 0.133, 1.068, loss 0.258, 0.443, 0.488, 1.120
    """

    road: Road
    stored: FloatValue
    scale: float
    code: int
    now: Attempt
    rounded: Attempt
    total: float
    sums: np.ndarray
    arriving: float
    gate: float
    gradient: float
    limit: float
    stepped: Attempt
    flipped: tuple[Attempt, ...]

    @property
    def typical(self) -> tuple[float, float]:
        """The mean and the standard deviation of the unit's sum over all pictures."""
        return float(self.sums.mean()), float(self.sums.std())

    @property
    def standing(self) -> float:
        """How many standard deviations the sum lies above its mean over all pictures."""
        center, spread = self.typical
        return (self.total - center) / spread

    def __str__(self) -> str:
        weights, losses = ([getattr(flip, name) for flip in self.flipped] for name in ("weight", "loss"))
        return "\n".join(
            [
                f"weight    {self.now.weight:.7g}",
                f"float32   {self.stored.pattern} = {self.stored.decimal}",
                f"4 bits    {self.code:04b} = {self.rounded.weight:.4f}",
                f"sum       {self.now.weight:.7g} * {self.road.signal:.4g} + {self.road.rest:.3f} = {self.total:.3f}, "
                f"ReLU lets {max(self.total, 0):.3f} through",
                f"loss      {self.now.loss:.3f}: it says {self.now.answer}, the picture is a {self.road.label}",
                f"gradient  {self.arriving:.3f} * {self.gate:.0f} * {self.road.signal:.4g} = {self.gradient:.3f}",
                f"step      to {self.stepped.weight:.3f}, loss {self.stepped.loss:.3f}: it says {self.stepped.answer}",
                f"flips     to {', '.join(f'{w:.3f}' for w in weights)}, loss {', '.join(f'{v:.3f}' for v in losses)}",
            ]
        )


def train_reader(data: Dataset, *, seed: int = 208, epochs: int = 4) -> Reader:
    """Return a network of 64-8-10 units after a short training by gradient descent, with its validation pictures.

    Args:
        data: The digits.
        seed: Of its first weights and of the order of its training.
        epochs: How often it sees each training picture.

    Example:
        >>> from reference.journey import train_reader
        >>> from reference.training import accuracy, digits, forward
        >>> reader = train_reader(digits())
        >>> round(float(accuracy(forward(reader.x, reader.layers), reader.y)), 2)
        0.86
    """
    parts, rng = split(*data, rng=np.random.default_rng(0)), np.random.default_rng(seed)
    layers = initialize((64, 8, 10), rng=rng)
    stream = batches(parts.x_train, parts.y_train, size=64, rng=rng, epochs=epochs)
    for state, _ in descent(_mistake, layers, stream, partial(sgd, learning_rate=RATE)):
        trained = state.weights
    return Reader(trained, parts.x_validation, parts.y_validation)


def _mistake(layers: tuple[Layer, ...], x: Array, y: Array) -> Array:
    return cross_entropy(forward(x, layers), y)


def follow(reader: Reader, weight: float | str, *, picture: int = PICTURE, rate: float = RATE) -> Journey:
    """Return all stations of the weight at `PLACE`, for one picture.

    Args:
        reader: The network.
        weight: What the weight is set to; a decimal string is read exactly.
        picture: Which one of the reader's pictures.
        rate: The learning rate of the step.

    Raises:
        ValueError: If there is no such picture, or the weight is no number that float32 can hold.

    Example:
        >>> from reference.journey import follow, train_reader
        >>> from reference.training import digits
        >>> journey = follow(train_reader(digits()), 0.7)
        >>> journey.now.answer, journey.stepped.answer, journey.road.label
        (1, 4, 4)
    """
    stored, road = breakdown(str(weight)), reader.road(picture)
    w = np.asarray(float(stored))
    if not np.isfinite(w):
        raise ValueError(f"the weight is a number that float32 can hold, got {weight}; take a smaller one")
    total, first = road.total(w), reader.replaced(float(w))[0]
    scale, code = _coded(first, w)
    values = scale * look_up([code, *(code ^ bit for bit in (8, 4, 2, 1))], LOG4).astype(np.float64)
    now, rounded, *flipped = _attempts(road, [w, *values])
    arriving, gate, curvature = _slopes(road, total, now.shares)
    gradient = arriving * gate * road.signal
    stepped = sgd(OptimizerState(w), np.asarray(gradient), learning_rate=rate).weights
    limit = largest_rate(curvature) if curvature > 0 else float("inf")
    sums = reader.x @ first.weight[:, PLACE[1]] + first.bias[PLACE[1]]
    slopes, (after,) = (arriving, gate, gradient, limit), _attempts(road, [stepped])
    return Journey(road, stored, scale, code, now, rounded, float(total), sums, *slopes, after, tuple(flipped))


def _coded(first: Layer, weight: Array) -> tuple[float, int]:
    """Return the scale of a layer, as `Codec.fitting` has it, and the code of one of its weights."""
    scale = np.float32(max(np.abs(part).max() for part in first)) / np.float32(LOG4.top)
    return float(scale), int(nearest_codes(weight / scale, LOG4))


def _attempts(road: Road, weights: list[Array]) -> list[Attempt]:
    log_shares = log_softmax(road.logits(relu(road.total(np.asarray(weights)))))
    rows = zip(weights, np.exp(log_shares), -log_shares[:, road.label], strict=True)
    return [Attempt(float(weight), shares, float(loss)) for weight, shares, loss in rows]


def _slopes(road: Road, total: Array, shares: np.ndarray) -> tuple[float, float, float]:
    """Return the loss's slope by the unit's output, ReLU's, and the loss's second derivative by the weight.

    That one is the variance of `row`, weighted by the shares, times the square of what the weight acts by.
    """
    middle = shares @ road.row
    gate = float(relu_derivative(total))
    spread = float(shares @ (road.row - middle) ** 2)
    return float(middle - road.row[road.label]), gate, spread * (gate * road.signal) ** 2
