#!/usr/bin/env python3
"""Recomputes the numbers of a report from its outcomes, independently of the program that wrote it (numpy alone).

usage: check-report.py REPORT.json OUTCOMES.jsonl

REPORT.json is what `vsr analyze --split test --json` wrote; every row of OUTCOMES.jsonl carries its `split`; where
none is validation, these are cut from train as vsr cuts them, by a hash of the normalised text. From the outcomes:
random, cheapest, best single (by utility, by quality, in hindsight), per-task lookup, oracle; their quality micro and by
task, cost, regret and hits; what routability says, the pool; the lookup's interval by a bootstrap of its own; the regrets that are listed.
From the report's own parts: each router's means from its routes, AIQ from the points of the plane, ECE from the bins.
Prints one line of JSON: how many numbers were compared, and those that differ. Exits 1 where one does.
"""
import hashlib
import json
import sys
import unicodedata

import numpy as np

TOLERANCE = 1e-9
compared = 0
wrong = []


def same(what, found, expected, tolerance=TOLERANCE):
    """null stands for a number that is not known."""
    global compared
    compared += 1
    unknown = expected is None or np.isnan(expected)
    if (found is None) != unknown or (not unknown and abs(found - expected) > tolerance):
        wrong.append({"what": what, "report": found, "recomputed": None if unknown else float(expected)})


def read(path, models):
    rows = [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]

    def column(key):
        cell = lambda row, m: (row["outcomes"].get(m) or {}).get(key)
        return np.array([[np.nan if cell(r, m) is None else cell(r, m) for m in models] for r in rows], dtype=float)

    return rows, column("quality"), column("latency"), column("cost")


