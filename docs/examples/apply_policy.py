"""Applies a policy of `bitloom search` to a PyTorch model as fake quantization.

    from apply_policy import apply_policy
    apply_policy(model, "run/policy.json", images)

Each layer that the policy names must be a module of the model with a weight: nn.Conv2d, nn.Linear.
`images` is a batch of the training set, normalized as the model wants it; it sets the ranges of the
inputs and corrects biases. The model computes with quantized weights and inputs from then on. It
can be trained as it is: gradients pass through the rounding (straight-through estimator).

The quantizer is bitloom's `uniform`: linear, weights by output channel and symmetric, inputs by
layer, to the greatest magnitude. PyTorch 1.13 or newer is all that it needs.
"""
import json
import warnings

import torch
from torch import nn
from torch.nn.utils import parametrize


def apply_policy(model, policy, images):
    """Quantizes `model` in place. `policy`: the path of a policy.json, or what it holds. What does
    not fit is a ValueError, and the model is left as it was."""
    if not isinstance(policy, dict):
        with open(policy, encoding="utf-8-sig") as file:
            policy = json.load(file)
    if isinstance(model, nn.DataParallel):
        apply_policy(model.module, policy, images)
        return model
    bits = _bits_of(model, policy)
    seen = _inputs_of(model, bits, images)
    for name, (module, weight_bits, activation_bits) in bits.items():
        if seen[module].reach is None:
            raise ValueError(f"layer '{name}' reads nothing when the model sees the images")
    for module, weight_bits, activation_bits in bits.values():
        _quantize(module, weight_bits, activation_bits, seen[module])
    return model


def quantized(values, scale, lowest, highest):
    """The nearest of `scale` times the integers from `lowest` to `highest`."""
    levels = torch.clamp(torch.round(values / scale), lowest, highest) * scale
    inside = torch.minimum(torch.maximum(values, lowest * scale), highest * scale)
    return inside + (levels - inside).detach()


class FakeQuantizedWeights(nn.Module):
    """Weights of each output channel on 2^bits - 1 levels about 0, to its greatest magnitude.
    `bits`: of each channel; one of 0 bits is 0."""

    def __init__(self, bits):
        super().__init__()
        self.register_buffer("bits", torch.tensor(bits, dtype=torch.float))

    def forward(self, weights):
        others = tuple(range(1, weights.dim()))
        bits = self.bits.reshape(-1, *(1 for _ in others))
        highest = (2**(bits - 1) - 1).clamp(min=1)
        reach = weights.detach().abs().amax(others, keepdim=True)
        scale = torch.where(reach > 1e-30, reach, torch.ones_like(reach)) / highest
        return quantized(weights, scale, -highest, highest) * (bits > 0)


class FakeQuantizedInput(nn.Module):
    """2^bits levels, from 0 up where no input that was seen is below 0."""

    def __init__(self, bits, seen):
        super().__init__()
        self.highest = 2**(bits - 1) - 1 if seen.is_signed else 2**bits - 1
        self.lowest = -self.highest - 1 if seen.is_signed else 0
        self.register_buffer("scale", seen.reach.clamp(min=1e-30) / max(self.highest, 1))

    def forward(self, x):
        return quantized(x, self.scale, self.lowest, self.highest)


class _Seen:
    """What a layer has read, in all of its calls."""

    def __init__(self, module):
        self.channel = -1 if isinstance(module, nn.Linear) else 1
        self.reach, self.is_signed, self.sums, self.count = None, False, 0, 0

    def add(self, x):
        reach = x.abs().max()
        self.reach = reach if self.reach is None else torch.maximum(self.reach, reach)
        self.is_signed = self.is_signed or bool((x < 0).any())
        by_channel = x.movedim(self.channel, 0).flatten(1)
        self.sums = self.sums + by_channel.sum(1)
        self.count += by_channel.shape[1]

    def means(self):
        return self.sums / self.count


WIDTHS = range(1, 17)
FLOAT = 32  # activation bits of inputs in single precision


