"""Normalization: norms, moments, and the layers that center and scale.

Every public name of the chapter can be imported from here: `from reference.normalization import per_channel`.
"""

from reference.normalization.batch_norm import ChannelGradients, Running, batch_norm, batch_norm_backward, per_channel
from reference.normalization.group_norm import group_norm, group_norm_backward, instance_norm, instance_norm_backward
from reference.normalization.layer_norm import LayerNormGradients, layer_norm, layer_norm_backward
from reference.normalization.moments import (
    Moments,
    centered,
    corrected_variance,
    mean,
    merge,
    one_pass_variance,
    root_mean_square,
    shifted_variance,
    two_pass_variance,
    variance,
    welford,
)
from reference.normalization.norms import (
    Axis,
    block_soft_threshold,
    l1_norm,
    l2_norm,
    lp_normalize,
    p_norm,
    safe_scale,
    shrink,
    soft_threshold,
)
from reference.normalization.rms_norm import RMSNormGradients, along_axis, rms_norm, rms_norm_backward, sum_of_rows

__all__ = [
    "Axis",
    "ChannelGradients",
    "LayerNormGradients",
    "Moments",
    "RMSNormGradients",
    "Running",
    "along_axis",
    "batch_norm",
    "batch_norm_backward",
    "block_soft_threshold",
    "centered",
    "corrected_variance",
    "group_norm",
    "group_norm_backward",
    "instance_norm",
    "instance_norm_backward",
    "l1_norm",
    "l2_norm",
    "layer_norm",
    "layer_norm_backward",
    "lp_normalize",
    "mean",
    "merge",
    "one_pass_variance",
    "p_norm",
    "per_channel",
    "rms_norm",
    "rms_norm_backward",
    "root_mean_square",
    "safe_scale",
    "shifted_variance",
    "shrink",
    "soft_threshold",
    "sum_of_rows",
    "two_pass_variance",
    "variance",
    "welford",
]
