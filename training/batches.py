"""Batches for the tuning: random squares of the pool's samples, as the network takes them."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

Random = np.random.Generator

SIDES = (320, 352, 384, 416, 448, 480)  # px; the network's own side is the first
_MEAN, _SPREAD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
_PARTIAL, _MIRRORED, _UPTURNED = 0.5, 0.5, 0.1  # shares of the samples
_SMALLEST = 0.6  # of a sample's height and width, if only a part of it is taken


def batch(rng: Random, files: list[Path], size: int) -> tuple[Tensor, Tensor]:
    """N x 3 x S x S as the network takes it, and N x 1 x S x S coverage 0..1; S is one of SIDES."""
    side = int(rng.choice(SIDES))
    chosen = rng.integers(len(files), size=size)
    squares = [_square(rng, np.load(files[i], mmap_mode="r"), side) for i in chosen]
    stack = np.stack(squares).astype(np.float32)
    truth = torch.from_numpy(stack[..., 3:] / 255).permute(0, 3, 1, 2)
    pictures = torch.from_numpy(_normalised(stack[..., :3])).permute(0, 3, 1, 2)
    return pictures.contiguous(memory_format=torch.channels_last), truth


def _square(rng: Random, sample: Any, side: int) -> Any:
    """A sample of 4 x H x W, or a part of it, squeezed into side x side x 4."""
    height, width = sample.shape[1:]
    top, left = 0, 0
    if rng.random() < _PARTIAL:
        shares, whole = rng.uniform(_SMALLEST, 1, 2), (height, width)
        height, width = int(height * shares[0]), int(width * shares[1])
        top, left = rng.integers(whole[0] - height + 1), rng.integers(whole[1] - width + 1)
    part = np.ascontiguousarray(sample[:, top : top + height, left : left + width].transpose(1, 2, 0))
    how = cv2.INTER_AREA if max(height, width) > side else cv2.INTER_LINEAR
    square = cv2.resize(part, (side, side), interpolation=how)
    if rng.random() < _MIRRORED:
        square = square[:, ::-1]
    return square[::-1] if rng.random() < _UPTURNED else square


def _normalised(pictures: Any) -> Any:
    """As U²-Net's authors do: the brightest value of a picture is 1, then ImageNet's mean and spread."""
    brightest = np.maximum(1, pictures.max(axis=(1, 2, 3), keepdims=True))
    return (pictures / brightest - _MEAN) / _SPREAD
