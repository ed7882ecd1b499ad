"""A population: what its genomes mean, its forward pass against plain loops and PyTorch, and its losses."""

import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest

from reference.quantization import INT4, LOG4, NF4, TERNARY, Codebook, log_codebook, look_up, unpack_words
from reference.training import (
    CHUNK,
    Codec,
    Dataset,
    Layer,
    NetworkLoss,
    accuracy,
    cross_entropy,
    error_rates,
    forward,
    initialize,
    mse,
    population_cross_entropy,
    population_mse,
    random_genomes,
    run_population,
    square,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
functional: Any = need("torch.nn.functional")

SIZES = [(3, 2), (2, 16, 1), (5, 7, 4, 3), (64, 32, 10)]
DISTINCT = [log_codebook(zero=False), log_codebook(zero=False, base=2**0.5, gray=True), NF4, INT4]


def population(codec: Codec, count: int = 10, seed: int = 0) -> Any:
    return random_genomes(count, codec.words, rng=np.random.default_rng(seed))


def as_layers(codec: Codec, genome: Any) -> list[Layer]:
    """Read one genome code by code, as the docstring says it."""
    layers, codes = [], unpack_words(genome)
    for (out, inputs), scale in zip(codec.shapes, codec.scales, strict=True):
        values = np.array([np.float32(scale) * value for value in look_up(codes[: out * inputs], codec.codebook)])
        matrix = values.reshape(out, inputs)
        layers.append(Layer(matrix[:, :-1].T, matrix[:, -1]))
        codes = codes[16 * -(-out * inputs // 16) :]
    return layers


def examples(codec: Codec, n: int = 30) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(n, codec.sizes[0])).astype(np.float32), rng.integers(codec.sizes[-1], size=n)


def spare_bits(codec: Codec) -> Any:
    """Return a genome with ones where no weight is."""
    used = np.concatenate([[1] * (m * n) + [0] * (-m * n % 16) for m, n in codec.shapes])
    spare = np.where(used.reshape(-1, 16) == 0, 15, 0).astype(np.uint64)
    return np.sum(spare << np.arange(0, 64, 4, dtype=np.uint64), axis=1, dtype=np.uint64)


# What a genome means


def test_the_first_code_is_the_lowest_and_each_layer_starts_a_word() -> None:
    codec = Codec((1, 1, 2), scales=(2.0, 10.0))
    layers = codec.decode(np.array([[0xF7, 0x7654]], np.uint64))
    assert codec.places == (slice(0, 1), slice(1, 2))
    assert layers[0].tolist() == [[[2.0, -2.0]]]
    assert layers[1].tolist() == [[[1.25, 2.5], [5.0, 10.0]]]  # each unit's weights, then its bias


def test_digits_take_151_words() -> None:
    codec = Codec((64, 32, 10))
    assert (codec.weights, codec.words) == (2410, 151)
    assert codec.words * 8 == pytest.approx(codec.weights * 4 / 8, rel=0.01)


@pytest.mark.parametrize("sizes", SIZES)
def test_layers_are_padded_to_whole_words(sizes: tuple[int, ...]) -> None:
    codec = Codec(sizes)
    assert codec.words == sum(-(-m * n // 16) for m, n in codec.shapes) == codec.places[-1].stop
    for place, (m, n) in zip(codec.places, codec.shapes, strict=True):
        assert 0 <= 16 * (place.stop - place.start) - m * n < 16


@pytest.mark.parametrize("sizes", SIZES)
def test_the_padding_has_no_influence(sizes: tuple[int, ...]) -> None:
    codec = Codec(sizes)
    genomes, spare = population(codec), spare_bits(codec)
    x, _ = examples(codec)
    assert np.bitwise_count(spare).sum() == 64 * codec.words - 4 * codec.weights
    np.testing.assert_array_equal(run_population(genomes, codec, x.T), run_population(genomes ^ spare, codec, x.T))


@pytest.mark.parametrize("codebook", [LOG4, NF4, INT4])
def test_random_genomes_are_as_large_as_random_weights_of_he(codebook: Codebook) -> None:
    codec = Codec((300, 100, 50, 10), codebook)
    for weights, n in zip(codec.decode(population(codec, 20)), codec.sizes[:-1], strict=True):
        fourth, second = np.mean(weights**4.0), np.mean(weights**2.0)
        error = np.sqrt((fourth - second**2) / weights.size)
        assert abs(second - 2 / n) < 4 * error


def test_bytes_are_read_in_the_order_of_the_codes_whatever_the_machine() -> None:
    codec = Codec((20, 3))
    genomes = population(codec)
    swapped = genomes.astype(">u8")  # a machine of the other byte order holds them so
    np.testing.assert_array_equal(codec.decode(swapped)[0], codec.decode(genomes)[0])


def test_strided_genomes_are_read_right() -> None:
    codec = Codec((5, 7, 3))
    genomes = population(codec, 20)
    for some, same in zip(codec.decode(genomes[::-2]), codec.decode(genomes[::-2].copy()), strict=True):
        np.testing.assert_array_equal(some, same)


# From a network to a genome


@pytest.mark.parametrize("codebook", [LOG4, *DISTINCT])
def test_encoding_takes_the_nearest_value(codebook: Codebook) -> None:
    layers = initialize((6, 5, 4), rng=np.random.default_rng(0), dtype=np.float32)
    codec = Codec.fitting(layers, codebook)
    for matrix, layer, scale in zip(codec.decode(codec.encode(layers)[None]), layers, codec.scales, strict=True):
        wanted = np.concatenate([layer.weight, layer.bias[None]]).T
        gaps = np.abs(codebook.table * np.float32(scale) - wanted[..., None]).min(axis=-1)
        np.testing.assert_allclose(np.abs(matrix[0] - wanted), gaps, rtol=1e-5, atol=1e-7)


@given(st.sampled_from(DISTINCT), st.integers(0, 2**32), st.floats(1e-3, 1e3), st.sampled_from(SIZES[:3]))
def test_a_decoded_genome_is_encoded_to_itself(codebook: Codebook, seed: int, scale: float, sizes: Any) -> None:
    codec = Codec(sizes, codebook, (scale,) * (len(sizes) - 1))
    genome = population(codec, 1, seed)[0]
    layers = [Layer(matrix[0, :, :-1].T, matrix[0, :, -1]) for matrix in codec.decode(genome[None])]
    np.testing.assert_array_equal(codec.encode(layers), genome & ~spare_bits(codec))


def test_fitting_brings_the_largest_number_to_the_top() -> None:
    layers = initialize((6, 5, 4), rng=np.random.default_rng(0), dtype=np.float32)
    layers[1].bias[2] = -3  # a bias counts, too
    codec = Codec.fitting(layers, NF4)
    assert codec.sizes == (6, 5, 4)
    assert codec.scales == (float(np.abs(layers[0].weight).max()), 3.0)
    assert codec.decode(codec.encode(layers)[None])[1].min() == -3


def test_a_layer_of_zeros_can_be_encoded() -> None:
    layers = [Layer(np.zeros((2, 3)), np.zeros(3))]
    codec = Codec.fitting(layers)
    assert not codec.decode(codec.encode(layers)[None])[0].any()


# The forward pass


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("codebook", [LOG4, NF4])
def test_all_at_once_is_what_a_loop_computes(sizes: tuple[int, ...], codebook: Codebook) -> None:
    codec = Codec(sizes, codebook)
    genomes, (x, _) = population(codec), examples(codec)
    got = run_population(genomes, codec, x.T)
    assert got.dtype == np.float32
    for genome, outputs in zip(genomes, got, strict=True):
        np.testing.assert_allclose(outputs.T, forward(x, as_layers(codec, genome)), rtol=1e-4, atol=1e-5)


def test_pytorch_gives_the_same_logits_and_losses() -> None:
    codec = Codec((5, 7, 4, 3))
    genomes, (x, y) = population(codec), examples(codec)
    logits = run_population(genomes, codec, x.T)
    losses = NetworkLoss(codec, x, y)(genomes)
    for genome, outputs, loss in zip(genomes, logits, losses, strict=True):
        h = torch.from_numpy(x)
        for i, (weight, bias) in enumerate(as_layers(codec, genome)):
            h = functional.linear(h if i == 0 else functional.relu(h), torch.tensor(weight.T), torch.tensor(bias))
        torch.testing.assert_close(torch.tensor(outputs.T), h, rtol=1e-4, atol=1e-5)
        assert loss == pytest.approx(functional.cross_entropy(h, torch.from_numpy(y)).item(), rel=1e-5)


def test_a_row_of_ones_may_be_given() -> None:
    codec = Codec((5, 7, 3))
    genomes, (x, y) = population(codec), examples(codec)
    measure = NetworkLoss(codec, x, y)
    assert measure.columns.shape == (6, 30)
    np.testing.assert_array_equal(
        run_population(genomes, codec, measure.columns), run_population(genomes, codec, x.T.astype(np.float64))
    )


def test_nan_stays_in_its_example() -> None:
    codec = Codec((5, 7, 3), log_codebook(zero=False))
    x, _ = examples(codec, 4)
    x[2, 0] = np.nan
    outputs = run_population(population(codec), codec, x.T)
    assert np.isnan(outputs).any(axis=(0, 1)).tolist() == [False, False, True, False]
    assert np.isnan(outputs[:, :, 2]).all()


def test_no_networks_have_no_losses() -> None:
    codec = Codec((5, 7, 3))
    x, y = examples(codec)
    none = population(codec, 0)
    assert run_population(none, codec, x.T).shape == (0, 3, 30)
    assert NetworkLoss(codec, x, y)(none).shape == (0,)


# Losses


@given(st.integers(0, 2**32), st.sampled_from([0.1, 1.0, 30.0, 1e4]), st.integers(1, 12), st.integers(1, 20))
def test_cross_entropy_is_that_of_the_chapter(seed: int, size: float, classes: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    logits = (size * rng.normal(size=(3, classes, n))).astype(np.float32)
    labels = rng.integers(classes, size=n)
    wanted = [float(cross_entropy(one.T.astype(np.float64), labels)) for one in logits]
    kept = logits.copy()
    np.testing.assert_allclose(population_cross_entropy(logits, labels), wanted, rtol=1e-5, atol=3e-7)
    np.testing.assert_array_equal(logits, kept)


@pytest.mark.parametrize(
    "row", [[np.inf, 0, 1], [0, -np.inf, 1], [-np.inf] * 3, [np.nan, 0, 1], [1e4, -1e4, 0], [1e38, -1e38, 0]]
)
def test_hard_logits_cost_what_the_chapter_says(row: list[float]) -> None:
    logits = np.array([row], np.float32)
    for label in range(3):
        got = population_cross_entropy(logits.T[None], np.array([label]))
        np.testing.assert_allclose(got[0], cross_entropy(logits, np.array([label])), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_labels_may_be_bytes(kind: type) -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 10, 300)).astype(np.float32), rng.integers(10, size=300)
    assert population_cross_entropy(logits, labels.astype(kind)).tolist() == (
        population_cross_entropy(logits, labels).tolist()
    )


def test_squared_errors_are_those_of_the_chapter() -> None:
    rng = np.random.default_rng(0)
    outputs, target = rng.normal(size=(5, 2, 20)).astype(np.float32), rng.normal(size=(20, 2))
    np.testing.assert_allclose(
        population_mse(outputs, target), [mse(one.T.astype(np.float64), target) for one in outputs], rtol=1e-6
    )
    outputs[3, 0, 0] = np.nan
    assert np.isnan(population_mse(outputs, target)).tolist() == [False, False, False, True, False]


def test_error_rates_are_1_minus_the_accuracy() -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.integers(3, size=(8, 4, 50)).astype(np.float32), rng.integers(4, size=50)  # many ties
    np.testing.assert_allclose(error_rates(logits, labels), [1 - accuracy(one.T, labels) for one in logits], rtol=1e-12)


@pytest.mark.parametrize("loss", [population_cross_entropy, error_rates])
def test_any_loss_can_be_the_measure(loss: Any) -> None:
    codec = Codec((5, 7, 3))
    genomes, (x, y) = population(codec), examples(codec)
    np.testing.assert_allclose(
        NetworkLoss(codec, x, y, loss)(genomes), loss(run_population(genomes, codec, x.T), y), rtol=1e-6
    )


def test_a_curve_is_measured_by_squared_errors() -> None:
    x, y = square(64, rng=np.random.default_rng(0))
    codec = Codec((1, 16, 1))
    genomes = population(codec)
    wanted = [float(mse(forward(x.astype(np.float32), as_layers(codec, genome)), y)) for genome in genomes]
    np.testing.assert_allclose(NetworkLoss(codec, x, y, population_mse)(genomes), wanted, rtol=1e-5)


# The measure


def test_whole_chunks_give_the_same_bits_alone(digits: Dataset) -> None:
    codec = Codec((64, 32, 10))
    genomes, measure = population(codec, 4 * CHUNK + 2), NetworkLoss(codec, digits.x[:300], digits.y[:300])
    losses = measure(genomes)
    for start, stop in [(0, CHUNK), (CHUNK, 3 * CHUNK), (2 * CHUNK, None)]:
        assert measure(genomes[start:stop]).tobytes() == losses[start:stop].tobytes()


def test_the_chunk_may_be_chosen() -> None:
    codec = Codec((2, 16, 2))
    genomes, (x, y) = population(codec, 30), examples(codec)
    for chunk in (1, 30, 100):
        measure = NetworkLoss(codec, x, y, chunk=chunk)
        np.testing.assert_allclose(measure(genomes), NetworkLoss(codec, x, y)(genomes), rtol=1e-6)


def test_a_minibatch_is_a_measure_on_its_rows(digits: Dataset) -> None:
    codec = Codec((64, 32, 10))
    genomes, rows = population(codec), np.random.default_rng(0).choice(1797, 256, replace=False)
    measure = NetworkLoss(codec, digits.x, digits.y)
    assert measure.examples == 1797
    alone = NetworkLoss(codec, digits.x[rows], digits.y[rows])
    assert measure(genomes, rows).tobytes() == alone(genomes).tobytes()
    assert not np.array_equal(measure(genomes, rows), measure(genomes))


def test_a_measure_can_be_pickled(digits: Dataset) -> None:
    codec = Codec((64, 32, 10), NF4)
    genomes, measure = population(codec), NetworkLoss(codec, digits.x[:100], digits.y[:100])
    losses = measure(genomes)
    again = pickle.loads(pickle.dumps(measure))
    assert again.codec == codec
    assert again(genomes).tobytes() == losses.tobytes()


def test_the_population_stays_packed() -> None:
    codec = Codec((64, 512, 128, 10))
    genomes = population(codec, 20 * CHUNK)
    measure = NetworkLoss(codec, np.zeros((2, 64)), np.zeros(2, np.int64))
    measure(genomes[:1])
    tracemalloc.start()
    measure(genomes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    as_floats = 4 * codec.weights
    assert genomes.nbytes / len(genomes) == pytest.approx(as_floats / 8, rel=1e-3)
    assert peak < 2 * CHUNK * as_floats  # float32 for one chunk alone, and the places of its bytes


# What is refused


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0, 2), (0, 2)])
def test_sizes_that_make_no_network_raise(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"sizes are inputs, units of layers, outputs, .* try \(64, 32, 10\)"):
        Codec(sizes)


@pytest.mark.parametrize("codebook", [TERNARY, Codebook("few", (0.0, 1.0)), Codebook("zeros", (0.0,) * 16)])
def test_a_codebook_that_four_bits_cannot_use_raises(codebook: Codebook) -> None:
    for make in (Codec, lambda _, book: Codec.fitting([Layer(np.ones((3, 2)), np.ones(2))], book)):
        with pytest.raises(ValueError, match=f"four bits need 16 values, not all 0, got .*{codebook.name}"):
            make((3, 2), codebook)


@pytest.mark.parametrize("scales", [(1.0,), (1.0, 2.0, 3.0), (1.0, 0.0), (1.0, -2.0), (np.nan, 1.0), (np.inf, 1.0)])
def test_scales_that_do_not_fit_raise(scales: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="each of the 2 layers has a scale above 0, got"):
        Codec((3, 2, 1), scales=scales)


def test_another_network_raises() -> None:
    layers = initialize((3, 4, 2), rng=np.random.default_rng(0))
    for other in (layers[:1], initialize((3, 5, 2), rng=np.random.default_rng(0))):
        with pytest.raises(ValueError, match=r"layers are \(\(4, 4\), \(2, 5\)\), got .* take Codec.fitting"):
            Codec((3, 4, 2)).encode(other)
    layers[0].weight[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN has no nearest value"):
        Codec((3, 4, 2)).encode(layers)
    with pytest.raises(ValueError, match=r"a scale above 0, got \(nan"):
        Codec.fitting(layers)


def test_other_genomes_raise() -> None:
    codec = Codec((3, 4, 2))
    for genomes in (population(Codec((3, 4, 4))), population(codec)[0], population(codec).astype(np.int64)):
        with pytest.raises(ValueError, match=r"genomes are uint64 of shape \(networks, 2\), got .* random_genomes"):
            codec.decode(genomes)


def test_labels_that_are_no_class_raise() -> None:
    logits = np.zeros((2, 3, 4), np.float32)
    for labels in ([0, 1, 2, 3], [0, -1, 2, 1]):
        with pytest.raises(ValueError, match=r"labels are from 0 to 2, got .* more outputs"):
            population_cross_entropy(logits, np.array(labels))


def test_a_target_of_another_shape_raises() -> None:
    for target in (np.zeros(4), np.zeros((1, 4)), np.zeros((4, 2))):
        with pytest.raises(ValueError, match=r"the target is \(4, 1\), got .* reshape it"):
            population_mse(np.zeros((2, 1, 4), np.float32), target)


def test_examples_that_do_not_fit_raise() -> None:
    codec = Codec((3, 4, 2))
    for x, y, chunk in [((5, 4), 5, 7), ((5, 3), 4, 7), ((3, 5), 5, 7), ((0, 3), 0, 7), ((5, 3), 5, 0)]:
        with pytest.raises(ValueError, match=r"x is \(n, 3\), y has n entries, n and chunk are at least 1; got"):
            NetworkLoss(codec, np.zeros(x), np.zeros(y, np.int64), chunk=chunk)
