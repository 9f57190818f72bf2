"""A small network, exported as ONNX for bitloom: needs PyTorch."""
import torch
from torch import nn


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]


net = nn.Sequential(*block(3, 16), *block(16, 32), *block(32, 64),
                    nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
# ... train it ...

if __name__ == "__main__":
    net.eval()
    # PRESERVE keeps batch norms as nodes of their own, so that the file can be trained on.
    torch.onnx.export(net, torch.zeros(1, 3, 32, 32), "net.onnx",
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
