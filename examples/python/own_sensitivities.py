#!/usr/bin/env python3
"""HAWQ-V3 with sensitivities of your own: the bits of least loss at each latency.

    own_sensitivities.py [FILE.svg]     draws the frontier, too (needs Matplotlib)

Omega[layer][w][a] is the loss that you expect of a layer at w and a bits, in any unit. Here it
stands for a measurement: the squared error of uniform rounding, weighed by a factor of each layer.
"""
import sys

import numpy as np

import bitloom

WIDTHS = [2, 4, 8]


def sensitivities(network):
    """[layer][width of weights][width of activations]; put your own in its place."""
    factors = np.random.default_rng(1).lognormal(size=len(network))
    error = np.array([4.0**-bits for bits in WIDTHS])
    return factors[:, None, None] * (error[:, None] + error[None, :])


def draw(front, path):
    """Each policy of the frontier by its latency and its loss."""
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
    axes.plot([point.costs["latency_ms"] for point in front],
              [point.omega for point in front], "o-")
    axes.set(xlabel="latency, ms", ylabel="expected loss, omega", yscale="log",
             title="ResNet-18 on bismo-edge")
    axes.grid(alpha=0.3)
    figure.savefig(path)


def main():
    network = bitloom.Network("resnet18")
    table = bitloom.cost_table(network, "bismo-edge")
    places = np.array(WIDTHS) - 1
    clock = bitloom.Hardware("bismo-edge").clock_mhz
    latency_ms = table.to_numpy()[:, places][:, :, places] / (1e3 * clock)

    labels = [f"{w}/{a}" for w in WIDTHS for a in WIDTHS]
    front = bitloom.pareto(sensitivities(network), {"latency_ms": latency_ms}, points=10,
                           names=network.layer_names, labels=labels)
    print(f"{'omega':>9} {'ms':>8}  bits of the first layers")
    for point in front:
        print(f"{point.omega:9.4f} {point.costs['latency_ms']:8.3f}  {' '.join(point.labels[:8])}")

    if len(sys.argv) > 1:
        draw(front, sys.argv[1])
    bits = np.array(WIDTHS)[front[len(front) // 2].indices]
    policy = bitloom.Policy(bits.tolist(), network)
    print(repr(bitloom.simulate(network, "bismo-edge", policy)))


if __name__ == "__main__":
    main()
