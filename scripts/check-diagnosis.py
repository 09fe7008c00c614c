#!/usr/bin/env python3
"""Computes the numbers of `vsr analyze --only data --json` again, from the outcomes alone, with numpy and nothing of vsr.

    vsr analyze --only data --json > diagnosis.json
    python3 scripts/check-diagnosis.py diagnosis.json outcomes.jsonl

Checked: the means of the models, routability, pool order, what each model is worth; on all rows that the data does not reserve
for testing. Exit 1 at the first number that differs by more than 1e-9.
"""

import json
import sys

import numpy as np


def read_table(path, models, wanted):
    rows = [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]
    rows = [row for row in rows if wanted(row)]
    def quality(row, model):
        if "scores" in row and "outcomes" not in row:
            value = row["scores"].get(model)
        else:
            value = (row["outcomes"].get(model) or {}).get("quality")
        return np.nan if value is None else value
    def cost(row, model):
        value = (row.get("outcomes", {}).get(model) or {}).get("cost")
        return np.nan if value is None else value
    tasks = np.array([row.get("task_name") or row.get("category") or "" for row in rows])
    table = lambda of: np.array([[of(row, model) for model in models] for row in rows], dtype=float)
    return tasks, table(quality), table(cost)


class Checker:
    def __init__(self):
        self.count = 0

    def same(self, name, reported, computed):
        self.count += 1
        if reported is None or abs(reported - computed) > 1e-9:
            sys.exit(f"{name}: the report says {reported}, computed again {computed}")


def pool_order(quality):
    reached = np.zeros(len(quality))
    left, steps = list(range(quality.shape[1])), []
    while left:
        gains = [np.nansum(np.clip(quality[:, m] - reached, 0, None)) for m in left]
        m = left.pop(int(np.argmax(gains)))
        reached = np.fmax(reached, quality[:, m])
        steps.append((m, reached.mean()))
    return steps


def check_routability(check, reported, models, tasks, quality):
    means = np.nanmean(quality, axis=0)
    best = int(np.argmax(means))
    top = np.nanmax(quality, axis=1)
    check.same("random", reported["random"], np.nanmean(np.nanmean(quality, axis=1)))
    check.same("best single", reported["bestSingle"], means[best])
    check.same("oracle", reported["oracle"], top.mean())
    check.same("headroom", reported["headroom"], top.mean() - means[best])
    lookup = np.empty(len(quality))
    for task in np.unique(tasks):
        rows = tasks == task
        lookup[rows] = quality[rows, int(np.argmax(np.nanmean(quality[rows], axis=0)))]
    check.same("lookup", reported["lookup"], np.nanmean(lookup))
    ties = np.nansum(quality == top[:, None], axis=1)
    present = (~np.isnan(quality)).sum(axis=1)
    check.same("unique best", reported["uniqueBest"], ((ties == 1) & (present > 1)).sum())
    check.same("all zero", reported["allZero"], (top == 0).sum())
    check.same("all equal", reported["allEqual"], ((ties == present) & (present > 1)).sum())
    check.same("few best", reported["fewBest"], (ties <= 3).mean())
    for (m, oracle), step in zip(pool_order(quality), reported["pool"]):
        if step["model"] != models[m]:
            sys.exit(f"pool: the report adds {step['model']}, computed again {models[m]}")
        check.same(f"pool {models[m]}", step["oracle"], oracle)


def check_models(check, reported, quality, cost):
    for m, row in enumerate(reported):
        check.same(f"{row['model']}: quality", row["quality"], np.nanmean(quality[:, m]))
        check.same(f"{row['model']}: missing", row["missingShare"], np.isnan(quality[:, m]).mean())
        if row["cost"] is not None:
            check.same(f"{row['model']}: cost", row["cost"], np.nanmean(cost[:, m]))


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    models = [row["model"] for row in report["data"]["models"]]
    check = Checker()
    if report["schema"] == "vsr.diagnosis/1":
        tasks, quality, cost = read_table(sys.argv[2], models, lambda row: row.get("split") != "test")
        check.same("queries", report["data"]["queries"], len(quality))
        check_models(check, report["data"]["models"], quality, cost)
        check_routability(check, report["routability"], models, tasks, quality)
        top = np.nanmax(quality, axis=1)
        for row in report["models"]:
            others = np.delete(quality, models.index(row["model"]), axis=1)
            rest = np.nanmax(np.column_stack([others, np.zeros(len(others))]), axis=1)
            check.same(f"without {row['model']}", row["oracleLoss"], (top - rest).mean())
    else:
        sys.exit(f"{sys.argv[1]}: unknown schema {report['schema']}")
    print(f"{check.count} numbers of {sys.argv[1]} are the same when computed again.")


if __name__ == "__main__":
    main()
