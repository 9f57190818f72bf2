#!/usr/bin/env python3
"""An installed module finds what it needs beside it."""
import os
import unittest

import bitloom


class Installed(unittest.TestCase):

    def test_is_the_installed_one(self):
        self.assertTrue(bitloom.__file__.startswith(os.environ["PYTHONPATH"]), bitloom.__file__)

    def test_finds_machines_and_prices_on_them(self):
        self.assertIn("bismo-edge", bitloom.hardware_names())
        self.assertGreater(bitloom.simulate("resnet20", "bismo-edge", 4).cycles, 0)


if __name__ == "__main__":
    unittest.main()
