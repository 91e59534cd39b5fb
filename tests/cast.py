"""Makes the people and things that tests speak of. Each call makes one; give only what the test is about."""

import hashlib
import io
import zlib
from datetime import datetime
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import slugify

from studio import storage
from studio.flow.listing import Writer
from studio.flow.zip_layout import Member
from studio.models import (
    Brand,
    Membership,
    Packshot,
    Placement,
    Product,
    Render,
    Role,
    Scene,
    SceneVersion,
    Shoot,
    User,
)  # fmt: skip

_numbers = count(1)
PRICE = 30_000  # micro-dollars put aside for a picture of HiAPI's


def brand(name: str = "Northfold", **fields: Any) -> Brand:
    return Brand.objects.create(name=name, slug=slugify(name), **fields)


def person(name: str, of: Brand | None = None, role: Role = Role.MARKETER) -> User:
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        username=first.lower(), password="correct horse battery", first_name=first, last_name=last
    )
    if of:
        Membership.objects.create(brand=of, user=user, role=role)
    return user


def product(of: Brand, sku: str | None = None, **fields: Any) -> Product:
    number = next(_numbers)
    fields = {"name": f"Product {number}", "description": "Speckled stoneware mug, cream glaze"} | fields
    return Product.objects.create(brand=of, sku=sku or f"SKU-{number:04}", **fields)


def stored(data: bytes, name: str) -> str:
    """Puts bytes into storage and gives their key."""
    return default_storage.save(name, ContentFile(data))


def listing(**files: bytes) -> str:
    """The key of an archive that holds these files and nothing that is stored elsewhere."""
    out = io.BytesIO()
    writer = Writer(out)
    for name, data in files.items():
        writer.add(Member(name, datetime(2026, 11, 25), len(data), zlib.crc32(data)), [data])
    writer.finish()
    return storage.save(out.getvalue(), "exports", "listing")


def packshot(of: Product, data: bytes = b"picture", **fields: Any) -> Packshot:
    """A row with stored files; `data` should be a real picture where pixels matter."""
    number = next(_numbers)
    key = stored(data, f"packshots/{number}.jpg")
    defaults = {
        "file_name": f"{of.sku}.jpg", "sha256": hashlib.sha256(data + str(number).encode()).hexdigest(),
        "format": "JPEG", "bytes": len(data), "width": 1500, "height": 1500,
        "original": key, "picture": key, "thumb": key,
    }  # fmt: skip
    return Packshot.objects.create(product=of, brand=of.brand, **(defaults | fields))


def scene(of: Brand | None = None, slug: str | None = None, published: bool = True, **version: Any) -> Scene:
    slug = slug or f"scene-{next(_numbers)}"
    made = Scene.objects.create(brand=of, slug=slug, name=slug.replace("-", " ").capitalize())
    words = {
        "surface": "on a dark slate stone surface", "light": "dramatic side lighting",
        "mood": "moody editorial product photography", "keep": "Keep the product shape and color unchanged.",
    }  # fmt: skip
    at = timezone.now() if published else None
    SceneVersion.objects.create(scene=made, number=1, published_at=at, **(words | version))
    return made


def placement(slug: str | None = None, **fields: Any) -> Placement:
    slug = slug or f"placement-{next(_numbers)}"
    defaults = {
        "channel": "Meta", "name": slug, "width": 1080, "height": 1080, "ratio": "1:1", "formats": "JPEG;PNG",
    }  # fmt: skip
    return Placement.objects.create(slug=slug, **(defaults | fields))


def shoot(of: Brand, launched: bool = False, **fields: Any) -> Shoot:
    return Shoot.objects.create(brand=of, launched_at=timezone.now() if launched else None, **fields)


def render(of: Shoot, **fields: Any) -> Render:
    """A render of the shoot with a product, packshot and scene of its own unless given."""
    thing = fields.pop("product", None) or product(of.brand)
    shot = fields.pop("packshot", None) or thing.packshots.first() or packshot(thing)
    version = fields.pop("scene_version", None) or scene().current
    if fields.get("state") == "done" and "picture" not in fields:
        key = stored(b"picture", "renders/picture.png")
        fields |= {"picture": key, "screen": key, "thumb": key, "media_type": "image/png"}
        fields |= {"width": 1024, "height": 1024, "bytes": 7, "finished_at": timezone.now()}
    defaults = {
        "ratio": "1:1",
        "resolution": "1K",
        "engine": "local",
        "prompt": "Place this exact mug on slate.",
        "reserved": PRICE
        if fields.get("engine") == "hiapi" and fields.get("state", "queued") == "queued"
        else 0,
    }
    return Render.objects.create(
        shoot=of, brand=of.brand, product=thing, packshot=shot, scene_version=version, **(defaults | fields)
    )
