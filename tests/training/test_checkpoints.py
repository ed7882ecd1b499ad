"""Checkpoints: every bit comes back, whatever is broken is refused, and whatever happens one whole file is there."""

import errno
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from reference.training import Plan, State, checkpoints, evolution, load_state, save_state, saved
from tests.processes import CODEC, PLAN, digest, moons
from tests.properties import given, st

ROOT = Path(__file__).parents[2]
SMALL = Plan(size=3, elite=1, among=2)


def ones(genomes: Any) -> Any:
    return np.bitwise_count(genomes).sum(axis=1)


def example(generation: int = 4) -> State:
    return State(7, generation, np.arange(6, dtype=np.uint64).reshape(3, 2), np.array([0.1, 0.2, np.nan]), 0.015, 2)


def endless() -> Iterator[State]:
    generation = 0
    while True:
        yield example(generation)
        generation += 1


def assert_same(got: State, expected: State) -> None:
    for name, value in vars(expected).items():
        found = getattr(got, name)
        if isinstance(value, np.ndarray):
            assert (found.dtype, found.shape) == (value.dtype, value.shape)
            assert found.tobytes() == value.tobytes()  # NaN as well
        else:
            assert (type(found), found) == (type(value), value)


# What is saved is what is loaded


@given(
    st.integers(0, 2**100),
    st.integers(0, 2**40),
    st.floats(0, 0.5, exclude_max=True),
    st.integers(0, 99),
    st.binary(min_size=24, max_size=24),
)
def test_every_bit_comes_back(
    tmp_path_factory: Any, seed: int, generation: int, rate: float, stale: int, b: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "every_bit"
    losses = np.frombuffer(b, np.float64)
    state = State(seed, generation, np.frombuffer(b[:3] * 16, np.uint64).reshape(3, 2), losses, rate, stale)
    save_state(state, path, plan=SMALL)
    assert_same(load_state(path, plan=SMALL), state)


def test_numbers_of_numpy_come_back_as_pythons(tmp_path: Path) -> None:
    seed, generation, size, stale = map(cast(Any, np.int64), (7, 4, 3, 2))
    state = State(seed, generation, example().population, example().losses, np.float64(0.015), stale)
    save_state(state, tmp_path / "run", plan=Plan(size=size, elite=1, among=2))
    assert_same(load_state(tmp_path / "run", plan=SMALL), example())


def test_the_name_is_taken_as_it_is_and_nothing_else_is_left(tmp_path: Path) -> None:
    for name in ("run", "run.npz", "run.ckpt"):
        save_state(example(), tmp_path / name, plan=SMALL)
        save_state(example(5), str(tmp_path / name), plan=SMALL)
        assert load_state(str(tmp_path / name), plan=SMALL).generation == 5
    assert sorted(os.listdir(tmp_path)) == ["run", "run.ckpt", "run.npz"]


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        Plan(size=20, among=5, twins=True, rate=0.01, newcomers=3),
        Plan(size=20, parents="softmax", temperature=0.1, crossover=0.5, halve_after=1),
        Plan(size=20, parents="tournament", among=3, elite=0, minibatch=20),
    ],
)
def test_a_resumed_run_is_the_undisturbed_one_bit_for_bit(plan: Plan, tmp_path: Path) -> None:
    measure = moons()
    undisturbed = [digest(state) for state in islice(evolution(measure, plan, words=CODEC.words, seed=3), 11)]
    assert len(set(undisturbed)) == 11
    for stop in (0, 1, 6):
        *_, state = islice(evolution(measure, plan, words=CODEC.words, seed=3), stop + 1)
        save_state(state, tmp_path / "run", plan=plan)
        again = evolution(measure, plan, state=load_state(tmp_path / "run", plan=plan))
        assert [digest(state) for state in islice(again, 11 - stop)] == undisturbed[stop:]


# What is no whole checkpoint is refused


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run"
    save_state(example(), path, plan=SMALL)
    whole = path.read_bytes()
    for length in {*range(0, len(whole), 7), *range(len(whole) - 25, len(whole))}:
        path.write_bytes(whole[:length])
        with pytest.raises(
            ValueError, match=r"run is no whole checkpoint: it was cut short, .* take an earlier one, or"
        ):
            load_state(path, plan=SMALL)


