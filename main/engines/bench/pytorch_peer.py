"""The PyTorch side of the training benchmark: builds a described network and trains it on request.

Reads lines of JSON. The first is the task: {"layers", "batchSize", "input": {"channels", "height", "width"}, "classes", "threads"}; the answer
is {"ready": true, "version", "compileSeconds", "parameters"}. Then each {"steps": n} is answered by {"seconds", "cpuSeconds", "peakBytes", "loss"}.
Ends with its input.
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

reply = sys.stdout


def answer(**values):
    reply.write(json.dumps(values) + "\n")
    reply.flush()


def symmetric(padding):
    top, right, bottom, left = padding
    return (top, left) if (top, left) == (bottom, right) else None


class Padded(nn.Module):
    """A window operation whose padding differs from side to side."""

    def __init__(self, padding, module, value=0.0):
        super().__init__()
        top, right, bottom, left = padding
        self.edges, self.value, self.module = (left, right, top, bottom), value, module

    def forward(self, x):
        return self.module(F.pad(x, self.edges, value=self.value))


def build(layer, shapes):
    """The module of one layer; it takes as many tensors as the layer has inputs."""
    kind, params = layer["type"], layer["params"]
    source = shapes[layer["inputs"][0]] if layer["inputs"] else None
    if kind in ("conv2d", "max-pool2d", "average-pool2d"):
        same = symmetric(layer["padding"])
        padding = same or (0, 0)
        if kind == "conv2d":
            module = nn.Conv2d(
                source[1], params["filters"], params["kernel"], params["stride"], padding,
                params["dilation"], params["groups"], params["bias"],
            )
        elif kind == "max-pool2d":
            module = nn.MaxPool2d(params["kernel"], params["stride"], padding)
        else:
            module = nn.AvgPool2d(params["kernel"], params["stride"], padding, count_include_pad=False)
        lowest = float("-inf") if kind == "max-pool2d" else 0.0
        return module if same else Padded(layer["padding"], module, lowest)
    if kind == "batch-normalization":
        return nn.BatchNorm2d(source[1], params["epsilon"], params["momentum"])
    if kind == "dense":
        return nn.Linear(source[1], params["units"], params["bias"])
    if kind == "relu":
        return nn.ReLU()
    if kind == "tanh":
        return nn.Tanh()
    if kind == "sigmoid":
        return nn.Sigmoid()
    if kind == "flatten":
        return nn.Flatten()
    if kind == "global-average-pool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if kind == "dropout":
        return nn.Dropout(params["rate"])
    if kind in ("add", "concatenate", "classifier"):
        return None
    raise SystemExit(f"the PyTorch peer has no layer {kind}")


class Network(nn.Module):
    def __init__(self, layers):
        super().__init__()
        shapes, self.plan, self.blocks = {}, [], nn.ModuleList()
        for layer in layers:
            shapes[layer["id"]] = layer["shape"]
            module = None if layer["type"] == "input" else build(layer, shapes)
            if module is not None:
                self.blocks.append(module)
            self.plan.append((layer["id"], layer["type"], layer["inputs"], module))

    def forward(self, images):
        values = {}
        for name, kind, inputs, module in self.plan:
            taken = [values[i] for i in inputs]
            if kind == "input":
                value = images
            elif kind == "add":
                value = taken[0]
                for other in taken[1:]:
                    value = value + other
            elif kind == "concatenate":
                value = torch.cat(taken, 1)
            elif kind == "classifier":
                return taken[0]
            else:
                value = module(*taken)
            values[name] = value
        raise SystemExit("the network has no classifier")


def main():
    task = json.loads(sys.stdin.readline())
    torch.set_num_threads(task["threads"])
    torch.manual_seed(1)
    started = time.perf_counter()
    network = Network(task["layers"])
    loss_of = nn.CrossEntropyLoss()
    size, batch = task["input"], task["batchSize"]
    images = [torch.randn(batch, size["channels"], size["height"], size["width"]) for _ in range(4)]
    labels = [torch.randint(task["classes"], (batch,)) for _ in range(4)]
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)

    def step(i):
        optimizer.zero_grad()
        loss = loss_of(network(images[i % 4]), labels[i % 4])
        loss.backward()
        optimizer.step()
        return loss.item()

    step(0)
    compile_seconds = time.perf_counter() - started
    parameters = sum(p.numel() for p in network.parameters())
    answer(ready=True, version=torch.__version__, compileSeconds=compile_seconds, parameters=parameters)
    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        cpu, wall = time.process_time(), time.perf_counter()
        for i in range(steps):
            loss = step(i)
        # Linux counts in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        answer(
            seconds=time.perf_counter() - wall,
            cpuSeconds=time.process_time() - cpu,
            peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
            loss=loss,
        )


main()
