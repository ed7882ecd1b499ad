"""Swing-up: the pendulum's period and energy, mirror images, games one by one, and SciPy's integrator and period."""

import pickle
from hashlib import sha256
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest

from reference.training import (
    Codec,
    Motion,
    Pendulum,
    Plan,
    SwingUp,
    controller,
    energy,
    evolution,
    fallen,
    play,
    random_genomes,
    random_starts,
    swing,
)
from tests.needs import need
from tests.properties import given, st

CODEC = Codec((3, 6, 1))
HANGING, UPRIGHT = Motion(-1.0, 0.0, 0.0), Motion(1.0, 0.0, 0.0)

angles = st.floats(-np.pi, np.pi)
velocities = st.floats(-4, 4)


def at(angle: Any, velocity: Any = 0.0) -> Motion:
    """Return the motion at angles from upright."""
    return Motion(np.cos(angle), np.sin(angle), np.asarray(velocity, float))


def swung(motion: Motion, steps: int, *, step: float, torque: float = 0.0) -> list[Motion]:
    path = [motion]
    for _ in range(steps):
        path.append(swing(path[-1], torque, step=step))
    return path


def period(amplitude: float, *, step: float, swings: int = 20, longest: float = 6.6) -> float:
    """Return the mean time of a swing, from the moments in which the pendulum passes the lowest point."""
    path = swung(at(np.pi + amplitude), int((swings + 1) * longest / step), step=step)
    side = np.asarray([motion.sin for motion in path])
    passing = np.flatnonzero(np.sign(side[:-1]) * np.sign(side[1:]) < 0)
    moments = step * (passing + side[passing] / (side[passing] - side[passing + 1]))
    return float(2 * (moments[2 * swings] - moments[0]) / (2 * swings))


def starts(count: int = 5, seed: int = 1) -> Motion:
    return random_starts(count, rng=np.random.default_rng(seed))


def genomes(count: int = 20, seed: int = 0) -> Any:
    return random_genomes(count, CODEC.words, rng=np.random.default_rng(seed))


# Examples that a textbook has


def test_small_swings_take_two_pi() -> None:
    """Exactly pi h / arcsin(h / 2) by leapfrog, so a little less: h^2 / 24 of it."""
    for step in (0.05, 0.2, 0.5):
        assert period(1e-4, step=step) == pytest.approx(np.pi * step / np.arcsin(step / 2), rel=5e-5)
    assert period(1e-4, step=0.05) == pytest.approx(2 * np.pi, rel=1.2e-4)


@pytest.mark.parametrize("amplitude", [0.2, 0.5])
def test_large_swings_take_longer_by_a_sixteenth_of_the_square(amplitude: float) -> None:
    series = 1 + amplitude**2 / 16 + 11 * amplitude**4 / 3072
    assert period(amplitude, step=0.01) == pytest.approx(2 * np.pi * series, rel=1e-5)


def test_at_rest_it_stays_hanging_and_upright() -> None:
    for rest in (HANGING, UPRIGHT):
        assert swung(rest, 100, step=0.2)[-1] == rest


def test_a_push_against_gravity_holds_it_level() -> None:
    assert swing(Motion(0.0, 1.0, 0.0), -1.0, step=0.2) == Motion(0.0, 1.0, 0.0)


def test_one_step_from_hanging_by_hand() -> None:
    """Half a push gives velocity h u / 2, the turn is by 2 arctan(h^2 u / 4), then the second half and gravity."""
    step, torque = 0.5, 0.8
    t = step**2 * torque / 4
    cos, sin = -(1 - t * t) / (1 + t * t), -2 * t / (1 + t * t)
    expected = Motion(cos, sin, step * torque / 2 + step / 2 * (sin + torque))
    assert swing(HANGING, torque, step=step) == pytest.approx(expected, rel=1e-15)


def test_the_motor_cannot_lift_it_and_can_swing_it_up() -> None:
    held = [motion.cos for motion, _ in play(lambda motion: 1.0, HANGING)]
    assert max(held) < -0.6
    pumped = [motion.cos for motion, _ in play(lambda motion: motion.velocity, Motion(-1.0, 0.0, 0.1))]
    assert max(pumped) > 0.99


