"""Stability: signals and gradients that vanish or explode, over depth and over steps, and what tames them.

Every public name of the chapter can be imported from here: `from reference.stability import transformer`.
"""

from reference.stability.chameleon import (
    CHAMELEON_7B,
    CHAMELEON_34B,
    LLAMA,
    Recipe,
    Trace,
    Transformer,
    add_branch,
    attention_logits,
    draw_transformer,
    transformer,
)
from reference.stability.depth import (
    DepthCurves,
    GaussianMoments,
    Growth,
    gaussian_moments,
    measure_depth,
    predict_depth,
    product_growth,
)
from reference.stability.initialization import (
    Gains,
    activation_gains,
    glorot,
    he,
    leaky_gain,
    lecun,
    orthogonal,
    torch_linear,
)
from reference.stability.reparametrization import (
    chain,
    chain_gradient,
    chain_orders,
    elementary_symmetric,
    normalized_chain,
    rate_for_drop,
)
from reference.stability.steps import Curvature, hessian_vector_product, largest_curvature, largest_rate, step_factor

__all__ = [
    "CHAMELEON_7B",
    "CHAMELEON_34B",
    "LLAMA",
    "Curvature",
    "DepthCurves",
    "Gains",
    "GaussianMoments",
    "Growth",
    "Recipe",
    "Trace",
    "Transformer",
    "activation_gains",
    "add_branch",
    "attention_logits",
    "chain",
    "chain_gradient",
    "chain_orders",
    "draw_transformer",
    "elementary_symmetric",
    "gaussian_moments",
    "glorot",
    "he",
    "hessian_vector_product",
    "largest_curvature",
    "largest_rate",
    "leaky_gain",
    "lecun",
    "measure_depth",
    "normalized_chain",
    "orthogonal",
    "predict_depth",
    "product_growth",
    "rate_for_drop",
    "step_factor",
    "torch_linear",
    "transformer",
]
