#!/usr/bin/env python3
"""What hessian_bench measures, by PyTorch: a double backward of ResNet-20 (option A).

Batch 64, one thread, CPU time.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.pad = stride, channels - channels_in

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.pad:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad // 2, self.pad // 2))
        return F.relu(out + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        sizes = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)
                                                                        ] + [(64, 64, 1)] * 2
        self.blocks = nn.Sequential(*(Block(*size) for size in sizes))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        return self.linear(self.blocks(F.relu(self.bn1(self.conv1(x)))).mean((2, 3)))


def main():
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    torch.set_num_threads(1)
    torch.manual_seed(1)
    images, labels = torch.randn(64, 3, 32, 32), torch.randint(0, 10, (64,))
    model = ResNet20()
    with torch.no_grad():
        for _ in range(20):
            model(images)
    model.eval()
    weights = [m.weight for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    v = [torch.randn_like(w) for w in weights]
    begin = time.process_time()
    for _ in range(repetitions):
        gradients = torch.autograd.grad(
            F.cross_entropy(model(images), labels), weights, create_graph=True
        )
    print(
        "gradients that can be differentiated: "
        f"{1e3 * (time.process_time() - begin) / repetitions:.0f} ms"
    )
    times = []
    for _ in range(repetitions):
        begin = time.process_time()
        torch.autograd.grad(gradients, weights, v, retain_graph=True)
        times.append(1e3 * (time.process_time() - begin))
    print(f"product: mean {sum(times) / len(times):.0f} ms, least {min(times):.0f} ms")


if __name__ == "__main__":
    main()
