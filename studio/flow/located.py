"""Where the product is in a picture whose engine does not say."""

import io

import numpy as np
from PIL import Image

from studio import storage
from studio.flow.cutout import is_hopeless
from studio.imaging.ground import ground_of
from studio.imaging.locate import locate
from studio.models import Render


def find(render: Render, image: Image.Image) -> None:
    """Notes the box of the product on the render, where its packshot is cut out and the picture shows it.

    On a ground of one colour it is seen anyhow, to the pixel.
    """
    shot = render.packshot
    if render.box or shot is None or not shot.cutout or is_hopeless(shot) or ground_of(image) is not None:
        return
    with Image.open(io.BytesIO(storage.read(shot.cutout)), formats=("PNG",)) as cutout:
        box = locate(np.asarray(cutout.convert("RGBA")), np.asarray(image.convert("RGB")))
    if box:
        Render.objects.filter(pk=render.pk).update(box=box)  # whoever else looks finds the same
        render.box = list(box)
