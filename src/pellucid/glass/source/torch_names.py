"""What PyTorch has too: of each activation and loss, and of optimizers that mean the same."""

from __future__ import annotations

from pellucid.glass.source.graph import Refused

ACTIVATIONS: dict[str, str | Refused] = {
    "Linear": "{z}",
    "Exponential": "torch.exp({z})",
    "Sigmoid": "torch.sigmoid({z})",
    "HardSigmoid": "F.hardsigmoid({z})",
    "Tanh": "torch.tanh({z})",
    "Softmax": "F.softmax({z}, dim={axis})",
    "LogSoftmax": "F.log_softmax({z}, dim={axis})",
    "Relu": "F.relu({z})",
    "Relu6": "F.relu6({z})",
    "LeakyRelu": "F.leaky_relu({z}, {negative_slope})",
    "Elu": "F.elu({z}, {alpha})",
    "Selu": "F.selu({z})",
    "Gelu": 'F.gelu({z}, approximate="{how}")',
    "Silu": "F.silu({z})",
    "Mish": "F.mish({z})",
    "Softplus": "F.softplus({z})",
    "Softsign": "F.softsign({z})",
    "Celu": "F.celu({z}, {alpha})",
    "HardShrink": "F.hardshrink({z}, {threshold})",
    "HardSilu": "F.hardswish({z})",
    "HardTanh": "F.hardtanh({z})",
    "LogSigmoid": "F.logsigmoid({z})",
    "SoftShrink": "F.softshrink({z}, {threshold})",
    "Squareplus": "({z} + torch.sqrt({z} ** 2 + {b})) / 2",
    "TanhShrink": "F.tanhshrink({z})",
    "Glu": "F.glu({z}, dim={axis})",
    "SparsePlus": "(({z}.clamp(-1, 1) + 1) ** 2 / 4 + ({z} - 1).clamp(min=0))",
    "SparseSigmoid": "(({z}.clamp(-1, 1) + 1) / 2)",
    "Sparsemax": Refused(""),
    "Threshold": "F.threshold({z}, {threshold}, {default_value})",
}
#: ℓ of each row, or of each number of it, from the predictions p and the targets y; what `reduced`
#: stands for says whether PyTorch takes the mean
REDUCED = ', reduction="none"'
LOSSES: dict[str, str | Refused] = {
    "MeanSquaredError": "F.mse_loss(p, y{reduced})",
    "MeanAbsoluteError": "F.l1_loss(p, y{reduced})",
    "Huber": "F.huber_loss(p, y, delta={delta}{reduced})",
    "MeanAbsolutePercentageError": "100 * abs(p - y) / abs(y).clamp(min=1e-7)",
    "MeanSquaredLogarithmicError": (
        "(torch.log1p(p.clamp(min=1e-7)) - torch.log1p(y.clamp(min=1e-7))) ** 2"
    ),
    "LogCosh": "abs(p - y) + torch.log1p(torch.exp(-2 * abs(p - y))) - math.log(2)",
    "Pinball": "p.new_tensor({quantiles}) * (y - p) - (y - p).clamp(max=0)",
    "CosineSimilarity": "-F.cosine_similarity(p, y, dim=-1)",
    "CategoricalGeneralizedCrossEntropy": ("(1 - p.gather(-1, y[..., None])[..., 0] ** {q}) / {q}"),
    "Dice": Refused(""),
    "Tversky": Refused(""),
    "Poisson": "p - y * torch.log(p + 1e-7)",
    "Hinge": "(1 - torch.where(y == 0, -1, y) * p).clamp(min=0)",
    "SquaredHinge": "(1 - torch.where(y == 0, -1, y) * p).clamp(min=0) ** 2",
    "CategoricalHinge": "(1 + ((1 - y) * p).amax(-1) - (y * p).sum(-1)).clamp(min=0)",
    "KLDivergence": ("(y.clamp(1e-7, 1) * torch.log(y.clamp(1e-7, 1) / p.clamp(1e-7, 1))).sum(-1)"),
    "CategoricalCrossentropy": (
        "-(y * torch.log((p / p.sum(-1, keepdim=True)).clamp(1e-7, 1 - 1e-7))).sum(-1)"
    ),
    "SparseCategoricalCrossentropy": (
        "-torch.log((p / p.sum(-1, keepdim=True)).clamp(1e-7, 1 - 1e-7))"
        ".gather(-1, y[..., None])[..., 0]"
    ),
    "BinaryCrossentropy": (
        "-(y * torch.log(p.clamp(1e-7, 1 - 1e-7)) "
        "+ (1 - y) * torch.log1p(-p.clamp(1e-7, 1 - 1e-7)))"
    ),
    "BinaryFocalCrossentropy": (
        "{balance}(y + q - 2 * y * q) ** {gamma} * -(y * torch.log(q) + (1 - y) * torch.log1p(-q))"
    ),
    "CategoricalFocalCrossentropy": ("-({alpha} * y * (1 - q) ** {gamma} * torch.log(q)).sum(-1)"),
}
#: the same of scores, before softmax or sigmoid
ON_SCORES = {
    "CategoricalCrossentropy": "F.cross_entropy(p, y{reduced})",
    "SparseCategoricalCrossentropy": "F.cross_entropy(p, y{reduced})",
    "BinaryCrossentropy": "F.binary_cross_entropy_with_logits(p, y{reduced})",
}
#: what is first made of p, of the losses that need it
BEFORE = {
    "BinaryFocalCrossentropy": "q = p.clamp(1e-7, 1 - 1e-7)",
    "CategoricalFocalCrossentropy": ("q = (p / p.sum(-1, keepdim=True)).clamp(1e-7, 1 - 1e-7)"),
}
#: those with the same rule and conventions; by another, the plan's own equations are written
OPTIMIZERS = {
    "SGD": "torch.optim.SGD({p}, lr={learning_rate}, momentum={momentum}, nesterov={nesterov})",
    "Adam": "torch.optim.Adam({p}, lr={learning_rate}, betas=({beta_1}, {beta_2}), "
    "eps={epsilon}, amsgrad={amsgrad})",
    "AdamW": "torch.optim.AdamW({p}, lr={learning_rate}, betas=({beta_1}, {beta_2}), "
    "eps={epsilon}, amsgrad={amsgrad}, weight_decay={weight_decay})",
    "Nadam": "torch.optim.NAdam({p}, lr={learning_rate}, betas=({beta_1}, {beta_2}), "
    "eps={epsilon}, momentum_decay=1.0)",
    "Adadelta": "torch.optim.Adadelta({p}, lr={learning_rate}, rho={rho}, eps={epsilon})",
}
REGULARIZERS: dict[str, str | Refused] = {
    "L1": "{l1} * abs({w}).sum()",
    "L2": "{l2} * {w}.square().sum()",
    "L1L2": "{l1} * abs({w}).sum() + {l2} * {w}.square().sum()",
    "OrthogonalRegularizer": Refused(""),
}
