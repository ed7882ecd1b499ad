"""Losses: the papers' formulas, masks and weights, hard rows, and the same values and gradients in every library."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from reference.activations import log_softmax, softmax
from reference.autograd import Tensor
from reference.training import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    cross_entropy,
    cross_entropy_gradient,
    mse,
    mse_gradient,
    z_loss,
    z_loss_gradient,
)
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
torch: Any = need("torch")
jax: Any = need("jax")
functional: Any = need("torch.nn.functional")

Loss = Callable[[Any], Any]

INF, NAN = np.inf, np.nan
RNG = np.random.default_rng(0)
LOGITS = RNG.normal(scale=3, size=(7, 4))
LABELS = np.asarray([0, 3, 1, 2, 3, 3, 0])
PROBABILITIES = softmax(RNG.normal(size=(7, 4)))
WEIGHT = np.asarray([0.5, 2.0, 0.0, 1.25])
OPTIONS = [
    pytest.param(
        {"weight": weight, "label_smoothing": smoothing, "ignore_index": ignored, "reduction": reduction},
        id=f"{'plain' if weight is None else 'weighted'}, smoothing {smoothing}, ignore {ignored}, {reduction}",
    )
    for weight, smoothing, ignored, reduction in product([None, WEIGHT], [0.0, 0.1], [None, 3], ["mean", "sum", "none"])
]

# Every loss with its gradient, as functions of one array
PAIRS: dict[str, tuple[Loss, Loss]] = {
    "mse": (lambda x: mse(x, PROBABILITIES), lambda x: mse_gradient(x, PROBABILITIES)),
    "labels": (lambda x: cross_entropy(x, LABELS), lambda x: cross_entropy_gradient(x, LABELS)),
    "probabilities": (
        lambda x: cross_entropy(x, PROBABILITIES, label_smoothing=0.2),
        lambda x: cross_entropy_gradient(x, PROBABILITIES, label_smoothing=0.2),
    ),
    "all options": (
        lambda x: cross_entropy(x, LABELS, weight=WEIGHT, label_smoothing=0.1, ignore_index=0, reduction="sum"),
        lambda x: cross_entropy_gradient(
            x, LABELS, weight=WEIGHT, label_smoothing=0.1, ignore_index=0, reduction="sum"
        ),
    ),
    "binary": (
        lambda x: binary_cross_entropy(x, PROBABILITIES),
        lambda x: binary_cross_entropy_gradient(x, PROBABILITIES),
    ),
    "z": (lambda x: z_loss(x, coefficient=0.3), lambda x: z_loss_gradient(x, coefficient=0.3)),
}


def rows_of(low: float = -50, high: float = 50) -> Any:
    """Three rows of four finite logits."""
    return st.lists(st.floats(low, high), min_size=12, max_size=12).map(lambda values: np.reshape(values, (3, 4)))


def for_torch(options: dict[str, Any]) -> dict[str, Any]:
    """Our options in PyTorch's form: its default label to ignore is -100."""
    weight, ignored = options["weight"], options["ignore_index"]
    return {
        **options,
        "weight": None if weight is None else torch.asarray(weight),
        "ignore_index": -100 if ignored is None else ignored,
    }


# The definitions, in all four array libraries


def test_mse_is_the_mean_of_the_squares(xp: Any) -> None:
    y, t = xp.asarray([[1.0, 2.0], [3.0, -1.0]]), xp.asarray([[1.0, 0.0], [2.0, 1.0]])
    assert float(mse(y, t)) == 9 / 4
    np.testing.assert_array_equal(np.asarray(mse_gradient(y, t)), [[0, 1], [0.5, -1]])


def test_cross_entropy_is_the_surprise_at_the_label(xp: Any) -> None:
    x, target = xp.log(xp.asarray([[0.25, 0.75], [0.5, 0.5]])), xp.asarray([1, 0])
    np.testing.assert_allclose(np.asarray(cross_entropy(x, target, reduction="none")), -np.log([0.75, 0.5]), rtol=3e-7)
    assert float(cross_entropy(x, target)) == pytest.approx(-np.log(0.375) / 2, rel=3e-7)
    expected = [[0.125, -0.125], [-0.25, 0.25]]
    np.testing.assert_allclose(np.asarray(cross_entropy_gradient(x, target)), expected, rtol=3e-7)


