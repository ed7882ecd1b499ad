"""Networks of bricks: their errors are rational numbers, so they are checked exactly."""

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.activations import (
    BrickNetwork,
    Bricks,
    best_error,
    breakpoints,
    from_kinks,
    interpolating_network,
    piecewise,
    relu,
    sawtooth_network,
    square_error,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")


def exact(network: Any, x: list[Fraction]) -> list[Fraction]:
    """The network's output in rational numbers; its own weights are exact for the cases used here."""
    fraction: Any = Fraction  # serves as a float
    layers = [Bricks(tuple(map(fraction, each.kinks)), tuple(map(fraction, each.weights))) for each in network.layers]
    twin = BrickNetwork(tuple(layers), tuple(map(fraction, network.readout)), fraction(network.bias))
    return list(twin.evaluate(np.asarray(x, dtype=object)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Bricks((), ()), "expected at least one kink and one weight for each, got 0 kinks and 0 weights"),
        (lambda: Bricks((0.0, 1.0), (1.0,)), "got 2 kinks and 1 weights; add or drop some"),
        (lambda: interpolating_network(0), "pieces must be at least 1, got 0"),
        (lambda: sawtooth_network(-1), "depth must be at least 0, got -1"),
    ],
)
def test_bad_input_gets_one_sentence(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Examples from the sources


@pytest.mark.parametrize("pieces", [1, 2, 3, 5, 12, 30])
def test_interpolation_misses_x_squared_by_exactly_a_quarter_of_a_piece_squared(pieces: int) -> None:
    points: Any = [Fraction(i, pieces) for i in range(pieces + 1)]
    network = from_kinks(points, [p * p for p in points])
    fine = [Fraction(i, 8 * pieces) for i in range(8 * pieces + 1)]
    errors = [y - x * x for x, y in zip(fine, network.evaluate(np.asarray(fine, dtype=object)), strict=True)]
    assert max(errors) == Fraction(1, 4 * pieces**2)
    assert min(errors) == 0
    assert network.relus == pieces


@pytest.mark.parametrize("depth", range(9))
def test_the_sawtooth_misses_x_squared_by_exactly_2_to_the_minus_2m_minus_2(depth: int) -> None:
    network = sawtooth_network(depth)
    fine = [Fraction(i, 2 ** (depth + 1)) for i in range(2 ** (depth + 1) + 1)]
    errors = [y - x * x for x, y in zip(fine, exact(network, fine), strict=True)]
    assert max(errors) == Fraction(1, 2 ** (2 * depth + 2))
    assert set(errors[::2]) == {0}  # it interpolates
    assert network.relus == 3 * depth


@pytest.mark.parametrize("depth", range(13))
def test_square_error_of_the_sawtooth_is_exact_in_float64(depth: int) -> None:
    network = sawtooth_network(depth)
    assert square_error(network) == 2.0 ** (-2 * depth - 2)
    assert np.array_equal(breakpoints(network), np.arange(2**depth + 1) / 2**depth)


@pytest.mark.parametrize("pieces", [1, 2, 4, 8, 16, 64, 256])
def test_square_error_of_the_interpolation_is_exact_for_powers_of_two(pieces: int) -> None:
    assert square_error(interpolating_network(pieces)) == 1 / (4 * pieces**2)
    assert len(breakpoints(interpolating_network(pieces))) == pieces + 1


@pytest.mark.parametrize("pieces", [1, 3, 12, 30])
def test_lowering_the_interpolation_reaches_the_best_error(pieces: int) -> None:
    network = interpolating_network(pieces)
    lowered = BrickNetwork(network.layers, network.readout, bias=-best_error(pieces))
    assert square_error(lowered) == pytest.approx(best_error(pieces), rel=1e-10)


def test_depth_wins_over_the_best_shallow_network_from_15_relus_on() -> None:
    deep = {3 * depth: square_error(sawtooth_network(depth)) for depth in range(1, 11)}
    assert min(relus for relus, error in deep.items() if error < best_error(relus)) == 15
    assert deep[30] == 2.0**-22
    assert square_error(interpolating_network(30)) == pytest.approx(1 / 3600, rel=1e-10)


def test_float32_puts_a_floor_under_the_deep_network() -> None:
    x = np.arange(2**16 + 1, dtype=np.float32) / np.float32(2**16)

    def error(depth: int) -> float:
        y = sawtooth_network(depth).evaluate(x)
        assert y.dtype == np.float32
        return float(np.max(np.abs(y.astype(np.float64) - x.astype(np.float64) ** 2)))

    assert error(8) == pytest.approx(2.0**-18, rel=0.05)
    assert 3e-8 < error(14) < 4e-7  # 2^-30 would be 9.3e-10


def test_both_networks_really_call_relu(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(x)
        return relu(x)

    monkeypatch.setattr(piecewise, "relu", counted)
    for network in (interpolating_network(7), sawtooth_network(5)):
        calls.clear()
        network.evaluate(np.linspace(0, 1, 5))
        assert len(calls) == network.relus


def test_a_network_is_plain_data_for_a_widget() -> None:
    network = sawtooth_network(3)
    plain = json.loads(json.dumps(asdict(network)))
    layers = tuple(Bricks(tuple(layer["kinks"]), tuple(layer["weights"])) for layer in plain["layers"])
    assert BrickNetwork(layers, tuple(plain["readout"]), plain["bias"]) == network


@pytest.mark.parametrize(
    ("kinks", "values", "message"),
    [
        ([0.0, 1.0], [0.0], "one value per kink and at least 2, got 2 kinks, 1 values"),
        ([0.0], [0.0], "at least 2, got 1 kinks"),
        ([0.0, 1.0, 1.0], [0.0, 1.0, 2.0], r"strictly increasing kinks, got \[0.0, 1.0, 1.0\]"),
    ],
)
def test_from_kinks_says_what_is_wrong(kinks: list[float], values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_kinks(kinks, values)


def test_from_kinks_is_constant_to_the_left_and_straight_on_to_the_right() -> None:
    network = from_kinks([1.0, 2.0, 4.0], [5.0, 7.0, 3.0])
    assert network.evaluate(np.asarray([-9.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0])).tolist() == [5, 5, 6, 7, 5, 3, 1]


# Properties


POINTS = st.dictionaries(st.integers(0, 8), st.integers(-64, 64), min_size=2).map(
    lambda points: ([kink / 8 for kink in sorted(points)], [float(points[kink]) for kink in sorted(points)])
)


@given(POINTS)
def test_the_network_goes_through_its_points(points: tuple[list[float], list[float]]) -> None:
    kinks, values = points
    np.testing.assert_allclose(from_kinks(kinks, values).evaluate(np.asarray(kinks)), values, rtol=0, atol=1e-10)


@given(POINTS)
def test_no_network_beats_the_best_error_for_its_pieces(points: tuple[list[float], list[float]]) -> None:
    network = from_kinks(*points)
    pieces = len(breakpoints(network)) - 1
    assert square_error(network) >= best_error(pieces) * (1 - 1e-12)


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 4))
def test_square_error_is_at_least_what_a_grid_sees(seed: int, depth: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    layers = tuple(Bricks(tuple(rng.uniform(-1, 1, width)), tuple(rng.normal(size=width))) for _ in range(depth))
    network = BrickNetwork(layers, tuple(rng.normal(size=depth + 1)))
    x = np.linspace(0, 1, 4001)
    on_grid = np.max(np.abs(network.evaluate(x) - x * x))
    assert on_grid * (1 - 1e-9) <= square_error(network) <= on_grid * 1.05 + 1e-2
    ends = breakpoints(network)
    assert np.all(np.diff(ends) > 0)
    inside = ends[:-1] + np.diff(ends) * 0.3
    straight = network.evaluate(ends[:-1]) * 0.7 + network.evaluate(ends[1:]) * 0.3
    np.testing.assert_allclose(network.evaluate(inside), straight, rtol=1e-6, atol=1e-9)


# Oracles


def test_from_kinks_agrees_with_numpy_interp() -> None:
    rng = np.random.default_rng(0)
    kinks, values = np.sort(rng.uniform(size=20)), rng.normal(size=20)
    x = np.linspace(kinks[0], kinks[-1], 501)
    network = from_kinks(kinks.tolist(), values.tolist())
    np.testing.assert_allclose(network.evaluate(x), np.interp(x, kinks, values), rtol=0, atol=1e-11)


def test_every_library_gives_the_same_and_keeps_the_dtype(xp: Any) -> None:
    points = np.arange(65, dtype=np.float32) / 64
    for network in (interpolating_network(16), sawtooth_network(4)):
        got = network.evaluate(xp.asarray(points.tolist(), dtype=xp.float32))
        assert got.dtype == xp.float32
        assert np.array_equal(np.asarray(got), network.evaluate(points))


def test_an_array_of_weights_can_be_trained_by_pytorch() -> None:
    kinks = torch.tensor([0.0, 0.5], requires_grad=True)
    network = BrickNetwork((Bricks(kinks, torch.tensor([0.5, 1.0])),), (0, 1))
    network.evaluate(torch.tensor([0.25, 0.75])).sum().backward()
    assert kinks.grad.tolist() == [-1.0, -1.0]


def test_lists_and_numbers_are_not_taken_for_arrays() -> None:
    with pytest.raises(TypeError, match=r"expected an array, got list; wrap it with np.asarray\(x\)"):
        sawtooth_network(0).evaluate([0.5])
    with pytest.raises(TypeError, match="numbers only"):
        sawtooth_network(2).evaluate(0.5)
