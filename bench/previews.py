"""Renders the starter scenes' previews into studio/starter/previews: python -m bench.previews [SLUG ...]"""

import argparse
from pathlib import Path
from typing import Any

from PIL import Image

from bench.starter import STARTER, product, scenes
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.scene import Scene

RATIO, LONG, QUALITY = "5:4", 800, 82


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slugs", nargs="*", help="scenes; all without it")
    parser.add_argument("--masks", type=Path, help="cut out by the exact masks in this folder")
    asked = parser.parse_args()
    folder = STARTER / "previews"
    folder.mkdir(exist_ok=True)
    for scene in scenes(asked.slugs):
        target = folder / f"{scene['slug']}.webp"
        _preview(scene, asked.masks).save(target, quality=QUALITY, method=6)
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


def _preview(scene: dict[str, Any], masks: Path | None) -> Image.Image:
    """The scene with the sample that shows it best, rendered at twice its size for a fine grain."""
    cut = product(scene["sample"], masks)
    width, height = ratios.size(RATIO, 2 * LONG)
    picture = compose(cut, Scene.parse(scene["engine"]), width, height, 1).pixels
    return Image.fromarray(picture).resize((width // 2, height // 2), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
