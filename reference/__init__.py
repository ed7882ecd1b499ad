"""Deep learning from the bits of a float to a trained network, as code that is meant to be read.

Every module is one idea and has one page of the same name: `reference/activations/softmax.py` is explained by
`docs/activations/softmax.md` and checked by `tests/activations/test_softmax.py`. NumPy is the only requirement.
"""