def test_damage_anywhere_is_refused_or_without_effect(tmp_path: Path) -> None:
    path = tmp_path / "run"
    save_state(example(), path, plan=SMALL)
    whole, harmless, said = path.read_bytes(), [], set()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            state = load_state(path, plan=SMALL)
        except ValueError as error:
            said.add(str(error).partition(":")[0])
        else:
            assert_same(state, example())
            harmless.append(place)
    assert said == {f"{path} is no whole checkpoint"}
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            sizes = np.frombuffer(whole, np.uint8)[member.header_offset + 26 :][:4].view("<u2")
            start = member.header_offset + 30 + int(sizes.sum())
            assert not set(harmless) & set(range(start, start + member.file_size)), "damage in an array went unseen"
    assert harmless  # a date or a comment of the zip may change: the test does look at each byte


def npz(path: Path, **arrays: Any) -> None:
    with open(path, "wb") as file:
        np.savez(file, **arrays)


class Trap:
    """Unpickled, it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (f"{self.path}.sprung",)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("generation 4, loss 0.1"),
        lambda path: path.write_bytes(os.urandom(3000)),
        lambda path: npz(path, weights=np.ones(3)),
        lambda path: npz(path, about="no JSON"),
        lambda path: npz(path, about='{"format": 1, "plan": {}, "state": {}}', population=np.ones(3), losses=[1]),
        lambda path: npz(path, about='{"format": 1}', population=np.ones(3), losses=np.ones(3)),
        lambda path: npz(path, about=np.array([Trap(path)], dtype=object)),
    ],
    ids=["empty", "text", "noise", "weights", "about", "state", "plan", "pickle"],
)
def test_another_kind_of_file_is_refused_and_runs_nothing(write: Callable[[Path], Any], tmp_path: Path) -> None:
    write(tmp_path / "run")
    with pytest.raises(ValueError, match="cut short, damaged, or is another kind of file"):
        load_state(tmp_path / "run", plan=SMALL)
    assert os.listdir(tmp_path) == ["run"]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no checkpoint .*run: save one, or start anew"):
        load_state(tmp_path / "run", plan=SMALL)


def test_another_plan_is_refused_with_what_differs(tmp_path: Path) -> None:
    save_state(example(), tmp_path / "run", plan=SMALL)
    other = Plan(size=3, elite=1, among=2, halve_after=5, parents="tournament")
    with pytest.raises(
        ValueError, match=r"another plan \(parents='best', not 'tournament'; halve_after=None, not 5\): take it"
    ):
        load_state(tmp_path / "run", plan=other)


def test_another_format_is_refused_before_anything_else_of_it_is_read(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(checkpoints, "CHECKPOINT_FORMAT", 2)
    save_state(example(), tmp_path / "run", plan=SMALL)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="is of format 2, and this package reads 1: load it with the version that"):
        load_state(tmp_path / "run", plan=Plan())


# Whatever happens, one whole checkpoint is there


@pytest.mark.parametrize("limit", [0, 1, 300, 1000])
def test_a_write_that_fails_leaves_the_old_checkpoint_and_no_other_file(limit: int, tmp_path: Path) -> None:
    save_state(example(4), tmp_path / "run", plan=SMALL)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (limit, hard)
        )  # the system refuses what is longer, as a full disk does
        with pytest.raises(OSError, match="File too large"):
            save_state(example(5), tmp_path / "run", plan=SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == ["run"]
    assert load_state(tmp_path / "run", plan=SMALL).generation == 4


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_so_does_a_save_that_is_stopped_later(
    name: str, error: BaseException, tmp_path: Path, monkeypatch: Any
) -> None:
    save_state(example(4), tmp_path / "run", plan=SMALL)

    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(os, name, fails)
    with pytest.raises(type(error)):
        save_state(example(5), tmp_path / "run", plan=SMALL)
    assert os.listdir(tmp_path) == ["run"]
    assert load_state(tmp_path / "run", plan=SMALL).generation == 4


def test_what_a_kill_left_half_written_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run.part").write_bytes(bytes(10_000))
    save_state(example(), tmp_path / "run", plan=SMALL)
    assert os.listdir(tmp_path) == ["run"]
    assert_same(load_state(tmp_path / "run", plan=SMALL), example())


def test_a_killed_process_goes_on_where_it_saved_and_ends_in_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "run"
    command = [sys.executable, "-m", "tests.processes", "checkpointed", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 7:
                os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    state = load_state(path, plan=PLAN)
    assert state.generation >= 6
    assert state.generation % 2 == 0
    ends = [
        next(digest(each) for each in evolution(moons(), PLAN, words=CODEC.words, state=start) if each.generation == 30)
        for start in (None, state)
    ]
    assert ends[0] == ends[1]


# The iterator that saves


def saves(monkeypatch: Any) -> list[int]:
    """The generations that are saved from now on."""
    generations: list[int] = []

    def noted(state: State, path: Any, *, plan: Plan) -> None:
        generations.append(state.generation)

    monkeypatch.setattr(checkpoints, "save_state", noted)
    return generations


@pytest.mark.parametrize(
    ("states", "every", "expected"),
    [(0, 2, []), (1, 2, [0]), (6, 2, [0, 2, 4, 5]), (7, 2, [0, 2, 4, 6]), (4, 1, [0, 1, 2, 3]), (4, 100, [0, 3])],
)
def test_every_so_many_generations_and_the_last(monkeypatch: Any, states: int, every: int, expected: list[int]) -> None:
    generations = saves(monkeypatch)
    given_states = list(islice(endless(), states))
    got = list(saved(given_states, "nowhere", plan=SMALL, every=every))
    assert [id(state) for state in got] == [id(state) for state in given_states]
    assert generations == expected


def test_the_count_is_that_of_the_generation_so_a_resumed_run_keeps_the_rhythm(monkeypatch: Any) -> None:
    generations = saves(monkeypatch)
    for _ in saved(map(example, range(3, 9)), "nowhere", plan=SMALL, every=4):
        pass
    assert generations == [4, 8]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_loop_saves_the_last_state(error: type[BaseException], tmp_path: Path) -> None:
    def loop() -> None:
        for state in saved(endless(), tmp_path / "run", plan=SMALL):
            if state.generation == 5:
                raise error

    with pytest.raises(error):
        loop()
    assert load_state(tmp_path / "run", plan=SMALL).generation == 5


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_measure_that_raises_ends_the_run_with_the_last_state_saved(
    error: type[BaseException], tmp_path: Path
) -> None:
    calls = iter(range(100))

    def measure(genomes: Any) -> Any:
        if next(calls) == 4:
            raise error("in the measure")
        return ones(genomes)

    plan = Plan(size=10, among=3)
    with pytest.raises(error, match="in the measure"):
        for _ in saved(evolution(measure, plan, words=2), tmp_path / "run", plan=plan):
            pass
    state = load_state(tmp_path / "run", plan=plan)
    assert state.generation == 3
    rerun = islice(evolution(ones, plan, words=2), 7)
    again = islice(evolution(ones, plan, state=state), 4)
    assert [digest(each) for each in rerun][3:] == [digest(each) for each in again]


def test_a_break_saves_and_no_state_is_asked_for_too_many(tmp_path: Path) -> None:
    asked = []

    def counted() -> Iterator[State]:
        for state in endless():
            asked.append(state.generation)
            yield state

    for state in saved(counted(), tmp_path / "run", plan=SMALL):
        if state.generation == 3:
            break
    assert asked == [0, 1, 2, 3]
    assert load_state(tmp_path / "run", plan=SMALL).generation == 3


def test_a_disk_that_is_full_ends_the_run_and_keeps_the_checkpoint(tmp_path: Path, monkeypatch: Any) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    states = saved(endless(), tmp_path / "run", plan=SMALL, every=4)
    assert [next(states).generation for _ in range(7)][-1] == 6
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        list(states)
    assert os.listdir(tmp_path) == ["run"]
    assert load_state(tmp_path / "run", plan=SMALL).generation == 4


def test_less_than_one_generation_is_no_rhythm() -> None:
    with pytest.raises(ValueError, match="every 1 or more generations, got 0"):
        next(saved(endless(), "nowhere", plan=SMALL, every=0))
