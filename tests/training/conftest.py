"""The handwritten digits for this chapter's tests, from where the site's build has them."""

import os

import pytest

from docs._site.digits import path
from docs._site.fetch import Unavailable
from reference.training import Dataset
from reference.training import digits as read


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """Return the digits; without them skip the test, or fail it where `CI` is set."""
    try:
        return read(path())
    except Unavailable as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(f"needs the handwritten digits: {reason}")
