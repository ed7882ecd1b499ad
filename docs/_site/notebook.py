"""Make the notebook of a page: the same to the byte on every run, since nothing in it is of chance or of a date.

Tools that read Markdown as a notebook exist, and Jupytext comes along with mkdocs-jupyter. None knows that the fence
behind an example is its output, nor the lines that begin with `::`; once these are cells, nothing is left to do.
"""

import importlib.metadata
import json

from docs._site.cells import Cell, Place, cells, words
from docs._site.fences import examples
from docs._site.values import valued

__all__ = ["notebook"]

EXTRAS = {"torch": "import torch", "digits": "digits("}
"""What is installed along, by the code that asks for it."""


def notebook(text: str, place: Place) -> str:
    """Return the notebook of a page as the text of its file.

    Args:
        text: The page's Markdown, without front matter.
        place: Where the page is.
    """
    every = [_head(text, place), *cells(valued(text), place)]
    for number, cell in enumerate(every, 1):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": every, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _head(text: str, place: Place) -> Cell:
    """Say what this is, where the page is, and how to get the package in the version that the page is about."""
    version, code = importlib.metadata.version("bits-to-backprop"), "".join(each.code.source for each in examples(text))
    extras = ",".join(name for name, sign in EXTRAS.items() if sign in code)
    package = f"bits-to-backprop[{extras}]".replace("[]", "")
    without = " Without PyTorch, the cells that import it fail, and no other does." if "torch" in extras else ""
    return words(
        f"This notebook is [a page of Bits to Backprop]({place.address}), version {version}. There, examples run "
        "with nothing installed, exercises check themselves, and drawings move. Here you need the "
        "package, so run this once:\n\n"
        f'```\n%pip install "{package} @ git+{place.repository}@v{version}"\n```\n\n'
        "Until you run a cell, its output is the page's. A cell that defines a function of the package again has the "
        f"package's own text: change it, and the cells below use yours.{without}"
    )