def test_label_smoothing_is_the_mixture_of_szegedy_et_al(xp: Any) -> None:
    """Section 7: H(q', p) = (1 - eps) H(q, p) + eps H(u, p), with the uniform distribution u."""
    x, target, eps = xp.asarray(LOGITS, dtype=xp.float32), xp.asarray(LABELS), 0.1
    uniform = xp.ones_like(x) / 4
    mixture = (1 - eps) * float(cross_entropy(x, target)) + eps * float(cross_entropy(x, uniform))
    assert float(cross_entropy(x, target, label_smoothing=eps)) == pytest.approx(mixture, rel=5e-7)


@pytest.mark.parametrize("options", OPTIONS[-3:])
def test_all_options_together_follow_their_formula_row_by_row(xp: Any, options: dict[str, Any]) -> None:
    log_p, w = log_softmax(LOGITS), np.ones(4) if options["weight"] is None else WEIGHT
    eps, losses, divisor = options["label_smoothing"], [], 0.0
    for row, label in zip(log_p, LABELS, strict=True):
        counts = label != options["ignore_index"]
        losses.append(counts * -((1 - eps) * w[label] * row[label] + eps / 4 * np.sum(w * row)))
        divisor += counts * w[label]
    reductions = {"none": losses, "sum": np.sum(losses), "mean": np.sum(losses) / divisor}
    ours = {**options, "weight": None if options["weight"] is None else xp.asarray(WEIGHT, dtype=xp.float32)}
    got = cross_entropy(xp.asarray(LOGITS, dtype=xp.float32), xp.asarray(LABELS), **ours)
    np.testing.assert_allclose(np.asarray(got), reductions[options["reduction"]], rtol=2e-6, atol=1e-7)


def test_binary_cross_entropy_asks_one_question_per_number(xp: Any) -> None:
    x, t = xp.asarray([0.0, np.log(3.0), -np.log(3.0)], dtype=xp.float32), xp.asarray([1.0, 1.0, 0.25])
    expected = (np.log(2) - np.log(0.75) - 0.25 * np.log(0.25) - 0.75 * np.log(0.75)) / 3
    assert float(binary_cross_entropy(x, t)) == pytest.approx(expected, rel=3e-7)
    gradient = np.asarray(binary_cross_entropy_gradient(x, t))
    np.testing.assert_allclose(gradient, [-1 / 6, -1 / 12, 0], rtol=3e-7, atol=1e-8)


def test_the_gradient_of_the_z_loss_is_2_c_log_z_p_over_rows(xp: Any) -> None:
    x = xp.asarray(LOGITS, dtype=xp.float32)
    log_z = np.log(np.sum(np.exp(LOGITS), axis=-1, keepdims=True))
    assert float(z_loss(x, coefficient=0.3)) == pytest.approx(0.3 * np.mean(log_z**2), rel=1e-6)
    expected = 2 * 0.3 * log_z * softmax(LOGITS) / 7
    np.testing.assert_allclose(np.asarray(z_loss_gradient(x, coefficient=0.3)), expected, rtol=2e-6)


def test_one_row_and_many_axes_work_like_a_batch() -> None:
    rows = cross_entropy(LOGITS, LABELS, reduction="none")
    assert cross_entropy(LOGITS[2], LABELS[2]) == pytest.approx(float(rows[2]), rel=1e-14)
    cube, labels = LOGITS[:6].reshape(3, 2, 4), LABELS[:6].reshape(3, 2)
    np.testing.assert_allclose(cross_entropy(cube, labels, reduction="none"), rows[:6].reshape(3, 2), rtol=1e-14)
    assert z_loss(cube, coefficient=1.0) == pytest.approx(float(z_loss(LOGITS[:6], coefficient=1.0)), rel=1e-14)


# Hard cases


