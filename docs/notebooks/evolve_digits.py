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
# # Evolve a digit reader, start to finish
#
# A network with weights of four bits learns to read handwritten digits, and nobody ever computes a gradient. You see it
# from the files to the confusion matrix, beside the same network trained by [Adam](../training/optimizers.md), and you
# stop it in the middle and let it go on.
#
# This page is a notebook. It was run when the site was built; you can open the same file in Jupyter and change it. It
# needs this package, matplotlib, and the digits, which come with scikit-learn.

# %%
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: one thread gives the same bits each time

import io
import re
import time
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display

from reference.quantization import INT4, NF4
from reference.training import (
    Codec,
    NetworkLoss,
    Plan,
    accuracy,
    adam,
    batches,
    cross_entropy,
    descent,
    digits,
    error_rates,
    evolution,
    forward,
    initialize,
    load_state,
    run_population,
    save_state,
    split,
)

# %% [markdown]
# ## The digits, in three parts
#
# The first part decides who has children. The second chooses between settings. The third is looked at once, at the end;
# [Datasets](../training/datasets.md) says why.

# %%
parts = split(*digits(), rng=np.random.default_rng(0))
for name in ("train", "validation", "test"):
    print(f"{name:10} {len(getattr(parts, f'x_{name}')):5} pictures of 8 x 8 gray levels")

# %% [markdown]
# ## What an individual is
#
# All weights of one network, biases too, make one individual. Each is a code of four bits, sixteen codes make a word of
# 64 bits, and a [codec](../training/population.md) says which value stands behind each code: here the sixteen of
# [NF4](../quantization/codebooks.md#nf4-quantiles-of-the-bell), dense near zero, scaled for each layer.

# %%
codec = Codec((64, 32, 10), NF4)
print(f"{codec.weights} weights of 4 bits: {codec.words} words, {8 * codec.words} bytes")
print(f"as float32 they would take {4 * codec.weights} bytes")

measure = NetworkLoss(codec, parts.x_train, parts.y_train)
errors = NetworkLoss(codec, parts.x_validation, parts.y_validation, error_rates)

# %% [markdown]
# ## Evolve
#
# A hundred random networks. In each generation the two best live on, and the other places go to their children and
# those of other good ones: a coin for each weight says from which parent it comes, and a few bits flip. A generation is
# measured on a few hundred pictures, drawn anew each time. [Genetic algorithm](../training/genetic.md) explains the
# settings.
#
# `evolution` yields one state after the other and knows of no progress bar: the bar and the curve are a loop over it.

# %%
plan = Plan(size=100, elite=2, flips=5, parents="tournament", among=10, minibatch=256)
GENERATIONS = 600


def picture(figure, words):
    """Return a figure as an image of lines that takes the page's text color; the words say what is seen."""
    text = io.StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": words}):  # names of its own for what is used again
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    svg = text.getvalue()
    svg = re.sub(r' id="[a-z][\w.]*_\d+"', "", svg[svg.index("<svg") :])  # a second figure has a figure_1 as well
    svg = svg.replace("#000000", "currentColor")
    svg = svg.replace("<svg", '<svg fill="currentColor"', 1)  # for the texts: black is left out
    return HTML(f'<div role="img" aria-label="{words}">{svg}</div>')


def curve(history):
    """Return the picture of the loss and of the errors on validation pictures so far."""
    figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
    generations, losses, wrong = zip(*history, strict=True)
    axes.plot(generations, losses, label="loss of the best, on its minibatch")
    axes.plot(generations, wrong, "--", label="errors of the best, on the validation pictures")
    axes.set(xlabel="generation", yscale="log")
    axes.legend(frameon=False)
    return picture(figure, f"Two falling curves over {generations[-1]} generations, one of losses, one of error rates.")


def watched(states, total):
    """Pass states on, and draw a bar of the progress and the curve, both live."""
    bar, drawn, history = display(HTML(""), display_id=True), display(HTML(""), display_id=True), []
    for state in states:
        if state.generation % 20 == 0:
            wrong = float(errors(state.population[:1])[0])
            history.append((state.generation, state.losses[0], wrong))
            done = 30 * state.generation // total
            text = f"{'█' * done}{'░' * (30 - done)} {state.generation}/{total}, {wrong:.1%} wrong"
            bar.update(HTML(f"<pre>{text}</pre>"))
        if state.generation % 200 == 0 and state.generation:
            drawn.update(curve(history))
        yield state


# %%
took = []


def timed(states):
    """Pass states on, and note what each one took, without the bar, the curve and the validation."""
    start = time.process_time()
    for state in states:
        took.append(time.process_time() - start)
        yield state
        start = time.process_time()


