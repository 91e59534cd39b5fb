"""Samples x scenes x ratios on one JPEG: python -m bench.contact_sheet [OUT.jpg] [--scene SLUG ...]"""

import argparse
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.starter import product, scenes
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.scene import Scene

GAP, LINE, PAPER, INK = 8, 22, (24, 24, 24), (190, 190, 190)
FONT: Final = ImageFont.load_default(13)


def main() -> None:
    asked = _arguments()
    strips = [_strip(scene, asked) for scene in scenes(asked.scene)]
    wide, high = strips[0].width + GAP, strips[0].height + GAP
    down = -(-len(strips) // asked.across)
    sheet = Image.new("RGB", (wide * asked.across + GAP, high * down + GAP), PAPER)
    for at, strip in enumerate(strips):
        sheet.paste(strip, (GAP + at % asked.across * wide, GAP + at // asked.across * high))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(asked.out, quality=asked.quality, optimize=True, progressive=True)
    print(f"{asked.out}: {sheet.width} x {sheet.height} pixels, {asked.out.stat().st_size // 1000} KB")


def _strip(scene: dict[str, Any], asked: argparse.Namespace) -> Image.Image:
    """One scene in every ratio side by side, a line above each saying which."""
    cut = product(asked.sample or scene["sample"], asked.masks)
    tiles = [_tile(cut, scene, shape, asked) for shape in asked.ratio]
    strip = Image.new("RGB", (sum(tile.width + GAP for tile in tiles) - GAP, asked.row + LINE), PAPER)
    ink, left = ImageDraw.Draw(strip), 0
    for shape, tile in zip(asked.ratio, tiles, strict=True):
        ink.text((left, 3), f"{scene['slug']}  {shape}" if left == 0 else shape, INK, FONT)
        strip.paste(tile, (left, LINE))
        left += tile.width + GAP
    print(scene["slug"], flush=True)
    return strip


def _tile(
    cut: NDArray[np.uint8], scene: dict[str, Any], shape: str, asked: argparse.Namespace
) -> Image.Image:
    width, height = ratios.size(shape, asked.long)
    made = compose(cut, Scene.parse(scene["engine"]), width, height, asked.seed)
    picture = _on_squares(made.pixels) if made.pixels.shape[2] == 4 else Image.fromarray(made.pixels)
    return picture.resize((round(width * asked.row / height), asked.row), Image.Resampling.LANCZOS)


def _on_squares(pixels: NDArray[np.uint8]) -> Image.Image:
    """What is transparent as the grey squares that everybody knows."""
    rows, columns = np.indices(pixels.shape[:2]) // 24
    ground = Image.fromarray(np.where((rows + columns) % 2, 214, 240).astype(np.uint8)).convert("RGB")
    picture = Image.fromarray(pixels)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("docs/contact-sheet.jpg"))
    parser.add_argument("--scene", nargs="+", help="slugs; all without it")
    parser.add_argument("--ratio", nargs="+", default=["1:1", "4:5", "9:16", "21:9"])
    parser.add_argument("--sample", help="one product for every scene; without it each scene's own")
    parser.add_argument("--masks", type=Path, help="cut out by the exact masks in this folder")
    parser.add_argument("--long", type=int, default=1024, help="longest side of a picture, pixels")
    parser.add_argument("--row", type=int, default=230, help="height on the sheet, pixels")
    parser.add_argument("--across", type=int, default=2, help="scenes side by side")
    parser.add_argument("--quality", type=int, default=86)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