def test_a_label_that_is_no_class_gives_nan_and_an_ignored_one_nothing(xp: Any) -> None:
    x = xp.asarray(np.tile(LOGITS[0], (8, 1)), dtype=xp.float32)
    target = xp.asarray([-100, -2, -1, 0, 1, 3, 4, 100])
    plain = np.asarray(cross_entropy(x, target, reduction="none"))
    assert np.isnan(plain).tolist() == [True] * 3 + [False] * 3 + [True] * 2
    ignoring = np.asarray(cross_entropy(x, target, ignore_index=-100, reduction="none"))
    assert ignoring[0] == 0
    assert np.isnan(ignoring).tolist() == [False] + [True] * 2 + [False] * 3 + [True] * 2
    slopes = cross_entropy_gradient(np.asarray(x), np.asarray(target), ignore_index=-100, reduction="none")
    assert np.isnan(slopes).all(axis=-1).tolist() == np.isnan(ignoring).tolist()
    assert slopes[0].tolist() == [0] * 4


def test_where_all_is_ignored_the_mean_is_nan_the_sum_0_and_numpy_warns() -> None:
    target = np.full(7, 2)
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(cross_entropy(LOGITS, target, ignore_index=2))
    assert cross_entropy(LOGITS, target, ignore_index=2, reduction="sum") == 0
    by_torch = functional.cross_entropy(torch.asarray(LOGITS), torch.asarray(target), ignore_index=2)
    assert np.isnan(float(by_torch))
    for loss in (mse, binary_cross_entropy):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert np.isnan(loss(np.ones((0, 3)), np.ones((0, 3))))
    for gradient in (mse_gradient, binary_cross_entropy_gradient, cross_entropy_gradient):
        assert gradient(np.ones((0, 3)), np.ones((0, 3))).shape == (0, 3)
    assert z_loss_gradient(np.ones((0, 3)), coefficient=1.0).shape == (0, 3)


def test_a_class_that_is_ruled_out_costs_nothing_unless_it_is_the_target(xp: Any) -> None:
    x = xp.asarray([[0.0, -INF, 0.0], [0.0, -INF, 0.0]])
    np.testing.assert_allclose(
        np.asarray(cross_entropy(x, xp.asarray([0, 1]), reduction="none")), [np.log(2), INF], rtol=1e-6
    )
    share = xp.asarray([[0.5, 0.0, 0.5], [0.0, 0.5, 0.5]])
    np.testing.assert_allclose(np.asarray(cross_entropy(x, share, reduction="none")), [np.log(2), INF], rtol=1e-6)
    assert float(cross_entropy(x, xp.asarray([0, 2]), label_smoothing=0.1)) == INF
    slopes = np.asarray(cross_entropy_gradient(x, xp.asarray([0, 2])))
    np.testing.assert_allclose(slopes, [[-0.25, 0, 0.25], [0.25, 0, -0.25]], rtol=1e-6)


