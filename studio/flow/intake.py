"""A file arrives: it becomes a packshot of a product, or a sentence that says why not."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Final, Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from studio import queue, storage
from studio.flow import disk, quota
from studio.flow.sku import named
from studio.imaging import decoder
from studio.imaging.errors import Refused
from studio.imaging.facts import Limits, Normalised
from studio.models import Brand, Packshot, Product, User

_NUMBERED: Final = re.compile(r"(?P<sku>.+?)[_ ](?P<position>[1-9][0-9]?)")
News = Literal["new_product", "added", "duplicate"]


@dataclass(frozen=True)
class Arrival:
    """`frames` is how many pictures an animation has; the packshot shows the first."""

    packshot: Packshot
    product: Product
    news: News
    frames: int = 1


def receive(
    brand: Brand, person: User | None, file_name: str, data: bytes, product: Product | None = None
) -> Arrival:
    """Takes one file in. Its content decides what it is; its name says which product it shows.

    Raises Refused with a code of messages.py. Nothing is kept of a refused file. A packshot whose files were
    lost gets them again from the same bytes.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if known := _known(brand, sha256):
        return known
    disk.need_room()
    quota.check(brand, len(data))
    picture = decoder.shared().normalise(data, limits())
    with disk.refusing_when_full():
        files = _store(data, picture)
        try:
            return _record(brand, person, clean_name(file_name), sha256, len(data), picture, files, product)
        except Exception as error:
            storage.delete(files.values())
            known = _known(brand, sha256) if isinstance(error, IntegrityError) else None
            if known:
                return known  # the same bytes came in twice at once
            if product and not Product.objects.filter(pk=product.pk).exists():
                raise Refused("product_gone") from error
            raise


def limits() -> Limits:
    return Limits(max_bytes=settings.UPLOAD_BYTES, max_pixels=settings.UPLOAD_PIXELS)


def sku_of(file_name: str) -> tuple[str, int]:
    """`MUG-0114_2.jpg` -> `("MUG-0114", 2)`: the SKU, and which packshot of it this is."""
    stem = PurePath(clean_name(file_name)).stem.strip(" .") or "Unnamed"
    numbered = _NUMBERED.fullmatch(stem)
    sku, position = (numbered["sku"], int(numbered["position"])) if numbered else (stem, 1)
    return sku[:80].strip(), position


def clean_name(file_name: str) -> str:
    """The name without folders and without characters that are not meant to be seen."""
    name = PureWindowsPath(file_name.replace("\0", "")).name
    name = unicodedata.normalize("NFC", name)
    seen = "".join(
        letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    stem, dot, suffix = seen.strip().rpartition(".")
    return f"{stem[:200] or 'Unnamed'}{dot}{suffix[:20]}" if dot else suffix[:200] or "Unnamed"


def title(sku: str) -> str:
    """A first name for the product, until somebody gives it a better one."""
    words = re.sub(r"[_\s]+", " ", sku).strip()
    return words[:1].upper() + words[1:]


def _known(brand: Brand, sha256: str) -> Arrival | None:
    packshot = _packshot(brand, sha256)
    return Arrival(packshot, packshot.product, "duplicate") if packshot and _whole(packshot) else None


def _packshot(brand: Brand, sha256: str) -> Packshot | None:
    return Packshot.objects.select_related("product").filter(brand=brand, sha256=sha256).first()


def _whole(packshot: Packshot) -> bool:
    return all(storage.exists(key) for key in (packshot.original, packshot.picture, packshot.thumb))


def _store(data: bytes, picture: Normalised) -> dict[str, str]:
    suffix = "png" if picture.media_type == "image/png" else "jpg"
    files: dict[str, str] = {}
    try:
        files["original"] = storage.save(data, "originals", "bin")
        files["picture"] = storage.save(picture.picture, "packshots", suffix)
        files["thumb"] = storage.save(picture.thumb, "thumbs", "webp")
    except OSError:
        storage.delete(files.values())
        raise
    return files


@transaction.atomic
def _record(
    brand: Brand,
    person: User | None,
    file_name: str,
    sha256: str,
    size: int,
    picture: Normalised,
    files: dict[str, str],
    product: Product | None,
) -> Arrival:
    quota.hold(brand)
    hollow = _packshot(brand, sha256)
    if hollow and not _whole(hollow):
        return _mend(hollow, picture, files)
    quota.check(brand, size)
    news: News = "added"
    if product is None:
        sku, position = sku_of(file_name)
        product, new = _product(brand, person, sku)
        news = "new_product" if new else "added"
    else:
        position = product.packshots.count() + 1
    packshot = Packshot.objects.create(
        product=product,
        brand=brand,
        position=position,
        file_name=file_name,
        sha256=sha256,
        format=picture.facts.format,
        bytes=size,
        width=picture.width,
        height=picture.height,
        created_by=person,
        **files,
    )
    queue.cut_out_packshots()
    return Arrival(packshot, product, news, _frames(picture))


def _product(brand: Brand, person: User | None, sku: str) -> tuple[Product, bool]:
    """Whom the SKU means, whatever its case, and whether it was made for it. Raises Refused."""
    found = named(brand.pk, sku)
    if len(found) > 1:
        raise Refused("sku_unclear", sku=sku, skus=", ".join(product.sku for product in found[:5]))
    if found:
        return found[0], False
    said = {"name": title(sku), "created_by": person}
    return Product.objects.get_or_create(brand=brand, sku=sku, defaults=said)


def _mend(packshot: Packshot, picture: Normalised, files: dict[str, str]) -> Arrival:
    """The row stays, with all that hangs from it; its files are those that have just come."""
    before = packshot.files
    size = {"width": picture.width, "height": picture.height}
    fields = {**files, **size, "cutout": "", "cutout_thumb": "", "stumbles": 0}
    for field, value in fields.items():
        setattr(packshot, field, value)
    packshot.save(update_fields=[*fields])
    transaction.on_commit(lambda: storage.delete(before), robust=True)
    queue.cut_out_packshots()
    return Arrival(packshot, packshot.product, "added", _frames(picture))


def _frames(picture: Normalised) -> int:
    """How many pictures follow one another. Those behind a phone's JPEG are the same one again."""
    return 1 if picture.facts.format == "JPEG" else picture.facts.frames