def test_a_motor_that_is_off_scores_nothing_and_upright_at_rest_scores_all() -> None:
    assert fallen(lambda motion: 0.0, HANGING) == 1
    assert fallen(lambda motion: 0.0, UPRIGHT) == 0


def test_upright_includes_its_bound() -> None:
    edge = Motion(0.9, (1 - 0.9**2) ** 0.5, 0.0)

    def hold(motion: Motion) -> float:
        return 0.0

    game = Pendulum(steps=1, step=0.01)
    moved = next(play(hold, edge, pendulum=game))[0]
    assert fallen(hold, edge, pendulum=Pendulum(steps=1, step=0.01, upright=float(moved.cos))) == 0
    assert fallen(hold, edge, pendulum=game) == 1


# Properties


@given(angles, velocities)
def test_energy_wavers_and_does_not_drift(angle: float, velocity: float) -> None:
    start = at(angle, velocity)
    for step, bound in ((0.2, 0.2), (0.05, 0.2 / 16)):
        path = Motion(*np.transpose(swung(start, int(60 / step), step=step)))
        assert np.abs(energy(path) - energy(start)).max() < bound
        np.testing.assert_allclose(np.hypot(path.cos, path.sin), 1, rtol=1e-12)


@given(angles, velocities, st.floats(-2, 2))
def test_a_mirror_image_moves_as_the_mirror_image(angle: float, velocity: float, torque: float) -> None:
    one = swing(at(angle, velocity), torque, step=0.2)
    other = swing(at(-angle, -velocity), -torque, step=0.2)
    assert (other.cos, other.sin, other.velocity) == (one.cos, -one.sin, -one.velocity)


@given(angles, velocities, st.floats(-2, 2))
def test_a_step_back_returns(angle: float, velocity: float, torque: float) -> None:
    """Leapfrog is reversible: turn the velocity around and it goes back where it came from."""
    start = at(angle, velocity)
    there = swing(start, torque, step=0.2)
    back = swing(there._replace(velocity=-there.velocity), torque, step=0.2)
    np.testing.assert_allclose(back, start._replace(velocity=-start.velocity), rtol=0, atol=1e-13)


@given(angles, velocities, st.floats(-1, 1))
def test_the_motor_changes_the_energy_by_torque_times_angle(angle: float, velocity: float, torque: float) -> None:
    path = swung(at(angle, velocity), 150, step=0.02, torque=torque)
    turned = sum(np.arctan2(b.sin * a.cos - b.cos * a.sin, b.cos * a.cos + b.sin * a.sin) for a, b in pairwise(path))
    assert energy(path[-1]) - energy(path[0]) == pytest.approx(torque * turned, abs=2e-2)


@given(st.integers(0, 2**32), st.integers(0, 50))
def test_starts_hang_and_move_a_little(seed: int, count: int) -> None:
    drawn = starts(count, seed)
    assert all(part.shape == (count,) and part.dtype == np.float64 for part in drawn)
    assert np.all(drawn.cos < -0.6)
    assert np.all(np.abs(drawn.velocity) <= 1)
    np.testing.assert_allclose(np.hypot(drawn.cos, drawn.sin), 1, rtol=1e-15)


def test_starts_depend_on_the_seed_alone_and_lie_on_both_sides() -> None:
    assert np.array_equal(starts(9, 3), starts(9, 3))
    drawn = starts(1000)
    assert abs(np.mean(drawn.sin)) < 0.05
    assert abs(np.mean(drawn.velocity)) < 0.06


def test_a_network_plays_alone_as_it_plays_among_others() -> None:
    population, several = genomes(), starts()
    together = fallen(controller(CODEC.decode(population)), several)
    for i, genome in enumerate(population[:6]):
        control = controller(CODEC.decode(genome[np.newaxis]))
        for j, start in enumerate(zip(*several, strict=True)):
            alone = fallen(control, Motion(*np.reshape(start, (3, 1))))
            assert alone[0, 0] == together[i, j]


