"""Hypothesis with the settings of this suite: the same examples in every run, and no time limit on one example."""

from collections.abc import Callable
from typing import Any

from tests.needs import need

hypothesis: Any = need("hypothesis")
hypothesis.settings.register_profile("bits-to-backprop", deadline=None, derandomize=True)
hypothesis.settings.load_profile("bits-to-backprop")

given: Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]] = hypothesis.given
st: Any = need("hypothesis.strategies")
