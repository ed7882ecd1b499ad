"""Formulas that SymPy cannot read, written a second time by hand and tied to their LaTeX.

The key is the fingerprint of the LaTeX (`docs._site.formulas.fingerprint`, spaces ignored). Edit a formula, and its
test fails and prints the new fingerprint: look at the twin again, then enter it. A twin takes mpmath numbers, or a
list of them where it works on rows.
"""

from docs._site.twins import basics, layers, quantization, training
from docs._site.twins.twin import Inputs, Twin, Twins

__all__ = ["INPUTS", "TWINS", "Twin"]

INPUTS: Inputs = {**basics.INPUTS, **quantization.INPUTS, **layers.INPUTS, **training.INPUTS}
TWINS: Twins = {**basics.TWINS, **quantization.TWINS, **layers.TWINS, **training.TWINS}
