"""Renders the starter scenes' previews into studio/starter/previews: python -m bench.previews [SLUG ...]"""

import sys
from typing import Any

from PIL import Image

from bench.starter import STARTER, packshot, scenes
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.cutout import cut_out
from studio.imaging.scene import Scene

RATIO, LONG, QUALITY = "5:4", 800, 82


def main() -> None:
    folder = STARTER / "previews"
    folder.mkdir(exist_ok=True)
    for scene in scenes(sys.argv[1:]):
        target = folder / f"{scene['slug']}.webp"
        _preview(scene).save(target, quality=QUALITY, method=6)
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


def _preview(scene: dict[str, Any]) -> Image.Image:
    """The scene with the sample that shows it best, rendered at twice its size for a fine grain."""
    product = cut_out(packshot(scene["sample"])).rgba
    width, height = ratios.size(RATIO, 2 * LONG)
    picture = compose(
        product, Scene.parse(scene["engine"]), width, height, scene.get("preview_seed", 1)
    ).pixels
    return Image.fromarray(picture).resize((width // 2, height // 2), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
