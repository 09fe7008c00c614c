"""PyTorch's MLP on one thread: the same widths, loss, dropout and AdamW on the same rows."""
import time

import numpy as np


def version():
    try:
        import torch
    except ImportError:
        return None
    return torch.__version__


def fit(folder, epochs, batch, rows, width, hidden, models, dropout, learningRate, weightDecay):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(1)
    features = torch.from_numpy(np.fromfile(f"{folder}/features.f32", "<f4").reshape(rows, width))
    quality = torch.from_numpy(np.fromfile(f"{folder}/quality.f32", "<f4").reshape(rows, models))
    start = time.perf_counter()
    x = features * width**0.5
    layers = []
    for inputs, units in zip([width, *hidden], hidden):
        layers += [nn.Linear(inputs, units), nn.ReLU(), nn.Dropout(dropout)]
    network = nn.Sequential(*layers, nn.Linear(hidden[-1], models))
    optimizer = torch.optim.AdamW(network.parameters(), lr=learningRate, weight_decay=weightDecay)
    loss_of = nn.BCEWithLogitsLoss()
    for _ in range(epochs):
        total = 0.0
        order = torch.randperm(rows)
        for picked in order.split(batch):
            optimizer.zero_grad()
            loss = loss_of(network(x[picked]), quality[picked])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(picked)
    return {"ms": (time.perf_counter() - start) * 1e3, "loss": total / rows}
