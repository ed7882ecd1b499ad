"""One weight's journey: its stations against the whole network in plain NumPy and PyTorch, and against genomes."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from reference.autograd import central_difference
from reference.journey import PICTURE, PLACE, RATE, Attempt, Reader, Road, follow, train_reader
from reference.normalization import mean, variance
from reference.numbers import breakdown
from reference.quantization import LOG4, unpack_words
from reference.stability import hessian_vector_product, largest_rate
from reference.training import Codec, Layer, digits, value_and_gradient
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")

WEIGHTS = st.integers(-1500, 1500).map(lambda thousandths: thousandths / 1000)
PICTURES = st.integers(0, 358)


@cache
def reader() -> Reader:
    """Train the network once."""
    return train_reader(digits())


def whole(weight: float, picture: int) -> tuple[np.ndarray, float]:
    """Return the shares and the loss of the whole network, in plain NumPy."""
    (first, bias), (second, other) = reader().layers
    first = first.copy()
    first[PLACE] = weight
    logits = np.maximum(reader().x[picture] @ first + bias, 0) @ second + other
    powers = np.exp(logits - logits.max())
    shares = powers / powers.sum()
    return shares, -math.log(shares[reader().y[picture]])


# Examples from the page


def test_the_weight_is_what_the_page_says() -> None:
    assert [layer.weight.shape for layer in reader().layers] == [(64, 8), (8, 10)]
    assert float(reader().layers[0].weight[PLACE]) == pytest.approx(0.696, abs=5e-4)
    assert reader().y[PICTURE] == 4
    assert whole(0.7, PICTURE)[0].argmax() == 1


def test_the_pictures_are_of_the_digits_and_none_is_learned_from() -> None:
    x, y = digits()
    rows = {row.tobytes(): label for row, label in zip(x, y, strict=True)}
    assert [rows[row.tobytes()] for row in reader().x] == reader().y.tolist()


def test_training_is_the_same_again_and_another_seed_is_another_network() -> None:
    again, other = train_reader(digits()), train_reader(digits(), seed=1, epochs=1)
    assert all(np.array_equal(a, b) for a, b in zip(reader().layers[0], again.layers[0], strict=True))
    assert not np.array_equal(reader().layers[0].weight, other.layers[0].weight)


def test_the_stations_of_the_page() -> None:
    journey = follow(reader(), 0.7)
    assert float(journey.stored) == np.float32(0.7)
    assert (journey.code, LOG4.values[journey.code]) == (0b0110, 0.5)
    assert (journey.now.answer, journey.stepped.answer) == (1, 4)
    assert [flip.loss < journey.now.loss for flip in journey.flipped] == [True, True, True, False]
    assert str(journey).splitlines()[0] == "weight    0.7"
    assert len(str(journey).splitlines()) == 8


# Properties, on every picture and for every weight that the page's slider reaches


@given(WEIGHTS, PICTURES)
def test_the_road_is_the_whole_network(weight: float, picture: int) -> None:
    road = reader().road(picture)
    shares, loss = whole(weight, picture)
    assert float(road.loss(np.asarray(weight))) == pytest.approx(loss, abs=1e-12)
    journey = follow(reader(), weight, picture=picture)
    assert journey.now.shares == pytest.approx(whole(float(np.float32(weight)), picture)[0], abs=1e-12)
    assert shares.sum() == pytest.approx(1)


@given(WEIGHTS, PICTURES, st.sampled_from([0.0, 0.5, 3.0]))
def test_every_try_is_what_the_whole_network_makes_of_it(weight: float, picture: int, rate: float) -> None:
    journey = follow(reader(), weight, picture=picture, rate=rate)
    for attempt in (journey.now, journey.rounded, journey.stepped, *journey.flipped):
        shares, loss = whole(attempt.weight, picture)
        assert attempt.shares == pytest.approx(shares, abs=1e-12)
        assert attempt.loss == pytest.approx(loss, abs=1e-12)
        assert attempt.answer == shares.argmax()
    assert journey.stepped.weight == pytest.approx(journey.now.weight - rate * journey.gradient, abs=1e-12)


@given(WEIGHTS, PICTURES)
def test_the_gradient_is_the_product_of_the_three_slopes_and_the_difference(weight: float, picture: int) -> None:
    journey = follow(reader(), weight, picture=picture)
    road = journey.road
    assert journey.gradient == pytest.approx(journey.arriving * journey.gate * road.signal, abs=1e-12)
    loss, gradient = value_and_gradient(road.loss, np.asarray(journey.now.weight))
    assert journey.now.loss == pytest.approx(loss, abs=1e-12)
    assert journey.gradient == pytest.approx(float(gradient), abs=1e-12)
    if abs(journey.total) > 1e-3:  # away from the kink
        difference = float(central_difference(road.loss, np.asarray(journey.now.weight)))
        assert journey.gradient == pytest.approx(difference, abs=1e-8)
        curvature = float(hessian_vector_product(road.loss, np.asarray(journey.now.weight), np.asarray(1.0)))
        limit = largest_rate(curvature) if curvature > 0 else math.inf
        assert journey.limit == pytest.approx(limit, rel=1e-3)


@given(WEIGHTS)
def test_the_code_is_the_one_of_the_genome_and_a_flip_is_one_bit_of_it(weight: float) -> None:
    journey = follow(reader(), weight)
    layers = reader().replaced(journey.now.weight)
    codec = Codec.fitting(layers)
    genome = codec.encode(layers)
    place = PLACE[1] * 65 + PLACE[0]
    assert journey.code == unpack_words(genome)[place]
    for bit, flip in zip((3, 2, 1, 0), journey.flipped, strict=True):
        child = genome.copy()
        child[place // 16] ^= np.uint64(1 << 4 * (place % 16) + bit)
        assert flip.weight == pytest.approx(float(codec.decode(child[np.newaxis])[0][0, PLACE[1], PLACE[0]]), abs=1e-6)


@given(WEIGHTS)
def test_the_sum_stands_where_the_chapter_on_normalization_says(weight: float) -> None:
    journey = follow(reader(), weight)
    sums = reader().x @ reader().replaced(journey.now.weight)[0].weight[:, PLACE[1]] + reader().layers[0].bias[PLACE[1]]
    assert journey.total == pytest.approx(sums[PICTURE], abs=1e-12)
    spread = float(variance(sums)) ** 0.5
    assert journey.typical == pytest.approx((float(mean(sums)), spread), abs=1e-12)
    assert journey.standing == pytest.approx((sums[PICTURE] - float(mean(sums))) / spread, abs=1e-9)


def test_many_weights_at_once_have_the_losses_of_each() -> None:
    road, weights = reader().road(6), np.linspace(-1.5, 1.5, 7)
    assert road.loss(weights).tolist() == [float(road.loss(np.asarray(weight))) for weight in weights]


def test_a_unit_that_is_off_and_a_blank_pixel_return_no_gradient() -> None:
    off = next(n for n in range(359) if reader().road(n).total(0.7) < 0)
    blank = next(n for n in range(359) if reader().road(n).signal == 0)
    for picture in (off, blank):
        journey = follow(reader(), 0.7, picture=picture)
        assert (journey.gradient, journey.stepped.weight, journey.limit) == (0, journey.now.weight, math.inf)
        assert len({flip.loss for flip in journey.flipped if flip.weight < 0.7} | {journey.now.loss}) == 1


# Oracles


@pytest.mark.parametrize("picture", [PICTURE, 6, 90, 286])
@pytest.mark.parametrize("weight", [0.7, -1.2, 1.5])
def test_pytorch_has_the_same_loss_gradient_and_step(weight: float, picture: int) -> None:
    journey = follow(reader(), weight, picture=picture)
    layers = [[torch.tensor(part) for part in layer] for layer in reader().replaced(journey.now.weight)]
    leaf = layers[0][0].requires_grad_()
    h = torch.relu(torch.tensor(reader().x[picture]) @ leaf + layers[0][1])
    loss = torch.nn.functional.cross_entropy(h @ layers[1][0] + layers[1][1], torch.tensor(int(reader().y[picture])))
    loss.backward()
    torch.optim.SGD([leaf], lr=RATE).step()
    assert journey.now.loss == pytest.approx(loss.item(), abs=1e-13)
    assert journey.stepped.weight == pytest.approx(leaf[PLACE].item(), abs=1e-13)


# Bad input


@pytest.mark.parametrize("picture", [-1, 359])
def test_a_picture_that_is_not_there_is_refused(picture: int) -> None:
    with pytest.raises(ValueError, match=rf"^the pictures are numbered from 0 to 358, got {picture}$"):
        follow(reader(), 0.7, picture=picture)


@pytest.mark.parametrize("weight", [1e39, float("inf"), float("nan"), "nan"])
def test_a_weight_that_float32_cannot_hold_is_refused(weight: float | str) -> None:
    with pytest.raises(ValueError, match=r"^the weight is a number that float32 can hold, got "):
        follow(reader(), weight)


def test_the_network_is_left_as_it_was() -> None:
    before = reader().layers[0].weight.copy()
    follow(reader(), -1.0)
    assert np.array_equal(before, reader().layers[0].weight)
    assert isinstance(reader().replaced(1.0)[0], Layer)


def test_the_classes_are_plain_data() -> None:
    road = Road(signal=1.0, rest=-2.0, row=np.array([1.0, 0.0]), others=np.zeros(2), label=0)
    assert road.loss(np.array([0.0, 2.0])).tolist() == pytest.approx([math.log(2), math.log(2)])
    assert Attempt(0.0, np.array([0.2, 0.8]), 1.0).answer == 1
    assert follow(reader(), "0.7").stored == breakdown("0.7")
