#!/usr/bin/env python3
"""A search of your own with the hardware in the loop.

It starts at 8/8 and takes, again and again, the bit away that saves most time for the accuracy that
it costs, until the network is fast enough. `accuracy` stands for your evaluation.
"""
import bitloom


def accuracy(policy):
    """Put your own evaluation of the network at these bits in its place; more is better."""
    return 95.0 - sum(30 * 2.0**(-1.5 * bits.weights) + 20 * 2.0**(-1.5 * bits.activations)
                      for bits in policy.values())


def narrower(policy):
    """Policies with a bit less in one layer."""
    for name, (weights, activations) in policy.items():
        for bits in ((weights - 1, activations), (weights, activations - 1)):
            if min(bits) >= 2:
                other = policy.copy()
                other[name] = bits
                yield other


def main():
    network = bitloom.Network("resnet20")
    machine = bitloom.Hardware("bismo-edge", settings={"array.dm": 16})
    policy = bitloom.Policy.of("8/8", network)
    start = bitloom.simulate(network, machine, policy)
    now, score = start, accuracy(policy)
    while now.latency_ms > 0.6 * start.latency_ms:
        best = None
        for other in narrower(policy):
            priced = bitloom.simulate(network, machine, other)
            lost = max(score - accuracy(other), 1e-9)
            gain = (now.latency_ms - priced.latency_ms) / lost
            if best is None or gain > best[0]:
                best = gain, other, priced
        _, policy, now = best
        score = accuracy(policy)
    print(f"8/8:   {start.latency_ms:.3f} ms")
    print(f"found: {now.latency_ms:.3f} ms, accuracy {score:.2f} %")
    print(policy)


if __name__ == "__main__":
    main()
