"""Stored pictures and files, for those who may see them."""

import re
import zlib
from os import SEEK_END
from pathlib import PurePath
from typing import BinaryIO, Final

from django.contrib import messages
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from studio.flow.export import opened
from studio.flow.listing import Archive
from studio.flow.naming import archive_name, name_of
from studio.flow.provenance import open_marked, packet_of
from studio.messages import say
from studio.models import Role
from studio.web import ranges
from studio.web.access import Request, cut_of, export_of, packshot_of, render_of, scene_version_of
from studio.web.addresses import version
from studio.web.frame import note

TYPES: Final = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
    ".avif": "image/avif", ".listing": "application/zip",
}  # fmt: skip
UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@require_safe
def render_thumb(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, render_of(request, pk, Role.VIEWER).thumb)


@require_safe
def render_screen(request: Request, pk: int) -> HttpResponseBase:
    render = render_of(request, pk, Role.VIEWER)
    if render.screen:
        return _serve(request, render.screen)
    return _serve(request, render.picture, xmp=packet_of(render))


@require_safe
def render_picture(request: Request, pk: int) -> HttpResponseBase:
    render = render_of(request, pk, Role.VIEWER)
    return _serve(request, render.picture, xmp=packet_of(render))


@require_safe
def render_download(request: Request, pk: int) -> HttpResponseBase:
    render = render_of(request, pk, Role.VIEWER)
    name = name_of(render, extension=_suffix(render.picture)[1:] or "png")
    return _serve(request, render.picture, name, xmp=packet_of(render))


@require_safe
def packshot_thumb(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, packshot_of(request, pk, Role.VIEWER).thumb)


@require_safe
def packshot_picture(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, packshot_of(request, pk, Role.VIEWER).picture)


@require_safe
def packshot_cutout(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, packshot_of(request, pk, Role.VIEWER).cutout)


@require_safe
def packshot_cutout_thumb(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, packshot_of(request, pk, Role.VIEWER).cutout_thumb)


@require_safe
def scene_version_preview(request: Request, pk: int) -> HttpResponseBase:
    return _serve(request, scene_version_of(request, pk, Role.VIEWER).preview)


@require_safe
def cut_download(request: Request, pk: int) -> HttpResponseBase:
    cut = cut_of(request, pk, Role.VIEWER)
    name = name_of(cut.render, cut.placement, cut.extension)
    return _serve(request, cut.file, name, attachment="inline" not in request.GET)


@require_safe
def export_download(request: Request, pk: int) -> HttpResponseBase:
    export = export_of(request, pk, Role.VIEWER)
    archive = opened(export, goes_on=not request.headers.get("Range", "bytes=0-").startswith("bytes=0-"))
    if archive is None:  # not built yet, expired, or built anew because files went: its page says which
        if export.lost:
            note(request, say("archive_stale", count=export.lost), messages.WARNING)
        return redirect("export", pk)
    return _serve(request, export.file, archive_name(export), file=archive)


def _serve(
    request: Request,
    key: str,
    name: str = "",
    attachment: bool = True,
    xmp: bytes = b"",
    file: "BinaryIO | Archive | None" = None,
) -> HttpResponseBase:
    """The stored file, or what was opened already. A name offers it as a download, unless told otherwise.

    `xmp` is put into a picture that does not say itself how it came about.
    """
    if not key:
        raise Http404
    etag = f'"{PurePath(key).stem}-{zlib.crc32(xmp):x}"'
    known = get_conditional_response(request, etag=etag)
    if known and file:
        file.close()
    response = _closed(known or _ranged(request, key, etag, file or _open(key, xmp)))
    response["ETag"] = etag
    kept = request.GET.get("v") == version(key)
    response["Cache-Control"] = "private, max-age=31536000, immutable" if kept else "private, no-cache"
    if name:
        response["Content-Disposition"] = content_disposition_header(attachment, _plain(name)) or "attachment"
    return response


def file_of(key: str) -> HttpResponseBase:
    """The stored bytes under their own type, closed to scripts, without a name."""
    response = FileResponse(_open(key), content_type=_type(key))
    if "Content-Disposition" in response:  # Django offers the name in the storage otherwise
        del response["Content-Disposition"]
    return _closed(response)


def _ranged(request: Request, key: str, etag: str, file: "BinaryIO | Archive") -> HttpResponseBase:
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return ranges.answer(request, file, size, etag, _type(key))


def _open(key: str, xmp: bytes = b"") -> BinaryIO:
    try:
        return open_marked(key, xmp)
    except FileNotFoundError:
        raise Http404 from None


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


def _plain(name: str) -> str:
    """A name as a header and any disk take it: no line ends, no folders, nothing that turns its direction."""
    stem, _, extension = UNSAFE.sub("-", name).rpartition(".")
    return f"{stem.strip('. ') or 'file'}.{extension}"


def _type(key: str) -> str:
    return TYPES.get(_suffix(key), "application/octet-stream")


def _suffix(key: str) -> str:
    return PurePath(key).suffix.lower()
