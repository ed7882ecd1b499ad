"""Prepare the package's docstrings for the API pages, which mkdocstrings makes from them.

It knows the section `Examples:` alone, and the source says `Example:` where there is one. The last line of a module's
docstring names its page for those who read the source; the API page has a link in its place.
"""

import re
from typing import Any

import griffe

__all__ = ["Docstrings"]


class Docstrings(griffe.Extension):
    """Rewrite each docstring after it was read from the source."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Name the section of examples as mkdocstrings does, and leave out the name of the page."""
        if obj.docstring:
            text = re.sub(r"^Example:$", "Examples:", obj.docstring.value, flags=re.MULTILINE)
            obj.docstring.value = re.sub(r"\n+Explained on the page `[^`]*`\.?\s*$", "", text)