def test_infinite_answers_to_yes_or_no(xp: Any) -> None:
    for x, t, expected in [(INF, 1.0, 0), (-INF, 0.0, 0), (INF, 0.0, INF), (-INF, 1.0, INF), (INF, 0.5, INF)]:
        assert float(binary_cross_entropy(xp.asarray([x]), xp.asarray([t]))) == expected
    slopes = binary_cross_entropy_gradient(xp.asarray([INF, INF, -INF]), xp.asarray([1.0, 0.0, 1.0]))
    np.testing.assert_allclose(np.asarray(slopes), [0, 1 / 3, -1 / 3], rtol=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_nan_in_the_input_gives_nan(name: str) -> None:
    loss, gradient = PAIRS[name]
    x = LOGITS.copy()
    x[1, 0] = NAN
    assert np.isnan(loss(x))
    assert np.isnan(gradient(x)[1, 0])
    assert not np.isnan(gradient(x)[[0, *range(2, 7)]]).any()


def test_nan_in_targets_and_weights_gives_nan() -> None:
    bad = np.where(np.arange(4) == 1, NAN, 0.25)
    for loss in (cross_entropy, binary_cross_entropy, mse):
        assert np.isnan(loss(LOGITS[0], bad))
    assert np.isnan(cross_entropy(LOGITS, LABELS, weight=bad))


def test_half_precision_overflows_only_where_the_result_does(xp: Any) -> None:
    if not hasattr(xp, "float16"):
        return
    y = xp.full((50, 50), 200.0, dtype=xp.float16)
    got = mse(y, xp.zeros_like(y))
    assert (float(got), got.dtype) == (40_000.0, xp.float16)
    assert float(z_loss(y, coefficient=1.0)) == pytest.approx((200 + np.log(50)) ** 2, rel=1e-3)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_of_the_first_argument_is_kept(name: str, dtype: Any) -> None:
    loss, gradient = PAIRS[name]
    assert loss(LOGITS.astype(dtype)).dtype == dtype
    assert gradient(LOGITS.astype(dtype)).dtype == dtype


def test_float32_is_rounded_once() -> None:
    x = LOGITS.astype(np.float32)
    for loss, gradient in PAIRS.values():
        for function in (loss, gradient):
            np.testing.assert_array_equal(function(x), function(x.astype(np.float64)).astype(np.float32))


def test_shapes_that_do_not_fit_raise_with_both() -> None:
    for loss in (mse, mse_gradient, binary_cross_entropy, binary_cross_entropy_gradient):
        with pytest.raises(ValueError, match=r"\(3,\), which does not fit \(3, 1\)"):
            loss(np.ones((3, 1)), np.ones(3))
    for target in (np.ones((2, 2)), np.ones(3, dtype=int), np.asarray(0), np.ones((2, 1), dtype=int)):
        for function in (cross_entropy, cross_entropy_gradient):
            with pytest.raises(ValueError, match=r"which does not fit \(2, 3\); reshape one of them"):
                function(np.ones((2, 3)), target)


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_gradient])
def test_bad_options_raise_by_name(function: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r'reduction must be "mean", "sum" or "none", got .average.'):
        function(LOGITS, LABELS, reduction="average")
    for smoothing in (-0.1, 1.5, NAN):
        with pytest.raises(ValueError, match="label_smoothing must be a share from 0 to 1"):
            function(LOGITS, LABELS, label_smoothing=smoothing)
    with pytest.raises(ValueError, match="ignore_index=2 is a label, the target has probabilities"):
        function(LOGITS, PROBABILITIES, ignore_index=2)
    with pytest.raises(TypeError, match=r"expected an array, got list; wrap it with np.asarray\(x\)"):
        function(LOGITS, LABELS.tolist())


# Properties


@given(rows_of(), st.lists(st.integers(0, 3), min_size=3, max_size=3), st.floats(0, 1))
def test_one_hot_targets_equal_labels(x: Any, labels: list[int], eps: float) -> None:
    rows = np.eye(4)[labels]
    for function in (cross_entropy, cross_entropy_gradient):
        by_label = function(x, np.asarray(labels), label_smoothing=eps, weight=WEIGHT, reduction="none")
        np.testing.assert_array_equal(function(x, rows, label_smoothing=eps, weight=WEIGHT, reduction="none"), by_label)
    assert cross_entropy(x, rows) == cross_entropy(x, np.asarray(labels))


@given(rows_of(), st.lists(st.integers(0, 3), min_size=3, max_size=3), st.floats(-100, 100), st.floats(0, 1))
def test_a_common_shift_is_not_felt_so_the_gradient_sums_to_0(x: Any, labels: list[int], c: float, eps: float) -> None:
    target = np.asarray(labels)
    shifted = cross_entropy(x + c, target, label_smoothing=eps)
    assert shifted == pytest.approx(float(cross_entropy(x, target, label_smoothing=eps)), rel=1e-12, abs=1e-12)
    gradient = cross_entropy_gradient(x, target, label_smoothing=eps, weight=WEIGHT, reduction="none")
    np.testing.assert_allclose(gradient.sum(axis=-1), 0, atol=3e-15)


@given(rows_of())
def test_cross_entropy_is_least_where_the_prediction_is_the_target(x: Any) -> None:
    p = softmax(x)
    entropy = -np.sum(p * log_softmax(x), axis=-1)
    np.testing.assert_allclose(cross_entropy(x, p, reduction="none"), entropy, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(cross_entropy_gradient(x, p), 0, atol=1e-15)
    assert np.all(cross_entropy(x[::-1], p, reduction="none") >= entropy - 1e-12)


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=8).map(np.asarray), st.floats(0, 1))
def test_yes_or_no_is_cross_entropy_over_the_logits_0_and_x(x: Any, t: float) -> None:
    target = np.full_like(x, t)
    two = np.stack([np.zeros_like(x), x], axis=-1)
    expected = cross_entropy(two, np.stack([1 - target, target], axis=-1))
    assert binary_cross_entropy(x, target) == pytest.approx(float(expected), rel=1e-13)
    slopes = cross_entropy_gradient(two, np.stack([1 - target, target], axis=-1))[:, 1]
    np.testing.assert_allclose(binary_cross_entropy_gradient(x, target), slopes, rtol=1e-9, atol=1e-16)


