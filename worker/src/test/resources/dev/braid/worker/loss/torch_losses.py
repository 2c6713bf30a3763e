"""Values and gradients of PyTorch's losses, for LossesTest: python3 torch_losses.py > torch.json"""

import json

import torch
from torch.nn import functional as f

SIZE, UNITS = 5, 4
torch.manual_seed(17)


def hinge(x, y):
    return (1 - (2 * (y > 0).double() - 1) * x).relu()


LOSSES = {
    "crossEntropy": (lambda x, y: f.cross_entropy(x, y), "classes"),
    "binaryCrossEntropy": (lambda x, y: f.binary_cross_entropy_with_logits(x, y), "shares"),
    "meanSquared": (lambda x, y: f.mse_loss(x, y), "numbers"),
    "meanAbsolute": (lambda x, y: f.l1_loss(x, y), "numbers"),
    "huber": (lambda x, y: f.huber_loss(x, y), "numbers"),
    "hinge": (lambda x, y: hinge(x, y).mean(), "signs"),
    "squaredHinge": (lambda x, y: hinge(x, y).square().mean(), "signs"),
    "poisson": (lambda x, y: f.poisson_nll_loss(x, y), "counts"),
    "klDivergence": (
        lambda x, y: f.kl_div(f.log_softmax(x, 1), y, reduction="batchmean"),
        "distributions",
    ),
    "cosine": (lambda x, y: (1 - f.cosine_similarity(x, y, 1)).mean(), "numbers"),
}


def labels(kind):
    if kind == "classes":
        return torch.randint(UNITS, (SIZE,))
    if kind == "signs":
        return torch.randint(2, (SIZE, UNITS)).double()
    if kind == "counts":
        return torch.randint(6, (SIZE, UNITS)).double()
    if kind == "numbers":
        return torch.randn(SIZE, UNITS).double()
    shares = torch.rand(SIZE, UNITS)
    shares = shares / shares.sum(1, keepdim=True) if kind == "distributions" else shares
    return shares.float().double()


cases = []
for name, (loss, kind) in LOSSES.items():
    for scale in (1, 30):
        x = (scale * torch.randn(SIZE, UNITS)).float().double().requires_grad_()
        y = labels(kind)
        y = y if kind == "classes" else y.float().double()
        value = loss(x, y)
        value.backward()
        cases.append(
            {
                "loss": name,
                "x": x.flatten().tolist(),
                "y": y.flatten().tolist(),
                "value": value.item(),
                "gradient": x.grad.flatten().tolist(),
            }
        )
print(json.dumps({"units": UNITS, "cases": cases}, indent=1))