def test_the_controller_is_the_network() -> None:
    """Against a plain loop of matrix products, one network and one motion at a time."""
    codec = Codec((3, 5, 4, 1))
    population = random_genomes(6, codec.words, rng=np.random.default_rng(2))
    motions = starts(7)
    found = controller(codec.decode(population))(motions)
    assert found.shape == (6, 7)
    for i in range(6):
        layers = [layer[0].astype(float) for layer in codec.decode(population[i : i + 1])]
        for j in range(7):
            h = np.array([part[j] for part in motions])
            for place, layer in enumerate(layers):
                h = layer[:, :-1] @ (np.maximum(h, 0) if place else h) + layer[:, -1]
            assert found[i, j] == pytest.approx(h[0], rel=1e-12, abs=1e-12)


def test_a_mirrored_network_plays_the_mirrored_game() -> None:
    """Change the signs of the weights for the sine and the velocity, and that of the output."""
    layers = CODEC.decode(genomes())
    flipped = [layers[0] * np.array([1, -1, -1, 1], np.float32), -layers[1]]
    several = starts()
    image = Motion(several.cos, -several.sin, -several.velocity)
    assert np.array_equal(fallen(controller(layers), several), fallen(controller(flipped), image))


def test_scaling_the_output_changes_nothing() -> None:
    layers = CODEC.decode(genomes())
    assert np.array_equal(
        fallen(controller(layers), starts()), fallen(controller([layers[0], layers[1] * np.float32(0.01)]), starts())
    )


def test_the_score_is_a_step_function_of_the_weights() -> None:
    """Where no output of a game comes near 0, a weight can be nudged and not a single bit of the game changes."""
    layers, several = [layer.astype(float) for layer in CODEC.decode(genomes(60))], starts()
    control, outputs = controller(layers), []
    for motion, _ in play(control, several):
        outputs.append(np.abs(control(motion)))
    clear = np.min(outputs, axis=(0, 2)) > 1e-6
    assert clear.sum() > 10
    layers = [layer[clear] for layer in layers]
    score = fallen(controller(layers), several)
    for place, layer in enumerate(layers):
        for row, column in np.ndindex(layer.shape[1:]):
            nudged = [each.copy() for each in layers]
            nudged[place][:, row, column] += 1e-9
            assert np.array_equal(fallen(controller(nudged), several), score)


def test_every_computer_plays_the_same_games() -> None:
    """The bits of 19,200 games, as NumPy 2.4 on x86-64 and NumPy 2.0 in WebAssembly both have them."""
    rng = np.random.default_rng(0)
    several = random_starts(64, rng=rng)
    population = random_genomes(300, CODEC.words, rng=rng)
    bits = sha256()
    for motion, _ in play(controller(CODEC.decode(population)), several):
        for part in motion:
            bits.update(np.ascontiguousarray(part, "<f8").tobytes())
    assert bits.hexdigest()[:12] == "0d814b3caafb"


def test_a_measure_is_the_mean_over_the_starts_also_of_a_minibatch() -> None:
    measure, population = SwingUp(CODEC, starts(6)), genomes()
    rows = np.array([5, 0, 2])
    shares = fallen(controller(CODEC.decode(population)), starts(6))
    assert measure.examples == 6
    np.testing.assert_allclose(measure(population), shares.mean(axis=1), rtol=1e-15)
    np.testing.assert_allclose(measure(population, rows), shares[:, rows].mean(axis=1), rtol=1e-15)


def test_a_measure_plays_by_its_own_rules() -> None:
    game, population = Pendulum(torque=1.5, steps=60, upright=0.5), genomes()
    expected = fallen(controller(CODEC.decode(population)), starts(6), pendulum=game).mean(axis=1)
    assert np.array_equal(SwingUp(CODEC, starts(6), game)(population), expected)
    assert not np.array_equal(SwingUp(CODEC, starts(6))(population), expected)