@given(rows_of(-5, 5))
def test_the_gradients_agree_with_central_differences(x: Any) -> None:
    shares, labels, h = PROBABILITIES[:3], LABELS[:3], 1e-5
    options: dict[str, Any] = {"weight": WEIGHT, "label_smoothing": 0.2}
    losses: list[tuple[Loss, Loss]] = [
        (lambda y: mse(y, shares), lambda y: mse_gradient(y, shares)),
        (lambda y: binary_cross_entropy(y, shares), lambda y: binary_cross_entropy_gradient(y, shares)),
        (lambda y: z_loss(y, coefficient=0.3), lambda y: z_loss_gradient(y, coefficient=0.3)),
        (lambda y: cross_entropy(y, labels, **options), lambda y: cross_entropy_gradient(y, labels, **options)),
    ]
    for loss, gradient in losses:
        for place in np.ndindex(x.shape):
            step = np.zeros_like(x)
            step[place] = h
            slope = (loss(x + step) - loss(x - step)) / (2 * h)
            assert gradient(x)[place] == pytest.approx(float(slope), rel=1e-6, abs=1e-8)


def test_the_z_loss_pushes_log_z_towards_0_from_both_sides() -> None:
    for shift in (-9.0, 9.0):
        x = LOGITS + shift
        assert np.all(np.sign(z_loss_gradient(x, coefficient=1e-4)) == np.sign(shift))
    assert z_loss(log_softmax(LOGITS), coefficient=1.0) == pytest.approx(0, abs=1e-30)


# Oracles: PyTorch, JAX, mpmath, and this package's own Tensor