def normalised(text):
    """NFKC, lower case, letters and digits alone, single spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    words = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in folded).split()
    return " ".join(words or folded.split())


def split_rows(rows, seed, learned, train=0.8, validation=0.1):
    """The rows' own splits; where more are train than were learned from, validation is the rest: cut by the first 48
    bits of SHA-256 of [text, seed]."""
    splits = [row.get("split") for row in rows]
    if "validation" in splits or splits.count("train") == learned:
        return splits

    def draw(row):
        content = json.dumps([normalised(row["query"]), seed], ensure_ascii=False, separators=(",", ":"))
        return int.from_bytes(hashlib.sha256(content.encode()).digest()[:6], "big") / 2**48

    cut = train / (train + validation)
    return ["validation" if s == "train" and draw(row) >= cut else s for s, row in zip(splits, rows)]


def utilities(quality, latency, cost, objective):
    def term(values, scale):
        return 1 / (1 + np.where(np.isnan(values), 1, values / scale))

    return (
        objective["quality"] * quality
        + objective["latency"] * term(latency, objective["latencyScaleMs"])
        + objective["cost"] * term(cost, objective["costScale"])
    )


def cheapest_best(values, cost):
    """Column of the largest value of every row, ties to the cheapest, then to the first."""
    choices = []
    for row, dollars in zip(values, cost):
        best = np.flatnonzero(row == np.nanmax(row))
        price = np.where(np.isnan(dollars[best]), np.inf, dollars[best])
        choices.append(best[np.argmin(price)])
    return np.array(choices)


def lookup(values, tasks, judged_tasks):
    overall = int(np.nanargmax(np.nanmean(values, axis=0)))
    best = {t: int(np.nanargmax(np.nanmean(values[tasks == t], axis=0))) for t in set(tasks)}
    return np.array([best.get(t, overall) for t in judged_tasks])


def hull_area(points, greatest):
    """Under the non-decreasing concave hull, by asking at every corner which chord is highest."""
    points = sorted({(c, q) for c, q in points})
    costs = np.array([c for c, _ in points])
    best = np.maximum.accumulate([q for _, q in points])
    upper = []
    for i, c in enumerate(costs):
        value = best[i]
        for a in range(i):
            for b in range(i + 1, len(costs)):
                value = max(value, best[a] + (best[b] - best[a]) * (c - costs[a]) / (costs[b] - costs[a]))
        upper.append(value)
    return np.trapezoid(upper, costs) + (greatest - costs[-1]) * upper[-1]


def check(report, path):
    models = [m["model"] for m in report["data"]["models"]]
    rows, *columns = read(path, models)
    splits = split_rows(rows, report["method"]["seed"], report["data"]["learnedOn"])
    part = lambda name: [i for i, split in enumerate(splits) if split == name]
    train, test = part("train"), part("test")
    if len(train) != report["data"]["learnedOn"] or len(test) != report["data"]["queries"]:
        sys.exit(
            f"{path} has {len(train)} train and {len(test)} test rows, the report {report['data']['learnedOn']} and "
            f"{report['data']['queries']}: give the outcomes that were judged, with a split in every row."
        )
    objective = report["method"]["objective"]
    tasks = np.array([row.get("task_name") or row.get("category") or "" for row in rows])
    learned_q, learned_l, learned_c = [values[train] for values in columns]
    q, l, c = [values[test] for values in columns]
    learned_u, u = utilities(learned_q, learned_l, learned_c, objective), utilities(q, l, c, objective)
    judged_tasks = tasks[test]
    arms = {arm["name"]: arm for arm in report["arms"]}
    constant = lambda m: np.full(len(test), m)
    best_u, best_q = np.nanargmax(np.nanmean(learned_u, axis=0)), np.nanargmax(np.nanmean(learned_q, axis=0))
    choices = {
        "cheapest": constant(np.nanargmin(np.nanmean(learned_c, axis=0))) if "cheapest" in arms else None,
        "best single": constant(best_u),
        "best single by quality": constant(best_q),
        "best single (hindsight)": constant(np.nanargmax(np.nanmean(u, axis=0))),
        "per-task lookup": lookup(learned_u, tasks[train], judged_tasks),
        "lookup by quality": lookup(learned_q, tasks[train], judged_tasks),
        "oracle": cheapest_best(q, c),
    }
    earned = {}
    at = np.arange(len(test))
    oracle = choices["oracle"]
    for name, chosen in choices.items():
        if name not in arms or chosen is None:
            continue
        own = q[at, chosen]
        earned[name] = own, u[at, chosen]
        there = ~np.isnan(own)
        by_task = [np.nanmean(own[judged_tasks == t]) for t in set(judged_tasks) if there[judged_tasks == t].any()]
        lost = (np.nanmax(u, axis=1) - u[at, chosen])[there]
        same(f"{name}: coverage", arms[name]["coverage"], there.mean())
        same(f"{name}: utility", arms[name]["utility"], np.nanmean(u[at, chosen]))
        same(f"{name}: quality", arms[name]["quality"], np.nanmean(own))
        same(f"{name}: by task", arms[name]["qualityMacro"], np.mean(by_task))
        same(f"{name}: cost", arms[name]["cost"], np.nanmean(np.where(there, c[at, chosen], np.nan)))
        same(f"{name}: regret", arms[name]["regret"]["mean"], lost.mean())
        same(f"{name}: median regret", arms[name]["regret"]["median"], np.median(lost))
        same(f"{name}: p95 of regret", arms[name]["regret"]["p95"], np.percentile(lost, 95))
        same(f"{name}: hit", arms[name]["hit"], (own == np.nanmax(q, axis=1))[there].mean())
        same(f"{name}: strict hit", arms[name]["hitStrict"], (chosen == oracle)[there].mean())
    same("random: quality", arms["random"]["quality"], np.nanmean(np.nanmean(q, axis=1)))
    same("random: utility", arms["random"]["utility"], np.nanmean(np.nanmean(u, axis=1)))

    difference = earned["per-task lookup"][1] - earned["best single"][1]
    against = arms["per-task lookup"]["against"]["utility"]
    same("lookup: difference", against["delta"], np.nanmean(difference))
    texts = [row["query"] for row in (rows[i] for i in test)]
    if len(set(texts)) == report["data"]["groups"] == len(test):
        draws = np.random.default_rng(1).integers(0, len(test), (20_000, len(test)))
        means = np.nanmean(difference[draws], axis=1)
        slack = 0.12 * (np.percentile(means, 97.5) - np.percentile(means, 2.5)) + 1e-12
        tail = 50 * (1 - report["method"]["confidence"])
        same("lookup: low", against["low"], np.percentile(means, tail), slack)
        same("lookup: high", against["high"], np.percentile(means, 100 - tail), slack)

    routable(report["routability"], learned_q, learned_c, tasks[train], models)
    for decision in report["decisions"]:
        i = [rows[k].get("id") for k in test].index(decision["id"])
        chosen = models.index(decision["chosen"])
        same(f"regret of {decision['id']}", decision["regret"], np.nanmax(u[i]) - u[i, chosen])
        same(f"quality of {decision['id']}", decision["chosenQuality"], q[i, chosen])


def routable(r, q, c, tasks, models):
    best = np.nanmax(q, axis=1)
    count = (q == best[:, None]).sum(axis=1)
    present = (~np.isnan(q)).sum(axis=1)
    same("routability: random", r["random"], np.nanmean(q, axis=1).mean())
    same("routability: best single", r["bestSingle"], np.nanmean(q, axis=0).max())
    same("routability: oracle", r["oracle"], best.mean())
    own = q[np.arange(len(q)), lookup(q, tasks, tasks)]
    same("routability: lookup", r["lookup"], np.nanmean(own))
    same("routability: unique best", r["uniqueBest"], ((count == 1) & (present > 1)).sum())
    same("routability: all zero", r["allZero"], (best == 0).sum())
    same("routability: all equal", r["allEqual"], ((count == present) & (present > 1)).sum())
    same("routability: one to three", r["fewBest"], (count <= 3).mean())
    zero = np.nan_to_num(q)
    for k, step in enumerate(r["pool"]):
        pool = [models.index(s["model"]) for s in r["pool"][: k + 1]]
        same(f"pool of {k + 1}", step["oracle"], zero[:, pool].max(axis=1).mean())
        rest = [m for m in range(len(models)) if m not in pool[:-1]]
        greatest = max(zero[:, pool[:-1] + [m]].max(axis=1).mean() for m in rest)
        same(f"pool of {k + 1}: no other adds more", step["oracle"], greatest)


def consistent(report):
    arms = {arm["name"]: arm for arm in report["arms"]}
    for route in report["routes"]:
        sent = [m for m in route["models"] if m["share"] > 0]
        same(f"{route['router']}: shares", sum(m["share"] for m in sent), 1.0)
        bits = -sum(m["share"] * np.log2(m["share"]) for m in sent)
        same(f"{route['router']}: entropy", route["entropyBits"], bits)
        arm = arms[route["router"]]
        if arm["coverage"] == 1:
            mean = sum(m["share"] * m["quality"] for m in sent)
            same(f"{route['router']}: quality by routes", arm["quality"], mean)
    plane = report["plane"]
    for router in plane["routers"] if plane else []:
        points = [(p["cost"], p["quality"]) for p in router["points"]]
        width = plane["maxCost"] - plane["minCost"]
        same(f"{router['name']}: AIQ", router["aiq"], hull_area(points, plane["maxCost"]) / width)
    for router in report["calibration"]:
        for model in router["models"]:
            bins = [b for b in model["bins"] if b["n"] > 0]
            ece = sum(b["n"] * abs(b["observed"] - b["predicted"]) for b in bins) / model["n"]
            same(f"{router['router']}, {model['model']}: ECE", model["ece"], ece)


if len(sys.argv) != 3:
    sys.exit(__doc__)
with open(sys.argv[1], encoding="utf-8") as file:
    written = json.load(file)
check(written, sys.argv[2])
consistent(written)
print(json.dumps({"compared": compared, "wrong": wrong}))
sys.exit(1 if wrong else 0)
