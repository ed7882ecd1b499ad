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
from reference.training.genetic import Plan, State, evolution, first_state, step
from reference.training.genomes import WORD_BITS, coin_mask, cross, flip_mask, random_genomes, twin
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
from reference.training.population import (
    CHUNK,
    Codec,
    NetworkLoss,
    error_rates,
    population_cross_entropy,
    population_mse,
    run_population,
)

__all__ = [
    "CHUNK",
    "DIGITS_FILES",
    "WORD_BITS",
    "Codec",
    "Dataset",
    "Layer",
    "NetworkLoss",
    "OptimizerState",
    "Plan",
    "Split",
    "State",
    "Tree",
    "accuracy",
    "adam",
    "adamw",
    "batches",
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "coin_mask",
    "cross",
    "cross_entropy",
    "cross_entropy_gradient",
    "descent",
    "digits",
    "error_rates",
    "evolution",
    "first_state",
    "flip_mask",
    "forward",
    "initialize",
    "momentum",
    "mse",
    "mse_gradient",
    "population_cross_entropy",
    "population_mse",
    "random_genomes",
    "run_population",
    "sgd",
    "spirals",
    "split",
    "square",
    "step",
    "tree_map",
    "twin",
    "two_moons",
    "value_and_gradient",
    "z_loss",
    "z_loss_gradient",
]
