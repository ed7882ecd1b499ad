"""The page of benchmarks: how times are taken, what is recorded, and that each lead of a library has its reason."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docs._site import bench, bench_all, bench_autograd, bench_gpu, bench_numbers, bench_quantization, timing
from docs._site.bench_rows import Row, measured
from docs._site.session import RECORDED
from tests.needs import need

compared: Callable[..., Any] = need("docs._site.bench_figure", "matplotlib").compared
DATA: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))["benchmarks"]
SPEED = ("activations", "numbers", "quantization", "autograd", "genetic")


class Time:
    """A clock that stands still until a call moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.called: list[str] = []

    def __call__(self) -> float:
        return self.now

    def call(self, name: str, *seconds: float) -> Callable[[], None]:
        """Return a call that takes these seconds in turn."""
        takes = itertools.cycle(seconds)

        def run() -> None:
            self.called.append(name)
            self.now += next(takes)

        return run


# How times are taken


def test_a_row_has_our_time_and_the_others_divided_by_it() -> None:
    time = Time()
    calls = {"ours": time.call("ours", 2.0), "slow": time.call("slow", 5.0), "limit": time.call("limit", 0.5)}
    row = measured("task", calls, unit="ms", scale=1e3, rounds=3, clock=time)
    assert row == Row("task", "ms", 2000, {"slow": 2.5}, 0.25)


def test_a_ratio_is_that_of_its_round() -> None:
    time = Time()
    calls = {"ours": time.call("ours", 0.1, 0.1, 0.1, 0.4, 0.2), "peer": time.call("peer", 0.2, 0.2, 0.2, 0.8, 0.4)}
    row = measured("task", calls, unit="s", scale=1, rounds=3, chunk=0, clock=time)
    assert (row.ours, row.times, row.limit) == (0.2, {"peer": 2}, None)


def test_short_calls_are_repeated_and_long_ones_have_one_turn() -> None:
    time = Time()
    calls = {"ours": time.call("ours", 0.01), "long": time.call("long", 0.6)}
    measured("task", calls, unit="s", scale=1, rounds=5, chunk=0.05, clock=time)
    assert time.called.count("ours") == 2 + 5 * 5
    assert time.called.count("long") == 2 + 1


def test_ours_takes_part_in_every_round_however_long_it_takes() -> None:
    time = Time()
    measured("task", {"ours": time.call("ours", 1.0)}, unit="s", scale=1, rounds=4, clock=time)
    assert time.called == ["ours"] * 6


# Each table, small


def names(rows: list[Row]) -> set[str]:
    """Who has a time."""
    return {name for row in rows for name in row.times}


def test_activations(monkeypatch: pytest.MonkeyPatch) -> None:
    need("torch"), need("jax"), need("scipy")
    monkeypatch.setattr(bench, "NAMES", ["sigmoid", "softmax", "glu"])
    rows = bench.gathered(1)
    assert [row.task for row in rows] == ["sigmoid", "softmax", "glu"]
    assert names(rows) == {"torch", "scipy", "jax"}
    assert all(row.ours > 0 < (row.limit or 0) for row in rows)


def test_numbers() -> None:
    need("ml_dtypes")
    rows = bench_numbers.gathered(1, count=1000)
    assert len(rows) == len(bench_numbers.NAMES) * len(bench_numbers.TASKS)
    assert "ml_dtypes" in names(rows)


def test_quantization_takes_the_libraries_that_are_there() -> None:
    need("torch")
    rows = bench_quantization.gathered(1, count=16_384)
    assert "int4_pack" in {row.task for row in rows}
    assert names(rows) <= set(bench_quantization.PEERS)


def test_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    need("torch")
    steps = {"attention": bench_autograd.attention, "chain": bench_autograd.chain}
    monkeypatch.setattr(bench_autograd, "STEPS", steps)
    attention, chain = bench_autograd.gathered(1)
    assert (attention.limit or 0) > 0
    assert chain.limit is None
    assert set(attention.times) == {"torch"}
    assert "torch" in chain.times


def test_the_products_of_a_step_are_those_that_it_makes() -> None:
    made: list[tuple[int, ...]] = []

    class Counting(np.ndarray[Any, Any]):
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            plain = [np.asarray(x) for x in inputs]
            options = {**options, **({"out": tuple(map(np.asarray, options["out"]))} if "out" in options else {})}
            if ufunc is np.matmul:
                made.append((*plain[0].shape, plain[1].shape[1]))
            return np.asarray(getattr(ufunc, method)(*plain, **options)).view(Counting)

    rng = np.random.default_rng(0)
    x, w1, w2 = (rng.normal(size=size).view(Counting) for size in ((64, 64), (64, 32), (32, 10)))
    step = bench_autograd._perceptron_numpy(x, np.zeros(64, int), [w1, np.zeros(32), w2, np.zeros(10)])
    step()
    assert sorted(made) == sorted(bench_autograd.PRODUCTS["perceptron"])


def test_the_gpus_functions_run_on_a_tensor_wherever_it_lies() -> None:
    torch = need("torch")
    rows = bench_gpu.gathered(1, device="cpu", shape=(8, 16))
    assert [row.task for row in rows] == [*bench_gpu.FUNCTIONS, *bench_gpu.LAYERS]
    assert names(rows) == {"torch"}
    x = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    for row in rows:
        calls = bench_gpu.calls(row.task, x)
        assert type(calls["ours"]()) is torch.Tensor
        torch.testing.assert_close(calls["ours"](), calls["torch"](), rtol=2e-6, atol=2e-6)


