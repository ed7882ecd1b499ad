"""Training: data, losses, a network, and the steps that make its loss smaller.

Every public name of the chapter can be imported from here: `from reference.training import cross_entropy`.
"""

from reference.training.datasets import (
    DIGITS_FILES,
    Dataset,
    Split,
    batches,
    digits,
    spirals,
    split,
    square,
    two_moons,
)
from reference.training.losses import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    cross_entropy,
    cross_entropy_gradient,
    mse,
    mse_gradient,
    z_loss,
    z_loss_gradient,
)
from reference.training.mlp import Layer, accuracy, descent, forward, initialize
from reference.training.optimizers import (
    OptimizerState,
    Tree,
    adam,
    adamw,
    momentum,
    sgd,
    tree_map,
    value_and_gradient,
)

__all__ = [
    "DIGITS_FILES",
    "Dataset",
    "Layer",
    "OptimizerState",
    "Split",
    "Tree",
    "accuracy",
    "adam",
    "adamw",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "cross_entropy",
    "cross_entropy_gradient",
    "descent",
    "digits",
    "forward",
    "initialize",
    "momentum",
    "mse",
    "mse_gradient",
    "sgd",
    "spirals",
    "split",
    "square",
    "tree_map",
    "two_moons",
    "value_and_gradient",
    "z_loss",
    "z_loss_gradient",
]