def test_a_measure_can_be_pickled() -> None:
    measure = SwingUp(CODEC, starts(3), Pendulum(torque=0.3))
    again = pickle.loads(pickle.dumps(measure))
    assert np.array_equal(again(genomes()), measure(genomes()))


def test_nan_in_a_start_or_a_weight_reaches_the_loss_and_no_other() -> None:
    several = starts(3)
    several.velocity[1] = np.nan
    shares = fallen(controller(CODEC.decode(genomes(4))), several)
    assert np.isnan(shares).tolist() == [[False, True, False]] * 4
    assert np.isnan(SwingUp(CODEC, several)(genomes(4))).all()
    layers = [layer.copy() for layer in CODEC.decode(genomes(4))]
    layers[1][2] = np.nan
    assert np.isnan(fallen(controller(layers), starts(3))).any(axis=1).tolist() == [False, False, True, False]


def test_evolution_swings_it_up() -> None:
    """Twenty-five generations at most; chance alone comes to about 0.85 in the first."""
    measure = SwingUp(CODEC, starts(4, seed=0))
    plan = Plan(size=60, among=15)
    states = islice(evolution(measure, plan, words=CODEC.words, seed=2), 26)
    losses = [float(state.losses[0]) for state in states]
    assert losses[0] > 0.75
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.4


# Errors


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"torque": -0.1}, "the torque is a finite number of at least 0, got -0.1; 0.4 makes a good game"),
        ({"torque": np.nan}, "the torque is a finite number of at least 0, got nan"),
        ({"torque": np.inf}, "the torque is a finite number of at least 0, got inf"),
        ({"step": 0.0}, "a step is more than 0 and at most 0.5, got 0.0; a swing takes 6.28"),
        ({"step": 0.6}, "a step is more than 0 and at most 0.5, got 0.6"),
        ({"step": np.nan}, "a step is more than 0 and at most 0.5, got nan"),
        ({"steps": 0}, "a game has at least 1 step, got 0; give it some swings"),
        ({"upright": 1.0}, "upright is a height between -1 and 1, got 1.0; 1 is the highest point itself"),
        ({"upright": -1.0}, "upright is a height between -1 and 1, got -1.0"),
    ],
)
def test_a_setting_out_of_range_is_refused(setting: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Pendulum(**setting)


def test_another_network_and_no_start_are_refused() -> None:
    with pytest.raises(ValueError, match=r"3 inputs and 1 output, got 2 and 1; take a codec of the sizes \(3, 6, 1\)"):
        SwingUp(Codec((2, 6, 1)), starts())
    with pytest.raises(ValueError, match="3 inputs and 1 output, got 3 and 2"):
        controller(Codec((3, 6, 2)).decode(np.zeros((1, 3), np.uint64)))
    with pytest.raises(ValueError, match="a score needs games, got no start; draw some by random_starts"):
        SwingUp(CODEC, starts(0))


# Oracles


def test_the_period_is_scipys_elliptic_integral() -> None:
    special = need("scipy.special")
    for amplitude in (0.1, 1.0, 2.0, 3.0):
        exact = 4 * float(special.ellipk(np.sin(amplitude / 2) ** 2))
        assert period(amplitude, step=0.02, swings=5, longest=1.01 * exact) == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("torque", [-0.4, 0.0, 0.4])
def test_the_path_is_scipys_and_its_error_falls_with_the_square_of_the_step(torque: float) -> None:
    integrate = need("scipy.integrate")
    end = integrate.solve_ivp(
        lambda _, y: (y[1], np.sin(y[0]) + torque), (0, 8), (2.5, 0.3), rtol=1e-11, atol=1e-11, method="DOP853"
    ).y[:, -1]
    errors = []
    for step in (0.1, 0.05, 0.025):
        last = swung(at(2.5, 0.3), round(8 / step), step=step, torque=torque)[-1]
        errors.append(np.abs(np.asarray(last) - [np.cos(end[0]), np.sin(end[0]), end[1]]).max())
    assert errors[-1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)
