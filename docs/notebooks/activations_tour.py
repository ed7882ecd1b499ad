# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of the activations
#
# The chapter in a few cells: why a network needs a bend, which bends are in use, and what each does to its input and
# to the gradient. A *bend* here is an activation, the function that a network applies to each sum between two layers.
#
# This page is a notebook. It was run when the site was built; you can open the same file in Jupyter and change it.

# %%
import numpy as np

from reference.activations import (
    collapse,
    gelu,
    linear_network,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    softmax,
    tanh_derivative,
)

# %% [markdown]
# ## Without a bend, depth is nothing
#
# Three layers of weights, applied to a row $x$ of inputs, and the one matrix that they amount to:
#
# $$x W_1 W_2 W_3 = x W.$$
#
# The page [Linearity](../activations/linearity.md) shows it for any depth.

# %%
rng = np.random.default_rng(0)
weights = [rng.normal(size=shape) for shape in [(4, 8), (8, 8), (8, 2)]]
x = rng.normal(size=(5, 4))

deep = linear_network(x, weights)
flat = x @ collapse(weights)
print(deep.shape, np.allclose(deep, flat))

# %% [markdown]
# ## Four bends on the same inputs
#
# [ReLU](../activations/rectifiers.md) is a corner, the [sigmoid](../activations/sigmoids.md) a step with soft edges,
# [GELU and SiLU](../activations/gated.md) corners with soft edges.

# %%
grid = np.array([-4.0, -1.0, 0.0, 1.0, 4.0])
print("x       " + "".join(f"{value:8.1f}" for value in grid))
for function in (relu, sigmoid, gelu, silu):
    row = "".join(f"{value:8.4f}" for value in function(grid))
    print(f"{function.__name__:8}{row}")

# %% [markdown]
# ## What comes back
#
# Training sends a gradient backwards, and each layer multiplies it by its weights and by the slope of its bend. Look at
# the bends alone: a sigmoid's slope is never above $\sigma'(0) = \tfrac14$, so ten sigmoids leave at most $4^{-10}$ of
# the gradient. The weights can make up for that, as [Depth](../stability/depth.md) shows.

# %%
for derivative in (sigmoid_derivative, tanh_derivative, relu_derivative):
    steepest = np.max(derivative(np.linspace(-8, 8, 1601)))
    print(f"{derivative.__name__:20} steepest {steepest:.2f}, ten layers {steepest**10:.1e}")

# %% [markdown]
# ## Scores into probabilities
#
# [Softmax](../activations/softmax.md) turns the last layer's scores into probabilities. A temperature below 1 makes
# them sharper, one above 1 flatter.

# %%
scores = np.array([2.0, 1.0, 0.0])
for temperature in (0.25, 1.0, 4.0):
    row = softmax(scores, temperature=temperature)
    print(f"temperature {temperature:4}: " + "  ".join(f"{p:.3f}" for p in row))

# %% [markdown]
# ## Where to go on
#
# [Piecewise](../activations/piecewise.md) builds a parabola from corners alone, with an error that you can write down
# before you run it.
