"""Writes golden.json: what 20 training steps in PyTorch do to each network of cases.json, for the compiler's test to reproduce.

Run by hand, with PyTorch 2.13 (pip install torch): python3 main/compiler/golden/make_golden.py
Networks are the studio's own documents, read here and run with torch.nn.functional. Weights and batches follow from a formula, so the
files hold no tensors but the running statistics at the end.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

STEPS, BATCHES = 20, 4
HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def numbers(stream, count):
    """Numbers in [-1, 1) from Knuth's multiplicative hash of their index; the test has the same function."""
    index = torch.arange(count, dtype=torch.int64) + stream * 1_000_003 + 1
    hashed = (index * 2654435761) % 2**32
    hashed = (hashed ^ (hashed >> 15)) * 2246822519 % 2**32
    return ((hashed >> 8).double() / 2**23 - 1).float()


def stream_of(name):
    """FNV-1a of the name, 16 bits of it."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value % 2**16


class Network:
    """A document with its weights; called on images it returns [(scores, factor of their loss)]."""

    def __init__(self, document, batch):
        self.nodes = document["nodes"]
        self.sources = {node["id"]: [] for node in self.nodes}
        for edge in document["edges"]:
            self.sources[edge["target"]].append(edge["source"])
        self.weights, self.statistics = {}, {}
        size = self.nodes[0]["params"]
        self.shape = (batch, size["channels"], size["height"], size["width"])
        self(torch.zeros(self.shape))
        for mean, variance in self.statistics.values():
            mean.zero_()
            variance.fill_(1)

    def weight(self, node, part, shape, offset, scale):
        name = f"{node['id']}.{part}"
        if name not in self.weights:
            values = numbers(stream_of(name), math.prod(shape)) * torch.tensor(scale).float() + offset
            self.weights[name] = values.reshape(shape).requires_grad_()
        return self.weights[name]

    def __call__(self, images):
        values, heads = {}, []
        for node in self.nodes:
            inputs = [values[source] for source in self.sources[node["id"]]] or [images]
            values[node["id"]] = self.layer(node, inputs, heads)
        return heads

    def layer(self, node, inputs, heads):
        params, x = node.get("params", {}), inputs[0]
        match node["type"]:
            case "input":
                return x
            case "conv2d":
                return self.convolution(node, x, params["filters"], params.get("groups", 1))
            case "depthwise-conv2d":
                return self.convolution(node, x, x.shape[1] * params.get("multiplier", 1), x.shape[1])
            case "dense":
                kernel = self.weight(node, "kernel", (params["units"], x.shape[1]), 0, math.sqrt(6 / x.shape[1]))
                bias = self.weight(node, "bias", (params["units"],), 0, 0.1) if params.get("bias", True) else None
                return F.linear(x, kernel, bias)
            case "max-pool2d":
                kernel, stride, padding = params.get("kernel", 2), params.get("stride", 2), params.get("padding", 0)
                return F.max_pool2d(x, kernel, stride, padding, ceil_mode=params.get("ceilMode", False))
            case "average-pool2d":
                kernel, stride, padding = params.get("kernel", 2), params.get("stride", 2), params.get("padding", 0)
                ceil, count = params.get("ceilMode", False), params.get("countPadding", False)
                return F.avg_pool2d(x, kernel, stride, padding, ceil, count)
            case "global-average-pool":
                return x.mean((2, 3), keepdim=params.get("keepSize", False))
            case "global-max-pool":
                return x.amax((2, 3), keepdim=params.get("keepSize", False))
            case "adaptive-average-pool2d":
                return F.adaptive_avg_pool2d(x, params["size"])
            case "batch-normalization":
                channels = x.shape[1]
                scale = self.weight(node, "scale", (channels,), 1, 0.2)
                shift = self.weight(node, "shift", (channels,), 0, 0.2)
                mean, variance = self.statistics.setdefault(node["id"], (torch.zeros(channels), torch.ones(channels)))
                momentum, epsilon = params.get("momentum", 0.1), params.get("epsilon", 1e-5)
                return F.batch_norm(x, mean, variance, scale, shift, True, momentum, epsilon)
            case "local-response-normalization":
                return F.local_response_norm(x, params["size"], params["alpha"], params["beta"], params["bias"])
            case "relu":
                return F.relu(x)
            case "relu6":
                return F.relu6(x)
            case "leaky-relu":
                return F.leaky_relu(x, params["slope"])
            case "prelu":
                return F.prelu(x, self.weight(node, "slope", (x.shape[1],), 0.25, 0.1))
            case "elu":
                return F.elu(x, params["alpha"])
            case "gelu":
                return F.gelu(x)
            case "silu":
                return F.silu(x)
            case "tanh":
                return torch.tanh(x)
            case "sigmoid":
                return torch.sigmoid(x)
            case "softmax":
                return F.softmax(x, 1)
            case "dropout":
                return F.dropout(x, params["rate"])
            case "add":
                return sum(inputs)
            case "multiply":
                return math.prod(inputs)
            case "concatenate":
                return torch.cat(inputs, 1)
            case "scale":
                return x * params["factor"]
            case "flatten":
                return x.flatten(1)
            case "zero-pad":
                before, after = params.get("channelsBefore", 0), params.get("channelsAfter", 0)
                top, right, bottom, left = params.get("padding", [0, 0, 0, 0])
                return F.pad(x, (left, right, top, bottom, before, after))
            case "crop":
                top, right, bottom, left = params["borders"]
                return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]
            case "upsample":
                method = params.get("method", "nearest")
                return F.interpolate(x, scale_factor=params.get("factor", 2), mode=method)
            case "channel-shuffle":
                return F.channel_shuffle(x, params["groups"])
            case "classifier":
                heads.append((x, params.get("weight", 0.3) if params.get("role") == "auxiliary" else 1))
            case other:
                raise ValueError(f"no PyTorch form of {other}")

    def convolution(self, node, x, filters, groups):
        params = node["params"]
        size, stride, dilation = params.get("kernel", 3), params.get("stride", 1), params.get("dilation", 1)
        channels = x.shape[1] // groups
        fan_in = channels * size * size
        kernel = self.weight(node, "kernel", (filters, channels, size, size), 0, math.sqrt(6 / fan_in))
        bias = self.weight(node, "bias", (filters,), 0, 0.1) if params.get("bias", True) else None
        padding = params.get("padding", "same")
        if padding == "same":
            extent = dilation * (size - 1) + 1
            needed = [max(0, (math.ceil(side / stride) - 1) * stride + extent - side) for side in x.shape[2:]]
            rows, columns = needed
            x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
        elif padding != "valid":
            x = F.pad(x, (padding,) * 4)
        return F.conv2d(x, kernel, bias, stride, 0, dilation, groups)


def optimizer_for(settings, weights, decay, decay_on):
    def is_decayed(name):
        return decay_on == "all" or name.endswith(".kernel")

    groups = [
        {"params": [w for name, w in weights.items() if is_decayed(name)], "weight_decay": decay},
        {"params": [w for name, w in weights.items() if not is_decayed(name)], "weight_decay": 0},
    ]
    kind, lr = settings["type"], 0.1
    match kind:
        case "sgd":
            return torch.optim.SGD(groups, lr, settings.get("momentum", 0), nesterov=settings.get("nesterov", False))
        case "rmsprop":
            alpha, momentum = settings.get("decay", 0.99), settings.get("momentum", 0)
            return torch.optim.RMSprop(groups, lr, alpha, settings.get("epsilon", 1e-8), momentum=momentum)
    betas = (settings.get("beta1", 0.9), settings.get("beta2", 0.999))
    make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    return make(groups, lr, betas, settings.get("epsilon", 1e-8))


def run(case):
    train, batch = case["train"], case["batchSize"]
    net = Network(case["network"], batch)
    decay, decay_on = train.get("weightDecay", 0), train.get("weightDecayOn", "kernels")
    optimizer = optimizer_for(train["optimizer"], net.weights, decay, decay_on)
    clip, smoothing = train.get("gradientClip", {}), train.get("labelSmoothing", 0)
    losses, norms = [], []
    for step in range(STEPS):
        images = numbers(100_000 + step % BATCHES, math.prod(net.shape)).reshape(net.shape)
        labels = (torch.arange(batch) * 7 + step % BATCHES) % case["classes"]
        for group in optimizer.param_groups:
            group["lr"] = train["learningRates"][step]
        loss = sum(factor * F.cross_entropy(scores, labels, label_smoothing=smoothing) for scores, factor in net(images))
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.get_total_norm([w.grad for w in net.weights.values()]).item())
        if "value" in clip:
            torch.nn.utils.clip_grad_value_(net.weights.values(), clip["value"])
        if "norm" in clip:
            torch.nn.utils.clip_grad_norm_(net.weights.values(), clip["norm"])
        optimizer.step()
        losses.append(loss.item())
    statistics = {}
    for node, (mean, variance) in net.statistics.items():
        statistics[f"{node}.mean"] = mean.tolist()
        statistics[f"{node}.variance"] = variance.tolist()
    return {"losses": losses, "gradientNorms": norms, "statistics": statistics}


cases = json.loads((HERE / "cases.json").read_text())
golden = {"source": f"PyTorch {torch.__version__}", "cases": {case["name"]: run(case) for case in cases}}
(HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
