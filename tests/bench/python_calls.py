#!/usr/bin/env python3
"""What a call from Python costs beside the same call in C++, in microseconds of CPU time.

Run it with PYTHONPATH=build/python; bench_simulate prints C++'s part of the same networks.
"""
import statistics
import time

import bitloom

CALLS, ROUNDS = 200, 15


def microseconds(call):
    """The median over rounds of the mean of a round's calls."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(CALLS):
            call()
        rounds.append((time.process_time() - began) / CALLS * 1e6)
    return statistics.median(rounds)


def main():
    machine = bitloom.Hardware("bismo-edge")
    for name in ("resnet20", "mobilenet_v2", "densenet121"):
        network = bitloom.Network(name)
        policy = bitloom.Policy.of(4, network)
        spent = microseconds(lambda: bitloom.simulate(network, machine, policy).latency_ms)
        print(f"{name:<14}{len(network):>4} layers {spent:9.1f} us")


if __name__ == "__main__":
    main()