@pytest.mark.parametrize("options", OPTIONS)
def test_labels_agree_with_pytorch(options: dict[str, Any]) -> None:
    x = torch.tensor(LOGITS, requires_grad=True)
    theirs = functional.cross_entropy(x, torch.asarray(LABELS), **for_torch(options))
    theirs.sum().backward()
    np.testing.assert_allclose(cross_entropy(LOGITS, LABELS, **options), theirs.detach(), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(cross_entropy_gradient(LOGITS, LABELS, **options), x.grad, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("options", [o for o in OPTIONS if "ignore None" in str(o.id)])
def test_probabilities_agree_with_pytorch(options: dict[str, Any]) -> None:
    x = torch.tensor(LOGITS, requires_grad=True)
    theirs = functional.cross_entropy(x, torch.asarray(PROBABILITIES), **for_torch(options))
    theirs.sum().backward()
    np.testing.assert_allclose(cross_entropy(LOGITS, PROBABILITIES, **options), theirs.detach(), rtol=1e-14)
    ours = cross_entropy_gradient(LOGITS, PROBABILITIES, **options)
    np.testing.assert_allclose(ours, x.grad, rtol=1e-12, atol=1e-16)


def test_the_other_losses_agree_with_pytorch() -> None:
    y = torch.tensor(LOGITS, requires_grad=True)
    t = torch.asarray(PROBABILITIES)
    for ours, theirs in [
        (PAIRS["mse"], functional.mse_loss(y, t)),
        (PAIRS["binary"], functional.binary_cross_entropy_with_logits(y, t)),
        (PAIRS["z"], 0.3 * torch.logsumexp(y, dim=-1).square().mean()),
    ]:
        (slopes,) = torch.autograd.grad(theirs, y)
        assert ours[0](LOGITS) == pytest.approx(theirs.item(), rel=1e-14)
        np.testing.assert_allclose(ours[1](LOGITS), slopes, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("name", PAIRS)
def test_the_package_s_own_tensor_finds_the_closed_form(name: str) -> None:
    loss, gradient = PAIRS[name]
    x: Any = Tensor(LOGITS)
    value = loss(x)
    assert value.item() == pytest.approx(float(loss(LOGITS)), rel=1e-15)
    value.backward()
    np.testing.assert_allclose(x.grad, gradient(LOGITS), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("options", OPTIONS)
def test_the_tensor_takes_every_option(options: dict[str, Any]) -> None:
    x: Any = Tensor(LOGITS)
    loss = cross_entropy(x, LABELS, **options)
    loss.backward(np.ones(loss.shape))
    np.testing.assert_allclose(x.grad, cross_entropy_gradient(LOGITS, LABELS, **options), rtol=1e-12, atol=1e-15)


def test_a_ruled_out_class_leaves_the_tensors_gradient_finite() -> None:
    x: Any = Tensor([[0.0, -INF, 1.0]])
    cross_entropy(x, np.asarray([2])).backward()
    np.testing.assert_allclose(x.grad, cross_entropy_gradient(x.data, np.asarray([2])), rtol=1e-14)


def test_automatic_differentiation_of_the_same_text_agrees_in_pytorch_and_under_jit_in_jax() -> None:
    labels, shares = torch.asarray(LABELS), torch.asarray(PROBABILITIES)
    x = torch.tensor(LOGITS, requires_grad=True)
    cross_entropy(x, labels, weight=torch.asarray(WEIGHT), label_smoothing=0.1, ignore_index=0).backward()
    expected = cross_entropy_gradient(LOGITS, LABELS, weight=WEIGHT, label_smoothing=0.1, ignore_index=0)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-13, atol=1e-16)
    for loss, gradient in ((mse, mse_gradient), (binary_cross_entropy, binary_cross_entropy_gradient)):
        (slopes,) = torch.autograd.grad(loss(x, shares), x)
        np.testing.assert_allclose(slopes, gradient(LOGITS, PROBABILITIES), rtol=1e-13, atol=1e-16)

    single, target, weight = (
        jax.numpy.asarray(v, dtype=d) for v, d in [(LOGITS, "f4"), (LABELS, "i4"), (WEIGHT, "f4")]
    )
    by_jax = jax.jit(jax.grad(lambda x, t: cross_entropy(x, t, weight=weight, label_smoothing=0.1, ignore_index=0)))
    np.testing.assert_allclose(np.asarray(by_jax(single, target)), expected, rtol=1e-5, atol=1e-7)


def test_confident_answers_keep_their_digits_by_mpmath() -> None:
    """Where p has rounded to 1 in float64, the loss and the slope are still right to their last digits."""
    with mpmath.workdps(60):
        for gap in (1.0, 20.0, 40.0, 300.0, 700.0):
            exact = mpmath.log1p(mpmath.exp(-mpmath.mpf(gap)))
            slope = -1 / (1 + mpmath.exp(mpmath.mpf(gap)))
            row, yes = np.asarray([[gap, 0.0]]), np.ones(1)
            assert float(cross_entropy(row, np.asarray([0]))) == pytest.approx(float(exact), rel=1e-15, abs=0)
            assert float(binary_cross_entropy(row[0, :1], yes)) == pytest.approx(float(exact), rel=1e-15, abs=0)
            assert float(binary_cross_entropy_gradient(row[0, :1], yes)[0]) == pytest.approx(
                float(slope), rel=1e-15, abs=0
            )
            wrong = cross_entropy(row, np.asarray([1]))
            assert float(wrong) == pytest.approx(float(exact + mpmath.mpf(gap)), rel=1e-15, abs=0)


# Everything where everything is few


def test_all_labels_of_three_rows_of_three_classes_with_each_label_ignored() -> None:
    x = LOGITS[:3, :3]
    for labels in product(range(3), repeat=3):
        target = np.asarray(labels)
        for ignored in range(3):
            kept = target != ignored
            if kept.any():
                got = cross_entropy(x, target, ignore_index=ignored)
                assert got == pytest.approx(float(cross_entropy(x[kept], target[kept])), rel=1e-15)
                slopes = cross_entropy_gradient(x, target, ignore_index=ignored)
                np.testing.assert_allclose(slopes[kept], cross_entropy_gradient(x[kept], target[kept]), rtol=1e-15)
                assert not slopes[~kept].any()