run = timed(islice(evolution(measure, plan, words=codec.words, seed=1), GENERATIONS + 1))
for state in watched(run, GENERATIONS):
    if state.generation == GENERATIONS // 2:
        halfway = state
spent = sum(took)

# %% [markdown]
# ## The result
#
# On a minibatch the order of the best ones is partly luck. So the last population is measured once more on all training
# pictures, and the winner reads the test pictures.

# %%
winner = state.population[np.argmin(measure(state.population))][np.newaxis]
evolved = float(1 - NetworkLoss(codec, parts.x_test, parts.y_test, error_rates)(winner)[0])
print(f"{evolved:.1%} of the test pictures right, after {GENERATIONS} generations and {spent:.0f} s of one core")

# %%
answers = run_population(winner, codec, parts.x_test.T.astype(np.float32))[0].argmax(axis=0)
counts = np.zeros((10, 10), int)
np.add.at(counts, (parts.y_test, answers), 1)

figure, axes = plt.subplots(figsize=(4.2, 4.2), layout="constrained")
axes.imshow(np.sqrt(counts), cmap="Greens", vmin=0, vmax=6.5)
for row, column in zip(*np.nonzero(counts), strict=True):
    color = "white" if row == column else "#111111"  # not black, which would follow the page
    axes.text(column, row, counts[row, column], ha="center", va="center", color=color)
axes.set(xlabel="answer", ylabel="digit", xticks=range(10), yticks=range(10))
picture(figure, "A table of ten digits by ten answers; nearly all test pictures lie on its diagonal.")

# %% [markdown]
# ## Beside Adam, and beside Adam rounded
#
# The same network, with float32 weights and gradients. Then its weights are rounded to sixteen values, once those of
# NF4 and once evenly spaced ones (INT4): the evolved network has never been anything else.


# %%
def loss(weights, x, y):
    """Return the mean cross-entropy of the network."""
    return cross_entropy(forward(x, weights), y)


rng = np.random.default_rng(0)
stream = batches(parts.x_train.astype(np.float32), parts.y_train, size=64, rng=rng, epochs=60)
layers = initialize((64, 32, 10), rng=rng, dtype=np.float32)
start = time.process_time()
for now, _ in descent(loss, layers, stream, partial(adam, learning_rate=0.005)):
    trained = now.weights
seconds = time.process_time() - start

print(f"{'evolved, 4 bits':24}{evolved:8.1%}{spent:8.1f} s")
right = float(accuracy(forward(parts.x_test, trained), parts.y_test))
print(f"{'Adam, float32':24}{right:8.1%}{seconds:8.1f} s")
for codebook in (NF4, INT4):
    rounded = Codec.fitting(trained, codebook)
    test = NetworkLoss(rounded, parts.x_test, parts.y_test, error_rates)
    right = 1 - float(test(rounded.encode(trained)[np.newaxis])[0])
    print(f"{'Adam, rounded to ' + codebook.name:24}{right:8.1%}")

# %% [markdown]
# Adam needs a fraction of the time, because a gradient says for every weight at once which way to go, and a loss is one
# number. Nor does evolution win by accuracy in so few generations: rounding to NF4 costs Adam's network next to nothing
# here. This is one run of each, and a difference of a point
# [may be chance](../training/datasets.md#how-exact-is-a-score);
# [What it costs](../training/genetic.md#what-it-costs) has five seeds and more time. What evolution asks for is less,
# too: no derivative of anything. [Swing-up](../training/swing_up.md) is a task where none exists.
#
# ## Stop, and go on
#
# A state is the checkpoint. Saved in the middle, loaded, continued: the population is the same to the bit as that of
# the run that never stopped. [Checkpoints](../training/checkpoints.md) kills a run to show it.

# %%
with TemporaryDirectory() as folder:
    file = Path(folder, "digits.npz")
    save_state(halfway, file, plan=plan)
    print(f"{file.stat().st_size} bytes")
    again = load_state(file, plan=plan)

resumed = evolution(measure, plan, state=again)
for then in resumed:
    if then.generation == GENERATIONS:
        break
print(bool(np.array_equal(then.population, state.population) and np.array_equal(then.losses, state.losses)))

# %% [markdown]
# ## Change one thing
#
# Let 145 bits of each child flip on average, 1.5 % of them, and see where the same number of generations leads.

# %%
wild = replace(plan, flips=145)
*_, then = islice(evolution(measure, wild, words=codec.words, seed=1), GENERATIONS + 1)
for flips, end in ((plan.flips, state), (wild.flips, then)):
    print(f"{flips:3} flips: {1 - float(errors(end.population[:1])[0]):.1%} of the validation pictures right")

# %% [markdown]
# With so many flips hardly a child keeps what made its parents good.
# [The one number that has to change](../training/genetic.md#the-one-number-that-has-to-change) computes it.