def test_without_a_gpu_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = need("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="its table is left out"):
        bench_gpu.gathered(1)


# Recording


def test_a_table_is_recorded_with_its_machine_date_and_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_numbers, "gathered", lambda rounds: [Row("a", "ns", 1.0, {"ml_dtypes": 2.0}, 0.5)])
    found = bench_all.gathered("numbers", 3)
    assert found["rows"] == [{"task": "a", "unit": "ns", "ours": 1.0, "times": {"ml_dtypes": 2.0}, "limit": 0.5}]
    assert found["rounds"] == 3
    assert {"numpy", "ml_dtypes"} <= set(found["versions"])
    assert found["hash"] == bench_all.bench_hash("numbers")
    assert {"date", "seconds", "load", "machine", "cores", "python"} <= set(found)
    assert "| a | 1 ns | 2 | 0.5 |" in bench_all.printed("numbers", found)


def test_record_keeps_what_was_measured_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "recorded.json"
    path.write_text('{"benchmarks": {"gpu": "of another machine"}, "ulp": 1}')
    kept: dict[str, Any] = {}
    table = {**DATA["numbers"], "rounds": 1}
    monkeypatch.setattr(bench_all, "RECORDED", path)
    monkeypatch.setattr(bench_all, "write", kept.update)
    monkeypatch.setattr(bench_all, "_apart", lambda name, rounds: None if name == "gpu" else table)
    bench_all.main(["numbers", "gpu", "--record"])
    assert kept == {"benchmarks": {"gpu": "of another machine", "numbers": table}, "ulp": 1}
    kept.clear()
    bench.main(["--record", "gpu"])
    bench.main(["all", "numbers"])
    assert kept == {}
    assert "float8_e4m3fn codes" in capsys.readouterr().out


def test_an_unknown_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench_all.main(["nothing"])
    assert "unknown: nothing; known: activations" in capsys.readouterr().err


# What the page says


def test_every_chapter_is_recorded_with_all_its_tasks() -> None:
    assert set(DATA) >= {*SPEED, "live"}
    assert [row["task"] for row in DATA["activations"]["rows"]] == bench.NAMES
    assert [row["task"] for row in DATA["quantization"]["rows"]] == list(bench_quantization.TASKS)
    assert [row["task"] for row in DATA["autograd"]["rows"]] == list(bench_autograd.STEPS)
    every = {name for table in DATA.values() for row in table["rows"] for name in row["times"]}
    assert {"ml_dtypes", "gfloat", "bitsandbytes", "torchao", "gguf", "pygad", "deap", "evosax", "pyodide"} <= every


@pytest.mark.parametrize("name", DATA)
def test_each_lead_of_a_library_has_its_reason(name: str) -> None:
    why = __import__(f"docs._site.{bench_all.TABLES[name]}", fromlist=["WHY"]).WHY
    assert set(timing.losses(name)) <= set(why), f"say in WHY of {bench_all.TABLES[name]} why it is faster"
    for peer, tasks in timing.losses(name).items():
        assert timing.peer_name(peer, DATA[name]["versions"]) in timing.faster(name)
        assert tasks


def test_where_nobody_is_faster_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"task": "a", "unit": "ns", "ours": 1.0, "times": {"torch": 0.96}, "limit": None}]
    monkeypatch.setattr(timing, "stored", lambda: {"benchmarks": {"numbers": {**DATA["numbers"], "rows": rows}}})
    assert timing.faster("numbers") == "No library is faster at any of these tasks."
    rows[0]["times"] = {"ml_dtypes": 0.5}
    assert "is faster at 1 of 1 task, at `a`, 2 times: float16" in timing.faster("numbers")


def test_what_was_measured_before_the_code_changed_or_on_a_busy_machine_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = {**DATA["numbers"], "hash": bench_all.bench_hash("numbers"), "load": [0.1, 1.0], "cores": 2}
    monkeypatch.setattr(timing, "stored", lambda: {"benchmarks": {"numbers": table}})
    words = timing.conditions("numbers")
    assert table["date"] in words
    assert "changed" not in words
    assert "been idle" not in words
    table.update(hash="other", load=[1.5, 1.5])
    assert "The code has changed since" in timing.conditions("numbers")
    assert "had not been idle" in timing.conditions("numbers")


def test_without_a_record_the_page_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "stored", dict)
    assert "bench --record" in timing.conditions("live")
    assert [timing.faster("live"), timing.each("live"), timing.gpu()] == ["", "", ""]


def test_a_gpu_gets_its_own_section(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"task": "gelu", "unit": "ns a number", "ours": 0.1, "times": {"torch": 0.25}, "limit": 0.2}
    layer = {**row, "task": "rms_norm", "times": {"torch": 2.0}}
    table = {**DATA["numbers"], "rows": [row, layer], "machine": "a GPU", "versions": {"torch": "2.13.0+cu126"}}
    monkeypatch.setattr(timing, "stored", lambda: {"benchmarks": {"gpu": table}})
    section = timing.gpu()
    assert section.startswith("## On a GPU\n")
    assert "[`gelu`][reference.activations.gated.gelu] | 0.1 | 0.25 | 0.2 |" in section
    assert "[`rms_norm`][reference.normalization.rms_norm.rms_norm]" in section
    assert "- **PyTorch 2.13.0** is faster at 1 of 2 tasks, at `gelu`, 4 times: one kernel" in section


@pytest.mark.parametrize("name", SPEED)
def test_a_figure_holds_every_number(name: str) -> None:
    drawing = compared(f"benchmarks_{name}", name)
    assert drawing.table["task"] == [row["task"] for row in DATA[name]["rows"]]
    numbers = sum(len(row["times"]) + 1 + (row["limit"] is not None) for row in DATA[name]["rows"])
    shown = sum(bool(cell) for head, column in drawing.table.items() if head != "task" for cell in column)
    assert shown == numbers
    assert drawing.svg.startswith("<svg")
