"""The frame of all exercises: run a reader's answer, then let the exercise's own checks speak.

An exercise is a module of this folder with

- `STUB`, the code that the reader starts from; it runs without an error and answers nothing;
- `ANSWER`, one right answer;
- `check(names)`, a generator. It looks at the names that the reader's code defined, yields one sentence for each
  property that holds, and raises `Wrong` with a diagnosis at the first that does not.
"""

import contextlib
import importlib
import inspect
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import numpy as np

from docs._site.live.runner import Output, run, told

__all__ = ["Wrong", "calls", "function", "number", "numbers", "recognize", "verdict"]

Names = Mapping[str, Any]


class Wrong(Exception):
    """A diagnosis: what the reader's code does, what was expected, and where to look."""


def verdict(exercise: str, source: str, output: Output) -> dict[str, Any]:
    """Run an answer and check it.

    Args:
        exercise: The name of the exercise's module.
        source: The reader's code.
        output: Takes what the code prints.

    Returns:
        `outcome` ("done", "error" or "stopped"), the `passed` sentences, the `diagnosis` (None if all is right), and
        `error`, None or what the runner tells of an error in the reader's code.
    """
    if not re.fullmatch(r"[a-z]\w*", exercise):
        raise ValueError(f"an exercise has a plain name, not {exercise!r}")
    name = f"exercise {exercise}"
    names: dict[str, Any] = {"__name__": "__exercise__"}
    passed: list[str] = []
    ran = run(source, names, name, output)
    if ran["outcome"] != "done":
        said = "Your code stops with an error before anything can be checked." if ran["error"] else None
        return {**ran, "passed": passed, "diagnosis": said}
    check = importlib.import_module(f"docs._site.exercises.{exercise}").check
    try:
        with _aside():
            for sentence in check(names):
                passed.append(sentence)
    except KeyboardInterrupt:
        return {"outcome": "stopped", "passed": passed, "diagnosis": None, "error": None}
    except Wrong as wrong:
        return {"outcome": "error", "passed": passed, "diagnosis": str(wrong), "error": None}
    except (Exception, SystemExit) as error:
        return {"outcome": "error", "passed": passed, **_raised(error, name)}
    return {"outcome": "done", "passed": passed, "diagnosis": None, "error": None}


@contextlib.contextmanager
def _aside() -> Iterator[None]:
    """Drop what functions print, and what they are warned of, when it is the check that calls them."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _raised(error: BaseException, name: str) -> dict[str, Any]:
    """Say whose error it is: of the reader's code, or of a check that cannot use what the code returned."""
    found = told(error, name)
    if found["line"]:
        return {"diagnosis": f"Your code raises {found['name']} when the check calls it.", "error": found}
    said = f"The check cannot use what your code returned: {found['name']}, {found['message']}."
    return {"diagnosis": said, "error": None}


def function(names: Names, signature: str) -> Callable[..., Any]:
    """Return the reader's function, asked for as `logit(p)`; Wrong if there is none that takes these arguments."""
    name, _, rest = signature.partition("(")
    found: Callable[..., Any] | None = names.get(name)
    if found is None:
        raise Wrong(f"There is no `{name}`: define a function `{signature}`.")
    if not callable(found):
        raise Wrong(f"`{name}` is of type {type(found).__name__}: it must be a function `{signature}`.")
    wanted = [part.strip() for part in rest.rstrip(")").split(",") if part.strip()]
    try:
        inspect.signature(found).bind(*wanted)
    except TypeError:
        raise Wrong(f"`{name}` does not take {len(wanted)} argument(s): the check calls it as `{signature}`.") from None
    return found


def numbers(value: Any, shape: tuple[int, ...], call: str) -> np.ndarray:
    """Return a result as an array of real numbers; Wrong if it is nothing, no numbers, or of another shape."""
    if value is None:
        raise Wrong(f"`{call}` returns None: does your function end with a `return`?")
    try:
        array = np.asarray(value)
    except ValueError:
        raise Wrong(f"`{call}` is no array of numbers: its rows have different lengths.") from None
    if array.dtype.kind not in "fiub":
        kind = "text" if array.dtype.kind in "US" else array.dtype
        raise Wrong(f"`{call}` gives {kind}: expected real numbers.")
    if array.shape != shape:
        raise Wrong(f"`{call}` has shape {array.shape}: expected {shape}.")
    return array.astype(np.float64) if array.dtype.kind == "b" else array


def number(names: Names, name: str) -> float:
    """Return a number that the reader was asked for; Wrong if it is still None or something else."""
    value = names.get(name)
    if value is None:
        raise Wrong(f"`{name}` is still open: give it a number.")
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.size != 1:
        raise Wrong(f"`{name}` is of type {type(value).__name__}: it must be one number.")
    if np.isnan(array).any():
        raise Wrong(f"`{name}` is NaN: it must be a number.")
    return float(array.reshape(()))


def recognize(got: np.ndarray, mistakes: Mapping[str, Any]) -> None:
    """Raise Wrong with the first diagnosis whose typical mistake gives the result that the reader's code gave."""
    for said, result in mistakes.items():
        if np.allclose(got, result, rtol=1e-6, atol=1e-12, equal_nan=True):
            raise Wrong(said)


def calls(names: Names, name: str, use: Callable[[], object]) -> int:
    """Count how often `use` makes the reader's code call the function that it knows by this name."""
    found, count = names.get(name), 0

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        return cast(Callable[..., Any], found)(*args, **kwargs)

    namespace = cast(dict[str, Any], names)  # the globals of the reader's functions
    namespace[name] = counted
    try:
        use()
    finally:
        namespace[name] = found
    return count
