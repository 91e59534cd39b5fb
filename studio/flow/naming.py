"""What the files of an archive are called: a template in which braces name a fact, with folders.

`{sku}/{channel}/{sku}_{scene}_{placement}_{w}x{h}.{ext}`. Whatever the facts hold, a path stays inside its
folder and can be taken out on Windows, macOS and Linux.
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from string import Formatter
from typing import Final

from django.utils.text import slugify
from django.utils.timezone import localtime

from studio.imaging.errors import Refused
from studio.models import Export, Placement, Render

DEFAULT: Final = "{sku}/{channel}/{sku}_{scene}_{placement}_{w}x{h}.{ext}"
FIELDS: Final = (
    "sku", "name", "brand", "shoot", "channel", "placement", "scene", "scene_name", "version", "ratio", "w",
    "h", "take", "date", "ext",
)  # fmt: skip
OWN: Final = ("manifest.csv", "manifest.json")  # what stands beside the pictures
LONGEST_TEMPLATE: Final = 200
FOLDERS: Final = 6
PART: Final = 120  # bytes of a folder's or file's name
PATH: Final = 200  # characters, so that Windows finds room for it in a folder of its own
RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_SIGNS: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f\\:*?"<>|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]'
)


def check(template: str) -> str:
    """The template, composed (NFC) and without white space around it. Raises Refused with a code."""
    template = unicodedata.normalize("NFC", template).strip()
    if len(template) > LONGEST_TEMPLATE:
        raise Refused("name_long", length=len(template), limit=LONGEST_TEMPLATE)
    for name in _fields(template):
        if name not in FIELDS:
            raise Refused(
                "name_field", field=f"{{{name}}}", allowed=", ".join(f"{{{one}}}" for one in FIELDS)
            )
    if not template.endswith(".{ext}"):
        raise Refused("name_end", end=".{ext}")
    if sign := _SIGNS.search(template):
        raise Refused("name_sign", sign=sign[0] if sign[0].isprintable() else f"U+{ord(sign[0]):04X}")
    _check_parts(template.split("/"))
    return template


def path(template: str, facts: Mapping[str, object]) -> str:
    """The template filled in. Facts lose what a disk does not take; parts that are too long are cut."""
    clean = {key: safe(str(value)) for key, value in facts.items()}
    filled = [part.format(**clean) for part in template.split("/")]
    parts = [_part(part, PART) for part in filled]
    if len("/".join(parts)) > PATH:
        room = PATH // len(parts) - 1
        parts = [_part(part, room) for part in filled]
    return "/".join(parts)


def with_take(template: str, take: int) -> str:
    """Takes above the first are told apart, also where the template does not say the take."""
    if take == 1 or "{take}" in template:
        return template
    return template.removesuffix(".{ext}") + f"_t{take}.{{ext}}"


def facts(
    render: Render, placement: Placement | None, extension: str, width: int, height: int
) -> dict[str, object]:
    """What a template may say of one file. An uncut picture has its ratio for a placement."""
    ratio = render.ratio.replace(":", "x")
    return {
        "sku": render.product.sku,
        "name": render.product.name,
        "brand": render.brand.slug,
        "shoot": str(render.shoot),
        "channel": placement.channel.lower() if placement else "uncut",
        "placement": placement.slug if placement else ratio,
        "scene": render.scene_version.scene.slug,  # as commands call it, however it is renamed
        "scene_name": render.scene_version.scene.name,
        "version": f"v{render.scene_version.number}",
        "ratio": ratio,
        "w": width,
        "h": height,
        "take": render.take,
        "date": f"{localtime(render.finished_at or render.created_at):%Y-%m-%d}",
        "ext": extension,
    }


def name_of(render: Render, placement: Placement | None = None, extension: str = "", sku: str = "") -> str:
    """`MUG-0114_cafe-counter_meta_stories.jpg`, the ratio for an uncut picture; `_t2` for a second take.

    The name of a file that goes out by itself.
    """
    place = placement.slug if placement else render.ratio.replace(":", "x")
    take = f"_t{render.take}" if render.take > 1 else ""
    stem = f"{safe(sku or render.product.sku)}_{render.scene_version.scene.slug}_{place}{take}"
    return f"{stem}.{extension or extension_of(render.picture)}"


def archive_name(export: Export) -> str:
    """`northfold_autumn-cafe_2026-11-25.zip`: ASCII alone, at most 100 characters."""
    shoot = slugify(str(export.shoot)) or f"shoot-{export.shoot.pk}" if export.shoot else "pictures"
    day = f"{localtime(export.created_at):%Y-%m-%d}"
    return f"{export.brand.slug[:40]}_{shoot[:40].strip('-_')}_{day}.zip"


def extension_of(key: str) -> str:
    return PurePosixPath(key).suffix[1:] or "png"


def safe(text: str) -> str:
    """Letters, digits and a few signs, in any script; safe on every disk and never empty."""
    kept = "".join(one if _is_plain(one) else " " for one in unicodedata.normalize("NFC", text))
    return re.sub(r"\s+", "-", kept.strip(" -.")).strip("-. ")[:80] or "product"


class Names:
    """Gives each path once, whatever the case of its letters: the second of two gets the next free number."""

    def __init__(self) -> None:
        self._files = {_folded(name) for name in OWN}
        self._folders: set[str] = set()
        self._tried: dict[str, int] = {}  # the last number of names that fall together

    def give(self, wanted: str) -> str:
        wanted = self._beside_files(wanted)
        name, folded = wanted, _folded(wanted)
        while self._is_taken(_folded(name)):
            self._tried[folded] = number = self._tried.get(folded, 1) + 1
            name = _numbered(wanted, number)
        self._files.add(_folded(name))
        self._folders.update(_above(_folded(name)))
        return name

    def _is_taken(self, folded: str) -> bool:
        return folded in self._files or folded in self._folders

    def _beside_files(self, wanted: str) -> str:
        """No folder can be called what a file beside it is called already."""
        parts = wanted.split("/")
        for depth in range(1, len(parts)):
            while _folded("/".join(parts[:depth])) in self._files:
                parts[depth - 1] = _part(parts[depth - 1], PART - 1) + "_"
        return "/".join(parts)


def _numbered(path: str, number: int) -> str:
    """`shoes/boot_2.jpg` of `shoes/boot.jpg`; a stem gives way where that would be too long."""
    folder, slash, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    tail = f"_{number}{dot}{extension}"
    while stem and (len((stem + tail).encode()) > PART or len(folder + slash + stem + tail) > PATH):
        stem = stem[:-1]
    return folder + slash + stem + tail


def _fields(template: str) -> list[str]:
    """The names in braces. Raises Refused("name_braces") for anything else in them."""
    try:
        found = list(Formatter().parse(template))
    except ValueError:
        found = [("", "", "?", None)]
    if any(spec or conversion for _, _, spec, conversion in found) or "{{" in template or "}}" in template:
        raise Refused("name_braces", example="{sku}")
    return [name for _, name, _, _ in found if name is not None]


def _check_parts(parts: list[str]) -> None:
    if len(parts) - 1 > FOLDERS:
        raise Refused("name_deep", folders=len(parts) - 1, limit=FOLDERS)
    for part in parts:
        if part.strip(" .") == "":
            raise Refused("name_folder", template="/".join(parts))
        if part != part.strip() or part.startswith(".") or part.endswith("."):
            raise Refused("name_edge", part=part)
        if RESERVED.fullmatch(part.replace("{ext}", "x")):
            raise Refused("name_reserved", part=part.split(".")[0])


def _part(text: str, room: int) -> str:
    """A folder's or file's name of at most so many bytes, that no system keeps for itself."""
    text = text.strip(" .")
    if RESERVED.fullmatch(text):
        text = text.replace(".", "_.", 1) if "." in text else f"{text}_"
    stem, dot, extension = text.rpartition(".") if len(text.rpartition(".")[2]) <= 5 else (text, "", "")
    left = room - len((dot + extension).encode())
    while len(stem.encode()) > left:
        stem = stem[:-1]
    return stem.strip(" .") + dot + extension


def _is_plain(one: str) -> bool:
    """Marks stand on the letters before them: without them words of many scripts are others."""
    return one.isalnum() or one in "_.-" or unicodedata.category(one).startswith("M")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.casefold())


def _above(folded: str) -> list[str]:
    parts = folded.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
