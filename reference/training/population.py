r"""A population of 4-bit networks: genomes become weights, and all networks run at once.

A `Codec` says what the words of a genome mean: which bits belong to which weight, which of sixteen values each code
stands for, and by how much each layer scales them. Weights exist as float32 for a few networks at a time only; the
population itself stays packed, at an eighth of their size.

Notation: a genome has `words` of 64 bits, a population is (networks, words), uint64. A layer's weights are
(out, in + 1), its last column the bias. Examples stand in columns: outputs are (networks, out, n).

Explained on the page `docs/training/population.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.quantization.codebooks import LOG4, Codebook, nearest_codes
from reference.quantization.packing import dequantize_nibbles, pack_words
from reference.training.genomes import WORD_BITS

__all__ = [
    "CHUNK",
    "Codec",
    "NetworkLoss",
    "error_rates",
    "population_cross_entropy",
    "population_mse",
    "run_population",
]

CHUNK = 7
"""Networks that run together: few enough that what they compute stays in the processor's cache. A matrix product of
another shape may round otherwise, so this number belongs to the result."""

Genomes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Losses = NDArray[np.float64]

_CODES = WORD_BITS // 4


@dataclass(frozen=True)
class Codec:
    r"""How a genome is read: sixteen codes to a word, layer after layer, each layer padded to whole words.

    A weight is scale * value of its code. Without given scales a layer's is $\sqrt{2 / n} / r$, where n is its number
    of inputs and r the root mean square of the codebook: random codes are then as large as He's random weights.

    Attributes:
        sizes: Inputs, the units of each hidden layer, outputs.
        codebook: Its 16 values.
        scales: One for each layer.

    Raises:
        ValueError: If there are fewer than two sizes, not 16 values, none but 0, or not one scale for each layer.

    Example:
        >>> from reference.training import Codec
        >>> codec = Codec((64, 32, 10))
        >>> codec.weights, codec.words, codec.shapes
        (2410, 151, ((32, 65), (10, 33)))
    """

    sizes: tuple[int, ...]
    codebook: Codebook = LOG4
    scales: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(
                f"sizes are inputs, units of layers, outputs, at least 1, got {self.sizes}; try (64, 32, 10)"
            )
        if len(self.codebook.values) != 16 or not any(self.codebook.values):
            raise ValueError(f"four bits need 16 values, not all 0, got {self.codebook}; take LOG4 or NF4")
        rms = float(np.sqrt(np.mean(np.square(self.codebook.values))))
        scales = self.scales or tuple((2 / n) ** 0.5 / rms for n in self.sizes[:-1])
        object.__setattr__(self, "scales", tuple(map(float, scales)))
        if len(self.scales) != len(self.sizes) - 1 or not all(0 < scale < np.inf for scale in self.scales):
            raise ValueError(f"each of the {len(self.sizes) - 1} layers has a scale above 0, got {self.scales}")

    @classmethod
    def fitting(cls, layers: Sequence[tuple[ArrayLike, ArrayLike]], codebook: Codebook = LOG4) -> "Codec":
        """Return the codec for a network's shape, with the scales that bring each layer's largest number to the top.

        Args:
            layers: As in `encode`; a layer of zeros gets the scale 1.
            codebook: Its 16 values.

        Raises:
            ValueError: If a number is NaN or infinite, or as `Codec`.

        Example:
            >>> import numpy as np
            >>> from reference.training import Codec, Layer
            >>> Codec.fitting([Layer(np.array([[3.0], [-1.5]]), np.zeros(1))])
            Codec(sizes=(2, 1), codebook=..., scales=(3.0,))
        """
        matrices = [_matrix(*layer) for layer in layers]
        codec = cls((matrices[0].shape[1] - 1, *map(len, matrices)), codebook)
        largest = (float(np.abs(matrix).max()) for matrix in matrices)
        return replace(codec, scales=tuple(number / codebook.top or 1.0 for number in largest))

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Of each layer's weights, (out, in + 1)."""
        return tuple((m, n + 1) for n, m in pairwise(self.sizes))

    @property
    def weights(self) -> int:
        """How many weights a network has, biases included."""
        return sum(m * n for m, n in self.shapes)

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """The words of each layer."""
        ends = np.cumsum([0, *(-(-m * n // _CODES) for m, n in self.shapes)]).tolist()
        return tuple(slice(*pair) for pair in pairwise(ends))

    @property
    def words(self) -> int:
        """How many words a genome has."""
        return int(self.places[-1].stop)

    @cached_property
    def _pairs(self) -> list[NDArray[Any]]:
        """For each layer the two weights that a byte stands for, of all 256 bytes, as one number of 64 bits."""
        every, scales = np.arange(256, dtype=np.uint8), np.array(self.scales, np.float32)
        return [dequantize_nibbles(every, self.codebook, scale).view(np.complex64) for scale in scales[:, np.newaxis]]

    def decode(self, genomes: Genomes) -> list[Floats]:
        """Return the weights of each layer, (networks, out, in + 1), for genomes (networks, words).

        Raises:
            ValueError: If the genomes have another number of words, or are not uint64.
        """
        if genomes.dtype.str[1:] != "u8" or genomes.shape[1:] != (self.words,):
            seen = f"{genomes.dtype} of shape {genomes.shape}"
            raise ValueError(f"genomes are uint64 of shape (networks, {self.words}), got {seen}; see random_genomes")
        layers = []
        for place, (m, n), pairs in zip(self.places, self.shapes, self._pairs, strict=True):
            packed = np.ascontiguousarray(genomes[:, place], np.dtype("<u8")).view(np.uint8)
            numbers = pairs.take(packed, mode="clip").view(np.float32)  # clip spares a check; a byte is below 256
            layers.append(numbers[:, : m * n].reshape(-1, m, n))
        return layers

    def encode(self, layers: Sequence[tuple[ArrayLike, ArrayLike]]) -> Genomes:
        """Return the genome (words,) whose weights are nearest to a network's; `decode` gives them back, rounded.

        Args:
            layers: Pairs of a weight (in, out) and a bias (out,), as of `initialize`.

        Raises:
            ValueError: If the network has another shape, or a number is NaN.

        Example:
            >>> import numpy as np
            >>> from reference.training import Codec, Layer
            >>> network = [Layer(np.array([[3.0], [-1.5]]), np.array([0.8]))]
            >>> codec = Codec.fitting(network)
            >>> codec.decode(codec.encode(network)[np.newaxis])[0]
            array([[[ 3.  , -1.5 ,  0.75]]], dtype=float32)
        """
        matrices = [_matrix(*layer) for layer in layers]
        if tuple(matrix.shape for matrix in matrices) != self.shapes:
            raise ValueError(f"layers are {self.shapes}, got {[m.shape for m in matrices]}; take Codec.fitting(layers)")
        genome = np.zeros(self.words, np.uint64)
        for matrix, place, scale in zip(matrices, self.places, self.scales, strict=True):
            codes = np.zeros((place.stop - place.start) * _CODES, np.uint8)
            codes[: matrix.size] = nearest_codes(matrix / np.float32(scale), self.codebook).reshape(-1)
            genome[place] = pack_words(codes)
        return genome


def _matrix(weight: ArrayLike, bias: ArrayLike) -> Floats:
    return np.concatenate([np.asarray(weight), np.asarray(bias)[np.newaxis]]).T.astype(np.float32)


def run_population(genomes: Genomes, codec: Codec, columns: Floats) -> Floats:
    """Return the answers of all networks, (networks, outputs, n), float32: ReLU layers, the last one linear.

    Args:
        genomes: (networks, words).
        codec: How they are read.
        columns: (inputs, n), one example in each column, or (inputs + 1, n), float32: a last row of ones is then taken
            to be there already, and not looked at.

    Example:
        >>> import numpy as np
        >>> from reference.training import Codec, run_population
        >>> genomes = np.array([[0x777], [0xFF7]], dtype=np.uint64)  # 0x7 is 1, 0xf is -1
        >>> run_population(genomes, Codec((2, 1), scales=(1.0,)), np.array([[2.0, 5.0], [3.0, 0.0]]))
        array([[[ 6.,  6.]],
        <BLANKLINE>
               [[-2.,  4.]]], dtype=float32)
    """
    first, *others = codec.decode(genomes)
    x = columns if len(columns) == first.shape[-1] else _with_ones(columns)
    h = first.reshape(-1, first.shape[-1]) @ x  # one product: all networks read the same x
    h = h.reshape(*first.shape[:2], x.shape[1])
    for layer in others:
        zeros = np.zeros(h.shape[1:], np.float32)  # NumPy is slower with the number 0
        np.maximum(h, zeros, out=h)
        h = layer[..., :-1] @ h
        h += layer[..., -1:]
    return h


def _with_ones(columns: NDArray[Any]) -> Floats:
    """Return the examples with a constant input in the last row: the biases are its weights."""
    return np.concatenate([columns, np.ones((1, columns.shape[1]))]).astype(np.float32)


def population_cross_entropy(logits: Floats, labels: NDArray[Any]) -> Losses:
    """Return each network's mean `cross_entropy`, in float32, for logits (networks, classes, n) and labels (n,).

    Raises:
        ValueError: If a label is not from 0 to classes - 1.

    Example:
        >>> import numpy as np
        >>> from reference.training import population_cross_entropy
        >>> population_cross_entropy(np.zeros((2, 10, 3), dtype=np.float32), np.array([7, 1, 0])).round(3)
        array([2.303, 2.303])
    """
    networks, classes, n = logits.shape
    low, high = labels.min(), labels.max()
    if low < 0 or high >= classes:
        seen = f"got {low} to {high}; give the network more outputs"
        raise ValueError(f"labels are from 0 to {classes - 1}, {seen}")
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, as in `cross_entropy`
        gaps = logits - logits.max(axis=1, keepdims=True)
    chosen = gaps.reshape(networks, classes * n).take(labels * np.intp(n) + np.arange(n), axis=1)
    total = np.exp(gaps, out=gaps).sum(axis=1)
    losses: Losses = np.mean(np.log(total) - chosen, axis=1, dtype=np.float64)
    return losses


def population_mse(outputs: Floats, target: NDArray[Any]) -> Losses:
    """Return each network's mean squared error, for outputs (networks, outputs, n) and a target (n, outputs).

    Raises:
        ValueError: If the target has another shape: (n,) would broadcast.

    Example:
        >>> import numpy as np
        >>> from reference.training import population_mse
        >>> population_mse(np.zeros((2, 1, 3), dtype=np.float32), np.array([[1.0], [2.0], [0.0]])).round(3)
        array([1.667, 1.667])
    """
    if target.T.shape != outputs.shape[1:]:
        raise ValueError(f"the target is {outputs.shape[:0:-1]}, got {target.shape}; reshape it")
    error = outputs - target.T.astype(np.float32)
    losses: Losses = np.mean(error * error, axis=(1, 2), dtype=np.float64)
    return losses


def error_rates(logits: Floats, labels: NDArray[Any]) -> Losses:
    """Return each network's share of wrong answers: a loss that is flat almost everywhere, so it has no gradient.

    Example:
        >>> import numpy as np
        >>> from reference.training import error_rates
        >>> error_rates(np.array([[[0.1, 2.0], [0.3, 1.0]]], dtype=np.float32), np.array([0, 0]))
        array([0.5])
    """
    rates: Losses = np.mean(logits.argmax(axis=1) != labels, axis=1)
    return rates


@dataclass(frozen=True, eq=False)
class NetworkLoss:
    """A measure for evolution: genomes in, one loss for each out.

    Attributes:
        codec: How genomes are read.
        x: (n, inputs).
        y: (n,) labels or (n, outputs) numbers.
        loss: Of (networks, outputs, n) and y.
        chunk: Networks that run together; more of them are faster where networks are tiny.

    Raises:
        ValueError: If x and y do not fit the codec or each other, or the chunk is empty.

    Example:
        >>> import numpy as np
        >>> from reference.training import Codec, NetworkLoss
        >>> measure = NetworkLoss(Codec((1, 2), scales=(1.0,)), np.array([[0.5], [2.0]]), np.array([0, 1]))
        >>> measure(np.array([[0x0000], [0x0700]], dtype=np.uint64)).round(3)
        array([0.693, 0.551])
    """

    codec: Codec
    x: NDArray[Any]
    y: NDArray[Any]
    loss: Callable[[Floats, NDArray[Any]], Losses] = population_cross_entropy
    chunk: int = CHUNK

    def __post_init__(self) -> None:
        n, inputs = len(self.y), self.codec.sizes[0]
        if self.x.shape != (n, inputs) or min(n, self.chunk) < 1:
            seen = f"got {self.x.shape}, {n}, {self.chunk}"
            raise ValueError(f"x is (n, {inputs}), y has n entries, n and chunk are at least 1; {seen}")

    @property
    def examples(self) -> int:
        """How many examples there are to draw a minibatch from."""
        return len(self.x)

    @cached_property
    def columns(self) -> Floats:
        """The examples as columns, and the constant input, (inputs + 1, n)."""
        return _with_ones(self.x.T)

    def __call__(self, genomes: Genomes, rows: NDArray[np.intp] | None = None) -> Losses:
        """Return the losses (networks,), on all examples or on the rows of a minibatch."""
        columns, y = self.columns, self.y
        if rows is not None:
            columns, y = columns.take(rows, axis=1), y[rows]
        losses = [np.empty(0)]
        for start in range(0, len(genomes), self.chunk):
            chunk = genomes[start : start + self.chunk]
            losses.append(self.loss(run_population(chunk, self.codec, columns), y))
        return np.concatenate(losses)
