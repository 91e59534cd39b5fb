"""Where stored pictures are fetched. The address carries a version, so that a browser may keep them."""

from pathlib import PurePath

from django.urls import reverse

from studio.models import Packshot, Render, SceneVersion


def version(key: str) -> str:
    """Keys are never used twice, so the head of one tells whether the bytes are the same."""
    return PurePath(key).stem[:8]


def of_thumb(render: Render) -> str:
    return _versioned("render_thumb", render.pk, render.thumb)


def of_screen(render: Render) -> str:
    """Until the copy for screens is made, the picture itself."""
    return _versioned("render_screen", render.pk, render.screen or render.picture)


def of_picture(render: Render) -> str:
    return _versioned("render_picture", render.pk, render.picture)


def of_packshot(packshot: Packshot) -> str:
    return _versioned("packshot_picture", packshot.pk, packshot.picture)


def of_packshot_thumb(packshot: Packshot) -> str:
    return _versioned("packshot_thumb", packshot.pk, packshot.thumb)


def of_cutout(packshot: Packshot) -> str:
    return _versioned("packshot_cutout", packshot.pk, packshot.cutout)


def of_cutout_thumb(packshot: Packshot) -> str:
    """Of a packshot that was cut out before there were thumbs, the cut-out itself."""
    if not packshot.cutout_thumb:
        return of_cutout(packshot)
    return _versioned("packshot_cutout_thumb", packshot.pk, packshot.cutout_thumb)


def of_preview(version_: SceneVersion | None) -> str:
    """Empty when the version has no sample picture."""
    if version_ is None or not version_.preview:
        return ""
    return _versioned("scene_version_preview", version_.pk, version_.preview)


def _versioned(name: str, pk: int, key: str) -> str:
    return f"{reverse(name, args=[pk])}?v={version(key)}"
