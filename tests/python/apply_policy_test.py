#!/usr/bin/env python3
"""docs/examples/apply_policy.py quantizes as its page says."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/examples"))
try:
    import torch
    from torch import nn
except ImportError:
    print("skipped: python3-torch is not installed")
    sys.exit(77)
from apply_policy import apply_policy, quantized


def policy(**bits):
    return {
        "layers":
            [
                {"name": name, "weight_bits": w, "activation_bits": a}
                for name, (w, a) in bits.items()
            ]
    }


class Small(nn.Module):
    """A convolution of images, one by groups, and a linear layer."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.first = nn.Conv2d(3, 4, 3, bias=False)
        self.grouped = nn.Conv2d(4, 8, 3, groups=2)
        self.last = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.first(x))
        return self.last(torch.relu(self.grouped(x)).mean([2, 3]))


BITS = {"first": (3, 8), "grouped": (2, 4), "last": (4, 2)}


class ApplyPolicy(unittest.TestCase):

    def setUp(self):
        self.images = torch.randn(16, 3, 8, 8, generator=torch.Generator().manual_seed(2))
        self.model = Small()
        self.before = {name: module.weight.detach().clone()
                       for name, module in self.model.named_children()}
        self.outputs = self.model(self.images).detach()

    def test_weights_lie_on_the_levels_of_their_channel(self):
        apply_policy(self.model, policy(**BITS), self.images)
        for name, (bits, _) in BITS.items():
            weights = getattr(self.model, name).weight.detach()
            highest = 2**(bits - 1) - 1
            for channel, before in zip(weights, self.before[name]):
                scale = before.abs().max() / highest
                codes = channel / scale
                self.assertTrue(torch.allclose(codes, codes.round(), atol=1e-4))
                self.assertEqual(codes.abs().max().round(), highest)
                self.assertLessEqual((channel - before).abs().max(), scale / 2 * 1.0001)

    def test_filters_have_their_own_bits(self):
        bits = [4, 2, 0, 8, 4, 4, 2, 2]
        counts = {"8": 3, "2": 5}
        for given, of_filters in ((bits, bits), (counts, [8] * 3 + [2] * 5)):
            model = Small()
            apply_policy(model, policy(grouped=(given, 8)), self.images)
            weights = model.grouped.weight.detach()
            for channel, before, width in zip(weights, self.before["grouped"], of_filters):
                if width == 0:
                    self.assertEqual(channel.abs().max(), 0)
                    continue
                codes = channel / (before.abs().max() / (2**(width - 1) - 1))
                self.assertTrue(torch.allclose(codes, codes.round(), atol=1e-4))
                self.assertEqual(codes.abs().max().round(), 2**(width - 1) - 1)

    def test_inputs_take_as_many_levels_as_their_bits_have(self):
        apply_policy(self.model, policy(**BITS), self.images)
        seen = {}

        def keep(name):
            return lambda module, args, outputs: seen.update({name: args[0]})

        for name in BITS:
            getattr(self.model, name).register_forward_hook(keep(name))
        self.model(self.images)
        self.assertTrue(seen["first"].min() < 0)
        self.assertTrue(seen["grouped"].min() >= 0)
        for name, (_, bits) in BITS.items():
            self.assertLessEqual(len(seen[name].unique()), 2**bits)
        self.assertGreater(len(seen["grouped"].unique()), 2)

    def test_biases_take_the_mean_error_of_weights_away(self):
        wide = {name: (bits, 16) for name, (bits, _) in BITS.items()}
        images = self.images
        means = torch.relu(self.model.first(images)).mean([0, 2, 3])
        apply_policy(self.model, policy(grouped=wide["grouped"]), images)
        error = (self.model.grouped.weight - self.before["grouped"]).sum([2, 3])
        for channel in range(8):
            of = means[:2] if channel < 4 else means[2:]
            expected = Small().grouped.bias[channel] - (error[channel] * of).sum()
            self.assertAlmostEqual(float(self.model.grouped.bias[channel]), float(expected), 5)

    def test_damaged_policies_are_value_errors_and_change_nothing(self):
        good = policy(**BITS)["layers"]

        def with_first(**changed):
            return {"layers": [{**good[0], **changed}, *good[1:]]}

        no_bits = [{key: value for key, value in good[0].items() if key != "weight_bits"}]
        for damaged in (with_first(weight_bits=0), with_first(weight_bits=40),
                        with_first(weight_bits=4.5), with_first(weight_bits="4"),
                        with_first(weight_bits={"4": "x"}), with_first(weight_bits=[4, 4]),
                        with_first(activation_bits=-3), with_first(activation_bits=0),
                        with_first(activation_bits=17), with_first(activation_bits=None),
                        with_first(name="nothing"), {"layers": [*good, good[0]]},
                        {"layers": []}, {"layers": no_bits}, {"layers": [3]}, {}):
            with self.assertRaises(ValueError, msg=str(damaged)):
                apply_policy(self.model, damaged, self.images)
            self.assertTrue(torch.equal(self.model(self.images), self.outputs))

    def test_policies_may_begin_with_a_byte_order_mark_and_tell_what_they_leave_out(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "policy.json"
            path.write_text("\ufeff" + json.dumps(policy(first=(4.0, 8), last=(8, 32))), "utf-8")
            with self.assertWarnsRegex(UserWarning, "leaves 1 layers .*: grouped"):
                apply_policy(self.model, path, self.images)
        self.assertTrue(hasattr(self.model.first, "fake_quantized_input"))
        self.assertFalse(hasattr(self.model.last, "fake_quantized_input"))

    def test_many_bits_change_little(self):
        apply_policy(self.model, policy(**{name: (14, 14) for name in BITS}), self.images)
        self.assertTrue(torch.allclose(self.model(self.images), self.outputs, atol=2e-3))

    def test_trains(self):
        apply_policy(self.model, policy(**BITS), self.images)
        self.model(self.images).square().sum().backward()
        for name in BITS:
            weight = getattr(self.model, name).parametrizations.weight.original
            self.assertGreater(weight.grad.abs().sum(), 0)

    def test_rounding_passes_gradients_inside_and_none_outside(self):
        values = torch.tensor([-3.0, -0.4, 0.4, 3.0], requires_grad=True)
        quantized(values, torch.tensor(1.0), -1, 1).sum().backward()
        self.assertEqual(values.grad.tolist(), [0, 1, 1, 0])

    def test_names_what_the_model_lacks(self):
        with self.assertRaisesRegex(ValueError, "no module 'second'"):
            apply_policy(self.model, policy(second=(4, 4)), self.images)
        with self.assertRaisesRegex(ValueError, "layer 'first': weights of 1 bit"):
            apply_policy(self.model, policy(first=(1, 4)), self.images)
        with self.assertRaisesRegex(ValueError, "layer 'first': weights of 1 bit"):
            apply_policy(self.model, policy(first=([4, 1, 4, 4], 4)), self.images)
        with self.assertRaisesRegex(ValueError, "layer 'first' has 4 filters, and bits for 3"):
            apply_policy(self.model, policy(first=({"4": 2, "2": 1}, 4)), self.images)


class Refusals(unittest.TestCase):
    """Nothing is changed where something does not fit."""

    def refuses(self, text, model, bits, images=torch.ones(2, 3, 8, 8)):
        with self.assertRaisesRegex(ValueError, text):
            apply_policy(model, policy(**bits), images)

    def test_of_modules_that_are_no_layers(self):
        model = nn.ModuleDict({"relu": nn.ReLU()})
        self.refuses("layer 'relu' is a ReLU", model, {"relu": (4, 4)})

    def test_of_a_second_policy(self):
        model = apply_policy(Small(), policy(**BITS), torch.ones(2, 3, 8, 8))
        self.refuses("quantized already", model, BITS)

    def test_of_layers_that_read_nothing(self):
        model = Small()
        model.unused = nn.Linear(2, 2)
        self.refuses("layer 'unused' reads nothing", model, {"first": (4, 4), "unused": (4, 4)})
        self.assertFalse(hasattr(model.first, "parametrizations"))


class Twice(nn.Module):
    """A layer that is used twice, the second time with sequences."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(0.01 * self.layer(x).unsqueeze(1))


class UsedTwice(unittest.TestCase):

    def test_ranges_are_of_all_uses(self):
        x = torch.randn(32, 4, generator=torch.Generator().manual_seed(3))
        model = apply_policy(Twice(), policy(layer=(8, 8)), x)
        self.assertAlmostEqual(float(model.layer.fake_quantized_input.scale * 127),
                               float(x.abs().max()), 5)

    def test_data_parallel_is_looked_through(self):
        model = nn.DataParallel(Twice())
        apply_policy(model, policy(layer=(8, 8)), torch.ones(2, 4))
        self.assertTrue(hasattr(model.module.layer, "fake_quantized_input"))


if __name__ == "__main__":
    unittest.main()
