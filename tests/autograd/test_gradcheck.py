"""The judge: right gradients pass, each planted bug is found and named, and what cannot be judged is refused."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import activations
from reference.arrays import array_namespace
from reference.autograd import GradientCheck, Mismatch, Operation, Tensor, gradcheck
from tests.needs import need
from tests.properties import given, st

Function = Callable[..., Any]
torch: Any = need("torch")


def normal(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def affine(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b


def affine_vjp(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, x.T @ g, g.sum(axis=0)


X, W, B = normal(0, 4, 3), normal(1, 3, 3), normal(2, 3)
ELEMENTWISE = [name for name in activations.__all__ if f"{name}_derivative" in activations.__all__]


# Right gradients


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name != "prelu"])
def test_every_activation_passes_by_backward_and_by_its_own_derivative(name: str) -> None:
    f, derivative = getattr(activations, name), getattr(activations, f"{name}_derivative")
    x = np.asarray([[-7.0, -2.5, -0.3], [0.2, 1.7, 6.5]])
    for check in (gradcheck(f, x), gradcheck(f, x, derivative=derivative)):
        assert check, check
        assert check.elements == 6
        assert check.largest_error < 1e-9


@pytest.mark.parametrize("f", [activations.softmax, activations.log_softmax, activations.logsumexp])
def test_functions_of_rows_pass(f: Function) -> None:
    check = gradcheck(f, normal(0, 3, 4))
    assert check, check


def test_a_layer_of_several_inputs_passes_by_backward_and_by_its_vjp() -> None:
    for check in (gradcheck(affine, X, W, B), gradcheck(affine, X, W, B, vjp=affine_vjp)):
        assert check, check
        assert check.elements == 12 + 9 + 3
        assert str(check).startswith("24 elements and a random direction agree: largest error ")


def test_a_new_operation_passes_with_its_rule() -> None:
    cube = Operation("cube", lambda x: x * x * x, lambda g, y, x: g * 3 * x * x)
    assert gradcheck(cube, X)
    wrong = Operation("cube", lambda x: x * x * x, lambda g, y, x: g * x * x)
    assert (
        gradcheck(wrong, X).hints[0].startswith("input 0: the gradient is 0.3333 times the right one: a factor 3 is ")
    )


def test_inputs_may_be_numbers_lists_tensors_or_empty() -> None:
    for inputs in [(2.0, 3.0), ([1.0, 2.0], [3.0, 4.0]), (Tensor([1.0]), np.asarray([2.0])), (np.ones((0, 2)), 1.0)]:
        check = gradcheck(lambda a, b: a * b, *inputs)
        assert check, check


def test_an_input_that_does_not_matter_has_the_gradient_0() -> None:
    assert gradcheck(lambda a, b: 2 * a, X, W)


# Planted bugs


def turned(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, -(x.T @ g), g.sum(axis=0)


def transposed(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, g.T @ x, g.sum(axis=0)


def unsummed(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, x.T @ g, g


def halved(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T / 2, x.T @ g, g.sum(axis=0)


def absent(x: Any, w: Any, b: Any, g: Any) -> Any:
    return np.zeros(x.shape), x.T @ g, g.sum(axis=0)


def rolled(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, x.T @ g, np.roll(g.sum(axis=0), 1)


def infinite(x: Any, w: Any, b: Any, g: Any) -> Any:
    return g @ w.T, x.T @ g, g.sum(axis=0) / 0.0


PLANTED = {
    turned: "input 1: every sign is turned",
    transposed: "input 1: the gradient is transposed",
    halved: (
        "input 0: the gradient is 0.5 times the right one: a factor 2 is missing, or of 2 shares only one is added "
        "(= for +=)"
    ),
    absent: "input 0: no gradient arrives",
    rolled: "input 2: the right numbers stand in the wrong places",
    infinite: "input 2: there are slopes that are not finite",
}


@pytest.mark.parametrize("vjp", PLANTED)
def test_each_planted_bug_is_found_and_named(vjp: Function) -> None:
    with np.errstate(divide="ignore"):
        check = gradcheck(affine, X, W, B, vjp=vjp)
    assert not check
    assert check.hints == (PLANTED[vjp],)
    assert str(check).endswith(PLANTED[vjp])


def test_a_gradient_that_was_not_summed_over_the_broadcast_axis_is_named_by_its_shape() -> None:
    check = gradcheck(affine, X, W, B, vjp=unsummed)
    expected = "input 2 has the shape (3,), its gradient (4, 3): one slope for each element: sum over the axes along "
    assert check.hints == (expected + "which the input was broadcast",)
    assert str(check) == check.hints[0]


def test_a_transposed_gradient_of_another_shape_is_named_by_its_shape() -> None:
    check = gradcheck(lambda x: x.T, X, vjp=lambda x, g: g)
    assert check.hints == ("input 0 has the shape (4, 3), its gradient (3, 4): transpose it",)


def test_one_wrong_element_is_named_with_both_values() -> None:
    def vjp(x: Any, g: Any) -> Any:
        gradient = np.cos(x) * g
        gradient[1, 2] *= -3
        return gradient

    check = gradcheck(np.sin, X, vjp=vjp)
    worst = check.mismatches[0]
    assert [m.input for m in check.mismatches] == [0, -1]
    assert worst.element == (1, 2)
    assert worst.gradient == pytest.approx(-3 * worst.difference)
    assert check.largest_error == pytest.approx(4 * abs(worst.difference))
    assert (
        f"1 of 12 elements differ; the worst is input 0, element (1, 2): the gradient says {worst.gradient:.6g}"
        in str(check)
    )
    assert ", ratio -3" in str(check)


def test_an_elementwise_derivative_is_reported_without_weights() -> None:
    check = gradcheck(np.exp, np.asarray([0.0, 1.0]), derivative=lambda x: 1 + x)
    assert check.mismatches[0].gradient == 2
    assert check.mismatches[0].difference == pytest.approx(math.e)


def test_equals_for_plus_equals_is_found_in_a_value_that_is_used_twice() -> None:
    def overwriting(x: Any, shares: list[Any]) -> Any:
        gradient = np.zeros(x.shape)
        for share in shares:
            gradient = share  # the bug: = for +=
        return gradient

    check = gradcheck(lambda x: x + x, X, vjp=lambda x, g: overwriting(x, [g, g]))
    assert check.hints == (PLANTED[halved],)
    check = gradcheck(lambda x: x * x + x, X, vjp=lambda x, g: overwriting(x, [g * 2 * x, g]))
    assert sum(m.input == 0 for m in check.mismatches) == check.elements == 12
    assert check.hints == ()


def test_a_share_that_is_counted_twice_is_named_by_its_factor() -> None:
    check = gradcheck(np.exp, X, vjp=lambda x, g: 2 * g * np.exp(x))
    assert check.hints == ("input 0: the gradient is 2 times the right one",)


def test_a_gradient_of_what_is_not_used_is_named() -> None:
    check = gradcheck(lambda a, b: 2 * a, X, X, vjp=lambda a, b, g: (2 * g, g))
    assert check.hints == ("input 1: the function does not depend on it",)


def test_a_detached_path_is_found() -> None:
    check = gradcheck(lambda x: x * (x.detach() if isinstance(x, Tensor) else x), X)
    assert check.hints == (PLANTED[halved],)


def test_a_small_error_beyond_the_tolerance_is_found_and_one_below_is_not() -> None:
    assert not gradcheck(np.exp, X, derivative=lambda x: np.exp(x) * (1 + 1e-4))
    assert gradcheck(np.exp, X, derivative=lambda x: np.exp(x) * (1 + 1e-6))
    assert not gradcheck(np.exp, X, derivative=lambda x: np.exp(x) * (1 + 1e-6), rtol=1e-8)


def test_the_rounding_of_large_values_is_no_wrong_gradient_and_hides_none_of_its_size() -> None:
    def f(x: Any) -> Any:
        return 1e6 + np.sin(x)

    check = gradcheck(f, X, derivative=np.cos)
    assert check, check
    assert check.largest_error > 1e-6  # beyond rtol and atol
    assert not gradcheck(f, X, derivative=lambda x: 1.01 * np.cos(x))


def test_nan_in_a_gradient_or_in_a_slope_agrees_with_nothing() -> None:
    assert not gradcheck(np.exp, X, derivative=lambda x: x * np.nan)
    assert not gradcheck(np.exp, X, derivative=lambda x: x * np.nan, every_element=False)
    assert not gradcheck(np.exp, X, derivative=lambda x: x * np.inf, every_element=False)
    check = gradcheck(lambda x: (x - 1) ** 0.5, np.asarray([1.0]), derivative=lambda x: x)
    assert np.isnan(check.largest_error)


def test_errors_that_cancel_in_the_sum_of_the_outputs_are_found() -> None:
    # The outputs of softmax sum to 1, so its vjp with equal weights is 0, and so is that of nothing at all.
    assert not gradcheck(activations.softmax, X, vjp=lambda x, g: np.zeros(x.shape))


# The direction


def test_the_direction_alone_finds_a_wrong_gradient_with_two_evaluations() -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(0)
        return np.sin(x)

    assert gradcheck(counted, normal(0, 40, 40), derivative=np.cos, every_element=False)
    assert len(calls) == 4  # the value twice, and one step to each side
    check = gradcheck(np.sin, X, derivative=lambda x: np.cos(x) + 0.001, every_element=False)
    assert [m.input for m in check.mismatches] == [-1]
    assert check.hints == ("every_element=True says where",)
    assert str(check).startswith("0 of 0 elements differ; the worst is the random direction: the gradient says")


def test_a_function_without_a_derivative_can_fail_in_the_direction_alone() -> None:
    def f(x: Any) -> Any:
        return x[0] ** 3 / np.where(np.any(x), np.sum(x * x), 1)  # along both axes a line, in between another one

    check = gradcheck(f, np.zeros(2), vjp=lambda x, g: g * np.asarray([1.0, 0.0]))
    assert [m.input for m in check.mismatches] == [-1]
    assert "no element is wrong by itself" in check.hints[0]


# Kinks


def test_a_kink_is_told_apart_from_a_bug() -> None:
    check = gradcheck(activations.relu, np.asarray([-1.0, 0.0, 2.0]))
    assert check.mismatches[0].element == (1,)
    kink = [hint for hint in check.hints if hint.startswith("there the slope is")]
    assert len(kink) == 1
    assert kink[0].endswith("avoid the kink")
    assert gradcheck(activations.relu, np.asarray([-1.0, 1e-3, 2.0]))
    assert "kink" not in str(gradcheck(np.sin, X, derivative=np.sin))


def test_a_function_that_is_defined_on_one_side_only_is_told_apart_too() -> None:
    check = gradcheck(np.sqrt, np.zeros(1), derivative=lambda x: 1 + x)
    assert check.hints[0] == "input 0: there are slopes that are not finite"
    assert check.hints[1].startswith("there the slope is nan to the left, ")


# What cannot be judged


def test_float32_and_integers_are_refused_with_the_remedy() -> None:
    for x in (X.astype(np.float32), np.arange(3), X + 0j):
        with pytest.raises(
            TypeError, match=rf"needs float64, input 1 is {x.dtype}; pass np.asarray\(x, dtype=np.float64"
        ):
            gradcheck(lambda a, b: a * b, 1.0, x)


def test_a_function_that_differs_from_call_to_call_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(
        ValueError, match="a function that returns the same at every call, with arrays and with Tensors"
    ):
        gradcheck(lambda x: x * rng.normal(), X)


def test_a_function_that_leaves_the_tensors_is_refused() -> None:
    with pytest.raises(TypeError, match="returns a Tensor for Tensors, got ndarray; compute with array_namespace"):
        gradcheck(lambda x: x.detach() if isinstance(x, Tensor) else x, X)


def test_a_function_that_writes_into_its_input_is_noticed() -> None:
    def careless(x: Any) -> Any:
        x *= 2
        return x

    with pytest.raises(ValueError, match="read-only"):
        gradcheck(careless, X, derivative=lambda x: 2 + 0 * x)


def test_no_inputs_two_rules_and_a_wrong_number_of_gradients_are_refused() -> None:
    with pytest.raises(ValueError, match=r"gradcheck needs inputs, .* got no inputs"):
        gradcheck(np.sin)
    with pytest.raises(ValueError, match="at most one of derivative and vjp, got a derivative and a vjp"):
        gradcheck(np.sin, X, derivative=np.cos, vjp=lambda x, g: g)
    with pytest.raises(ValueError, match="one gradient for each of 3 inputs, got 1"):
        gradcheck(affine, X, W, B, vjp=lambda x, w, b, g: g)


def test_the_inputs_are_left_as_they_are() -> None:
    x = X.copy()
    gradcheck(np.sin, x, derivative=np.cos)
    assert np.array_equal(x, X)
    assert x.flags.writeable
    t = Tensor(x)
    gradcheck(activations.tanh, t)
    assert t.grad is None


def test_the_seed_fixes_the_weights() -> None:
    def wrong(x: Any, g: Any) -> Any:
        return 0 * g

    one, same, other = (gradcheck(np.sin, X, vjp=wrong, seed=seed) for seed in (0, 0, 1))
    assert one == same
    assert one != other


def test_inputs_drawn_with_the_same_seed_are_not_the_weights() -> None:
    # With the cotangent x the wrong gradient, x.T @ g transposed, would be the symmetric x.T @ x, and pass.
    for seed in range(5):
        x = normal(seed, 4, 3)
        assert not gradcheck(lambda w, x=x: x @ w, normal(9, 3, 3), vjp=lambda w, g, x=x: g.T @ x, seed=seed)


def test_a_report_knows_one_0() -> None:
    assert str(Mismatch(0, (), -0.0, 0.5)).endswith("the gradient says 0, the central difference 0.5, ratio 0")
    assert str(Mismatch(0, (), 0.5, -0.0)).endswith("the gradient says 0.5, the central difference 0")


def test_the_report_is_true_or_false_and_a_mismatch_prints_itself() -> None:
    assert GradientCheck(1, 0.0, 1.0)
    assert not GradientCheck(1, 0.0, 1.0, hints=("wrong",))
    assert str(Mismatch(0, (), 1.0, 0.0)) == "input 0, element (): the gradient says 1, the central difference 0"
    assert Mismatch(0, (), float("nan"), 0.0).error == np.inf


# Properties and other libraries


@given(
    st.integers(0, 1000), st.sampled_from([(), (1,), (3,), (2, 1), (2, 3)]), st.sampled_from([(), (3,), (1, 3), (2, 3)])
)
def test_right_gradients_pass_for_all_shapes_that_broadcast(seed: int, a: Any, b: Any) -> None:
    def f(x: Any, y: Any) -> Any:
        xp = array_namespace(x)
        return xp.exp(-x * x) * y + x / (2 + y * y)

    check = gradcheck(f, normal(seed, *a), normal(seed + 1, *b), seed=seed)
    assert check, check


@given(st.integers(0, 1000), st.integers(0, 11), st.floats(0.001, 10) | st.floats(-10, -0.001))
def test_any_error_in_any_element_is_found_and_located(seed: int, at: int, error: float) -> None:
    def vjp(x: Any, g: Any) -> Any:
        gradient = np.cos(x) * g
        gradient.flat[at] += error
        return gradient

    check = gradcheck(np.sin, normal(seed, 4, 3), vjp=vjp, seed=seed)
    assert [m.element for m in check.mismatches if m.input >= 0] == [divmod(at, 3)]
    assert check.mismatches[0].error == pytest.approx(abs(error), abs=1e-6)


WRONG: dict[str, Function] = {
    "right": lambda x, w, g: (g @ w.T, x.T @ g),
    "sign": lambda x, w, g: (-(g @ w.T), x.T @ g),
    "factor": lambda x, w, g: (g @ w.T, 2 * (x.T @ g)),
    "transposed": lambda x, w, g: (g @ w.T, (x.T @ g).T),
    "zero": lambda x, w, g: (g @ w.T, 0 * w),
    "one percent": lambda x, w, g: (g @ w.T, x.T @ g * 1.01),
    "one column": lambda x, w, g: (g @ w.T, (x.T @ g)[:, :1] + 0 * w),
}


@pytest.mark.parametrize("name", WRONG)
def test_pytorchs_gradcheck_comes_to_the_same_verdict(name: str) -> None:
    rule = WRONG[name]

    def forward(ctx: Any, x: Any, w: Any) -> Any:
        ctx.save_for_backward(x, w)
        return x @ w

    def backward(ctx: Any, g: Any) -> Any:
        return rule(*(t.detach() for t in ctx.saved_tensors), g)

    methods = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    product: Any = type("Product", (torch.autograd.Function,), methods)
    inputs = [torch.tensor(x, requires_grad=True) for x in (X, W)]
    theirs = torch.autograd.gradcheck(product.apply, inputs, raise_exception=False)
    assert bool(gradcheck(np.matmul, X, W, vjp=rule)) == theirs == (name == "right")


@pytest.mark.parametrize("f", [activations.softmax, activations.gelu, activations.mish, activations.softplus])
def test_the_gradient_that_passes_is_pytorchs(f: Function) -> None:
    x, g = normal(3, 2, 3), normal(4, 2, 3)

    def by_pytorch(x: Any, g: Any) -> Any:
        t = torch.tensor(x, requires_grad=True)
        f(t).backward(torch.tensor(g))
        return t.grad.numpy()

    ours = Tensor(x)
    f(ours).backward(g)
    assert ours.grad is not None
    np.testing.assert_allclose(ours.grad, by_pytorch(x, g), rtol=1e-12, atol=1e-15)
    assert gradcheck(f, x, vjp=by_pytorch)