def _bits_of(model, policy):
    """By name the module and its bits."""
    layers = policy.get("layers") if isinstance(policy, dict) else None
    if not isinstance(layers, list) or not layers:
        raise ValueError('a policy is {"layers": [{"name": .., "weight_bits": .., '
                         '"activation_bits": ..}, ..]}')
    modules = dict(model.named_modules(remove_duplicate=False))
    bits = {}
    for layer in layers:
        name = _value(layer, "name", "a layer of the policy")
        if name not in modules:
            raise ValueError(f"the model has no module '{name}', which the policy names")
        if name in bits:
            raise ValueError(f"the policy names layer '{name}' twice")
        bits[name] = _layer_bits(name, modules[name], layer)
    chosen = {module for module, _, _ in bits.values()}
    left = [name for name, module in modules.items()
            if _has_weights(module) and module not in chosen]
    if left:
        warnings.warn(f"the policy leaves {len(left)} layers in single precision: {left[0]}, ..")
    return bits


def _layer_bits(name, module, layer):
    if not _has_weights(module):
        raise ValueError(f"layer '{name}' is a {type(module).__name__}, not of weights")
    if parametrize.is_parametrized(module, "weight"):
        raise ValueError(f"layer '{name}' is quantized already; take a fresh model")
    place = f"layer '{name}'"
    filters = _filter_bits(name, _value(layer, "weight_bits", place), module.weight.shape[0])
    if 1 in filters:
        raise ValueError(f"layer '{name}': weights of 1 bit need training")
    activation_bits = _whole(_value(layer, "activation_bits", place))
    if activation_bits not in WIDTHS and activation_bits != FLOAT:
        raise ValueError(f"{place}: activation_bits must be 1 to 16, or 32, not {activation_bits}")
    return module, filters, activation_bits


def _has_weights(module):
    return isinstance(module, (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear))


def _value(layer, key, place):
    if not isinstance(layer, dict) or key not in layer:
        raise ValueError(f"{place} has no '{key}'")
    return layer[key]


def _whole(number):
    """4.0 as 4; what is no whole number as it is."""
    is_whole = isinstance(number, float) and number.is_integer()
    return int(number) if is_whole else number


def _filter_bits(name, weight_bits, count):
    """Bits of each output channel: of one number, of a list, or of counts by bits."""
    if isinstance(weight_bits, dict):
        if not all(isinstance(_whole(some), int) for some in weight_bits.values()):
            raise ValueError(f"layer '{name}': counts of filters must be whole numbers")
        filters = [int(bits) for bits, some in weight_bits.items() for _ in range(_whole(some))]
    elif isinstance(weight_bits, list):
        filters = [_whole(bits) for bits in weight_bits]
    else:
        filters = [_whole(weight_bits)] * count
    if len(filters) != count:
        raise ValueError(f"layer '{name}' has {count} filters, and bits for {len(filters)}")
    by_filter = isinstance(weight_bits, (dict, list))
    wrong = [bits for bits in filters if bits not in WIDTHS and not (by_filter and bits == 0)]
    if wrong:
        raise ValueError(f"layer '{name}': weight_bits must be 1 to 16, not {wrong[0]}")
    return filters


def _inputs_of(model, bits, images):
    """What each module reads when the model, not yet quantized, sees the images."""
    seen = {module: _Seen(module) for module, _, _ in bits.values()}

    def keep(module, args):
        if not args:
            raise ValueError(f"a {type(module).__name__} is given its input by keyword")
        seen[module].add(args[0])  # what a hook returns would replace the input

    hooks = [module.register_forward_pre_hook(keep) for module in seen]
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model(images)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return seen


def _quantize(module, weight_bits, activation_bits, seen):
    before = module.weight.detach().clone()
    parametrize.register_parametrization(module, "weight", FakeQuantizedWeights(weight_bits))
    if activation_bits != FLOAT:
        module.fake_quantized_input = FakeQuantizedInput(activation_bits, seen)
        module.register_forward_pre_hook(
            lambda module, args: (module.fake_quantized_input(args[0]), ))
    # Rounding moves each output channel's mean: by the weights' errors times the inputs' means.
    with torch.no_grad():
        error = module.weight - before
        if error.dim() > 2:
            error = error.flatten(2).sum(2)
        means = seen.means()
        groups = means.numel() // error.shape[1]
        shift = (error.reshape(groups, -1, error.shape[1]) * means.reshape(groups, 1, -1)).sum(2)
        if module.bias is None:
            module.bias = nn.Parameter(torch.zeros_like(shift.flatten()))
        module.bias -= shift.flatten()
