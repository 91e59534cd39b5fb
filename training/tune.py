"""Tunes the cut-out's network on a pool of samples: python -m training.tune START.onnx POOL OUT.onnx"""

import argparse
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnx2torch
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy, max_pool2d

from training.batches import batch

Weights = dict[str, Tensor]

_BATCH = 4
_WARM_UP = 50  # steps until the full learning rate is reached
_STEEPEST = 2.0  # norm that gradients are held to
_SIDE_OUTPUTS = 0.3  # what the outputs below the first weigh
_BAND, _HEAVY = 7, 4.0  # px around an outline that weigh so many times more
_FEW = 200.0  # px by which small overlaps are softened
_LONGEST = 0.995  # share of the running mean that a step leaves
_REPORT_EVERY, _SAVE_EVERY = 20, 100  # steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("start", type=Path, help="ONNX file to start from")
    parser.add_argument("pool", type=Path, help="folder of samples (training.samples)")
    parser.add_argument("out", type=Path, help="ONNX file to write")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=3e-4, help="highest learning rate")
    parser.add_argument(
        "--keep", type=float, default=1.0, help="share of the way from the start that is kept"
    )
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(1)
    model = onnx.load(given.start)
    network = onnx2torch.convert(model).to(memory_format=torch.channels_last)
    files = sorted(given.pool.glob("*.npy"))
    if not files:
        parser.error(f"no samples in {given.pool}")
    tuned = Tuned(model, network, given.out, given.keep)
    tune(network, files, tuned, given.steps, given.rate)


class Tuned:
    """The running mean of the weights, and the way back into the ONNX file that they came from."""

    def __init__(self, model: onnx.ModelProto, network: nn.Module, out: Path, keep: float) -> None:
        self.model, self.network, self.out, self.keep = model, network, out, keep
        self.start, self.mean = _copied(network), _copied(network)

    @torch.no_grad()
    def fade_in(self, steps: int) -> None:
        """Takes the weights after so many steps into the mean."""
        old = min(_LONGEST, steps / (steps + 10))
        for name, weight in self.network.named_parameters():
            self.mean[name].mul_(old).add_(weight, alpha=1 - old)

    def save(self) -> None:
        """The start's graph with weights on the way from the start to the mean."""
        rows = _rows(self.model)
        for name, start in self.start.items():
            weight = start * (1 - self.keep) + self.mean[name] * self.keep
            rows[name].CopyFrom(numpy_helper.from_array(weight.contiguous().numpy(), rows[name].name))
        scratch = self.out.with_suffix(".part")
        onnx.save(self.model, scratch)
        scratch.replace(self.out)


def tune(network: nn.Module, files: list[Path], tuned: Tuned, steps: int, rate: float) -> None:
    """Learns for so many steps; the learning rate falls along a cosine."""
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0)
    rng, losses = np.random.default_rng(1), []
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, step / _WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        losses.append(_learn(network, optimizer, *batch(rng, files, _BATCH)))
        tuned.fade_in(step)
        if step % _REPORT_EVERY == 0:
            print(f"{step} of {steps} steps, loss {np.mean(losses[-100:]):.4f}", flush=True)
        if step % _SAVE_EVERY == 0:
            tuned.save()
    tuned.save()


def _learn(network: nn.Module, optimizer: Any, pictures: Tensor, truth: Tensor) -> float:
    """One step; the loss of the first output, which is the one that Studio reads."""
    with torch.autocast("cpu", torch.bfloat16):
        outputs = network(pictures)
    weight = 1 + _HEAVY * (max_pool2d(truth, _BAND, 1, _BAND // 2) + max_pool2d(-truth, _BAND, 1, _BAND // 2))
    first, *others = (_loss(output, truth, weight) for output in outputs)
    optimizer.zero_grad()
    (first + _SIDE_OUTPUTS * sum(others)).backward()
    nn.utils.clip_grad_norm_(network.parameters(), _STEEPEST)
    optimizer.step()
    return float(first.detach())


def _loss(output: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Weighted cross-entropy by pixel, and one minus the overlap by picture."""
    share = output.float().clamp(1e-6, 1 - 1e-6)
    entropy = (binary_cross_entropy(share, truth, reduction="none") * weight).mean()
    both = (share * truth).sum((1, 2, 3))
    either = (share + truth - share * truth).sum((1, 2, 3))
    return entropy + (1 - (both + _FEW) / (either + _FEW)).mean()


def _copied(network: nn.Module) -> Weights:
    return {name: weight.detach().clone() for name, weight in network.named_parameters()}


def _rows(model: onnx.ModelProto) -> dict[str, onnx.TensorProto]:
    """The file's rows of weights by onnx2torch's names.

    It names a convolution after its node, whose inputs are the picture, the weight and the bias.
    """
    rows = {row.name: row for row in model.graph.initializer}
    return {
        f"{node.name}.{kind}": rows[row]
        for node in model.graph.node
        if node.op_type == "Conv"
        for kind, row in zip(("weight", "bias"), node.input[1:], strict=False)
    }


if __name__ == "__main__":
    main()
