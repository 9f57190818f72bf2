#!/usr/bin/env python3
"""Bits that are learned: the latency table is part of the loss (needs PyTorch).

Each layer has a score for each width. Its weights and inputs are mixtures of the widths' roundings,
and the loss has the latency that the mixture expects. After training each layer keeps its best
width. The network is small and its data are drawn, so that it takes seconds.
"""
import sys

import bitloom

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print("skipped: PyTorch is not installed")
    sys.exit(77)

WIDTHS = [2, 4, 8]
LAYERS = [("first", 3, 16, 16), ("second", 16, 32, 8), ("third", 32, 32, 8)]  # in, out, pixels
STRIDES = {"first": 1, "second": 2, "third": 1}


def rounded(values, bits):
    """Symmetric uniform rounding to `bits`, with a gradient as if there were none."""
    scale = values.detach().abs().max().clamp(min=1e-8) / (2**(bits - 1) - 1)
    return values + ((values / scale).round() * scale - values).detach()


class MixedConvolution(nn.Conv2d):

    def __init__(self, inputs, outputs, stride):
        super().__init__(inputs, outputs, 3, stride=stride, padding=1)
        self.scores = nn.Parameter(torch.zeros(len(WIDTHS)))

    def shares(self):
        return F.softmax(self.scores, dim=0)

    def forward(self, x):
        shares = self.shares()
        weight = sum(s * rounded(self.weight, b) for s, b in zip(shares, WIDTHS))
        x = sum(s * rounded(x, b) for s, b in zip(shares, WIDTHS))
        return F.conv2d(x, weight, self.bias, self.stride, self.padding)


def latency_table(network, machine):
    """ms of each layer at each width, a tensor [layer][width]."""
    table = bitloom.cost_table(network, machine)
    ms = [[table[name, b, b] / (1e3 * machine.clock_mhz) for b in WIDTHS] for name in table.names]
    return torch.tensor(ms)


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    network = bitloom.Network(
        [{"layer": name, "kind": "conv", "K": 3, "I": pixels * STRIDES[name], "O": pixels,
          "S": STRIDES[name], "IC": inputs, "OC": outputs}
         for name, inputs, outputs, pixels in LAYERS], name="small")
    machine = bitloom.Hardware("bismo-edge")
    table = latency_table(network, machine)

    layers = [MixedConvolution(i, o, STRIDES[name]) for name, i, o, _ in LAYERS]
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2], nn.ReLU(),
                          nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    kinds = torch.randn(4, 3, 16, 16)
    for step in range(60):
        labels = torch.randint(4, (32,))
        images = kinds[labels] + 0.5 * torch.randn(32, 3, 16, 16)
        expected_ms = sum((layer.shares() * row).sum() for layer, row in zip(layers, table))
        loss = F.cross_entropy(model(images), labels) + expected_ms / table[:, -1].sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    bits = {name: WIDTHS[int(layer.scores.argmax())]
            for (name, *_), layer in zip(LAYERS, layers)}
    policy = bitloom.Policy(bits, network)
    print(policy)
    print(f"{bitloom.simulate(network, machine, policy).latency_ms:.4f} ms, "
          f"at 8/8 {bitloom.simulate(network, machine, 8).latency_ms:.4f} ms")


if __name__ == "__main__":
    main()
