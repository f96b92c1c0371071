"""Writes lenet5.json: the losses of 20 training steps of LeNet-5 in PyTorch, for the compiler's test to reproduce.

Run by hand, with PyTorch 2.x (pip install torch): python3 main/compiler/golden/lenet5.py
Weights and batches follow from a formula, so the file holds losses only.
"""

import json
import math
import pathlib

import torch
from torch import nn

BATCH, STEPS, LEARNING_RATE, MOMENTUM = 16, 20, 0.05, 0.9
torch.set_num_threads(1)


def numbers(stream, count):
    """Numbers in [-1, 1) from Knuth's multiplicative hash of their index; the test has the same function."""
    index = torch.arange(count, dtype=torch.int64) + stream * 1_000_003 + 1
    hashed = (index * 2654435761) % 2**32
    hashed = (hashed ^ (hashed >> 15)) * 2246822519 % 2**32
    return ((hashed >> 8).double() / 2**23 - 1).float()


def lenet5(activation, pooling):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), activation(), pooling(2),
        nn.Conv2d(6, 16, 5), activation(), pooling(2), nn.Flatten(),
        nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(), nn.Linear(84, 10),
    )  # fmt: skip


def losses(activation, pooling):
    net = lenet5(activation, pooling)
    for stream, weight in enumerate(net.parameters()):
        fan_in = weight[0].numel() if weight.dim() > 1 else 100
        with torch.no_grad():
            weight.copy_(numbers(stream, weight.numel()).reshape(weight.shape) * math.sqrt(3 / fan_in))
    optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    result = []
    for step in range(STEPS):
        images = numbers(100 + step % 4, BATCH * 784).reshape(BATCH, 1, 28, 28)
        labels = (torch.arange(BATCH) * 7 + step % 4) % 10
        loss = nn.functional.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


golden = {
    "source": f"PyTorch {torch.__version__}",
    "average-pool2d tanh": losses(nn.Tanh, nn.AvgPool2d),
    "max-pool2d relu": losses(nn.ReLU, nn.MaxPool2d),
    "average-pool2d sigmoid": losses(nn.Sigmoid, nn.AvgPool2d),
}
path = pathlib.Path(__file__).with_name("lenet5.json")
path.write_text(json.dumps(golden, indent=2) + "\n")
