#!/usr/bin/env python3
"""Calls leave Python free, stop when asked, and leave nothing behind."""
import os
import pathlib
import random
import signal
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import bitloom


def resident_bytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Calls(unittest.TestCase):

    def test_of_eight_threads_give_what_one_gives(self):
        networks = [bitloom.Network(name) for name in ("resnet18", "mobilenet_v2", "resnet20")]
        machines = [bitloom.Hardware(name) for name in ("bismo-edge", "bitfusion-16x32")]
        draw = random.Random(5)
        asked = [(draw.choice(networks), draw.choice(machines),
                  (draw.randint(1, 8), draw.randint(1, 8))) for _ in range(160)]
        serial = [bitloom.simulate(*each).to_json() for each in asked]
        with ThreadPoolExecutor(8) as pool:
            threaded = list(pool.map(lambda each: bitloom.simulate(*each).to_json(), asked))
        self.assertEqual(threaded, serial)

    def test_event_by_event_take_turns(self):
        def cycles(bits):
            return bitloom.simulate("resnet20", "bismo-edge", bits, engine="cycle", jobs=1).cycles

        widths = [1, 2, 3, 1, 2, 3]
        with ThreadPoolExecutor(3) as pool:
            self.assertEqual(list(pool.map(cycles, widths)), [cycles(bits) for bits in widths])

    def test_in_a_loop_keep_no_memory(self):
        network, machine = bitloom.Network("resnet20"), bitloom.Hardware("bismo-edge")
        policy = bitloom.Policy.of(4, network)

        def loop(count):
            for _ in range(count):
                bitloom.simulate(network, machine, policy).latency_ms

        loop(2000)
        before = resident_bytes()
        loop(10_000)
        self.assertLess(resident_bytes() - before, 2 << 20)

    def test_leave_python_to_other_threads(self):
        ticks = []
        end = threading.Event()

        def tick():
            while not end.wait(0.001):
                ticks.append(None)

        other = threading.Thread(target=tick)
        other.start()
        before = len(ticks)
        bitloom.simulate("mobilenet_v2", "bismo-edge", 8, engine="cycle", jobs=1)
        ticked = len(ticks) - before
        end.set()
        other.join()
        self.assertGreater(ticked, 1)

    def test_stop_at_ctrl_c(self):
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            while time.monotonic() - began < 60:
                bitloom.simulate("mobilenet_v2", "bismo-edge", 8, engine="cycle", jobs=1, batch=64)
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(bitloom.simulate("resnet20", "bismo-edge", engine="cycle", jobs=1).cycles,
                         bitloom.simulate("resnet20", "bismo-edge").cycles)

    def test_that_wait_for_another_thread_stop_at_ctrl_c(self):
        running, may_end = threading.Event(), threading.Event()

        def hold(*far):
            running.set()
            may_end.wait(60)

        other = threading.Thread(target=lambda: bitloom.simulate(
            "resnet20", "bismo-edge", engine="cycle", jobs=1, progress=hold))
        other.start()
        self.assertTrue(running.wait(60))
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try:
            with self.assertRaises(KeyboardInterrupt):
                bitloom.simulate("resnet20", "bismo-edge", engine="cycle", jobs=1)
        finally:
            may_end.set()
            other.join()
        self.assertLess(time.monotonic() - began, 30)

    def test_tell_how_far_they_are(self):
        told = []
        bitloom.simulate("resnet18", "bismo-edge", 8, engine="cycle", jobs=1,
                         progress=lambda *far: told.append(far))
        step, done, of, note = told[-1]
        self.assertEqual((step, of, note), ("simulate", 21, ""))
        self.assertEqual(done, of)

    def test_end_with_what_their_progress_raises(self):
        def refuse(step, done, of, note):
            raise RuntimeError("enough")

        for engine in ("analytic", "cycle"):
            with self.assertRaisesRegex(RuntimeError, "enough"):
                bitloom.simulate("resnet20", "bismo-edge", engine=engine, progress=refuse)


if __name__ == "__main__":
    unittest.main()
