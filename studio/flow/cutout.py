"""The product alone, cut out once per packshot and used for every picture of it."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio import storage
from studio.flow.intake import limits
from studio.imaging import decoder
from studio.imaging.cutout import Cutout, cut_out
from studio.imaging.encode import png
from studio.imaging.errors import Refused
from studio.models import Packshot

LEAST_CONFIDENCE = 0.15  # under this there is nothing that could be called a product


def prepare(packshot_id: int) -> None:
    """Makes the cut-out ahead of its first use; a packshot that is gone meanwhile is no error."""
    packshot = Packshot.objects.filter(pk=packshot_id, cutout="").first()
    if packshot:
        _make(packshot)


def ensure(packshot: Packshot) -> str:
    """The storage key of the cut-out, made now if need be. Raises Refused when there is none."""
    packshot.refresh_from_db(fields=["cutout", "cutout_confidence", "cutout_reason"])
    if not packshot.cutout:
        _make(packshot)
    if (packshot.cutout_confidence or 0) < LEAST_CONFIDENCE:
        raise Refused(packshot.cutout_reason or "nothing_found", file=packshot.file_name)
    return packshot.cutout


def is_hopeless(packshot: Packshot) -> bool:
    """Whether it is known that there is no cut-out. False before the first try."""
    known = packshot.cutout_confidence
    return known is not None and known < LEAST_CONFIDENCE


def pixels(packshot: Packshot) -> NDArray[np.uint8]:
    """The cut-out as (H, W, 4) straight RGBA. Raises Refused."""
    with Image.open(io.BytesIO(storage.read(ensure(packshot))), formats=("PNG",)) as image:
        return np.asarray(image)


def of_file(data: bytes) -> Cutout:
    """The cut-out of a file that is not in the studio, on its own upright pixel grid. Raises Refused."""
    pixels = decoder.shared().decode(data, limits())
    return cut_out(
        np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, len(pixels.mode))
    )


def _make(packshot: Packshot) -> None:
    """Two makers at once both succeed; the first one's file stays."""
    result = cut_out(_pixels(storage.read(packshot.picture)))
    key = storage.save(png(Image.fromarray(result.rgba)), "cutouts", "png")
    fields = {
        "cutout": key,
        "cutout_confidence": result.confidence,
        "cutout_reason": result.reason,
        "box": _box(result),
    }
    if Packshot.objects.filter(pk=packshot.pk, cutout="").update(**fields) == 0:
        storage.delete([key])
    packshot.refresh_from_db(fields=list(fields))


def _box(result: Cutout) -> list[float] | None:
    return [round(side, 5) for side in result.box] if result.confidence else None


def _pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))
