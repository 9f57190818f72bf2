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

import torch
from torch import nn
from torch.nn.utils import parametrize


def apply_policy(model, policy, images):
    """Quantizes `model` in place. `policy`: the path of a policy.json, or what it holds."""
    if not isinstance(policy, dict):
        with open(policy, encoding="utf-8") as file:
            policy = json.load(file)
    modules = dict(model.named_modules())
    bits = {}
    for layer in policy["layers"]:
        if layer["name"] not in modules:
            raise KeyError(f"the model has no module '{layer['name']}', which the policy names")
        if layer["weight_bits"] < 2:
            raise ValueError(f"layer '{layer['name']}': weights of 1 bit need training")
        bits[modules[layer["name"]]] = (layer["weight_bits"], layer["activation_bits"])
    inputs = _inputs_of(model, list(bits), images)
    for module, (weight_bits, activation_bits) in bits.items():
        _quantize(module, weight_bits, activation_bits, inputs[module])
    return model


def quantized(values, scale, lowest, highest):
    """The nearest of `scale` times the integers from `lowest` to `highest`."""
    levels = torch.clamp(torch.round(values / scale), lowest, highest) * scale
    inside = torch.minimum(torch.maximum(values, lowest * scale), highest * scale)
    return inside + (levels - inside).detach()


class FakeQuantizedWeights(nn.Module):
    """Weights of each output channel on 2^bits - 1 levels about 0, to its greatest magnitude."""

    def __init__(self, bits):
        super().__init__()
        self.highest = 2**(bits - 1) - 1

    def forward(self, weights):
        others = tuple(range(1, weights.dim()))
        reach = weights.detach().abs().amax(others, keepdim=True)
        scale = torch.where(reach > 1e-30, reach, torch.ones_like(reach)) / self.highest
        return quantized(weights, scale, -self.highest, self.highest)


class FakeQuantizedInput(nn.Module):
    """2^bits levels, from 0 up where no input that was seen is below 0."""

    def __init__(self, bits, seen):
        super().__init__()
        is_signed = bool((seen < 0).any())
        self.highest = 2**(bits - 1) - 1 if is_signed else 2**bits - 1
        self.lowest = -self.highest - 1 if is_signed else 0
        self.register_buffer("scale", seen.abs().max().clamp(min=1e-30) / max(self.highest, 1))

    def forward(self, x):
        return quantized(x, self.scale, self.lowest, self.highest)


def _inputs_of(model, modules, images):
    """What each module reads when the model, not yet quantized, sees the images."""
    inputs = {}

    def keep(module, args):
        inputs[module] = args[0]  # what a hook returns would replace the input

    hooks = [module.register_forward_pre_hook(keep) for module in modules]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        model(images)
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return inputs


def _quantize(module, weight_bits, activation_bits, seen):
    before = module.weight.detach().clone()
    parametrize.register_parametrization(module, "weight", FakeQuantizedWeights(weight_bits))
    module.fake_quantized_input = FakeQuantizedInput(activation_bits, seen)
    module.register_forward_pre_hook(lambda module, args: (module.fake_quantized_input(args[0]), ))
    # Rounding moves each output channel's mean: by the weights' errors times the inputs' means.
    with torch.no_grad():
        error = (module.weight - before).flatten(2).sum(2) if before.dim() > 2 else (
            module.weight - before)
        means = seen.mean([0, *range(2, seen.dim())])
        groups = means.numel() // error.shape[1]
        shift = (error.reshape(groups, -1, error.shape[1]) * means.reshape(groups, 1, -1)).sum(2)
        if module.bias is None:
            module.bias = nn.Parameter(torch.zeros_like(shift.flatten()))
        module.bias -= shift.flatten()
