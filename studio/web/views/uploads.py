"""A file arrives in the browser: one request, one file, one row that says what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from studio.flow import intake
from studio.flow.intake import Arrival
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Brand, Product, Role
from studio.web.access import Request, brand_of
from studio.web.caps import FORM_ROOM
from studio.web.forms.products import UploadForm
from studio.web.frame import note
from studio.web.packs import Shot, counts, packs

FIELDS: Final = 1000  # beside the file; the site's own limit is there for the choices of a large shoot
IN_MEMORY: Final = BoundedSemaphore(4)  # files at once and process; those that wait for it lie on the disk
WAIT: Final = 20.0  # seconds; each that waits holds one of web's threads


@require_POST
def upload(request: Request, brand: str) -> HttpResponse:
    """Takes one packshot in. A script gets the file's row, a plain form is led back with a note."""
    here = brand_of(request, brand, Role.MARKETER)
    form = UploadForm(here, request.POST, request.FILES)
    form.is_valid()
    product = form.cleaned_data.get("product")
    file = form.cleaned_data.get("file")
    name = file.name or "" if file else "The file"
    try:
        with _memory():
            arrival = intake.receive(here, request.user, name, _bytes_of(request, file), product)
    except Refused as refusal:
        return _refused(request, here, product, name, refusal)
    return _arrived(request, here, product, name, arrival)


@contextmanager
def _memory() -> Iterator[None]:
    """Raises Refused("busy") when no room came free in time."""
    if not IN_MEMORY.acquire(timeout=WAIT):
        raise Refused("busy")
    try:
        yield
    finally:
        IN_MEMORY.release()


def _bytes_of(request: Request, file: "UploadedFile[bytes] | None") -> bytes:
    """The whole file. Raises Refused when it is too big, comes with too much else, or not at all."""
    length = request.META.get("CONTENT_LENGTH")
    sent = file.size if file else int(length or 0)
    limit = settings.UPLOAD_BYTES + (0 if file else FORM_ROOM)
    if sent is not None and sent > limit:
        raise Refused("too_many_bytes", bytes=sent, limit=settings.UPLOAD_BYTES)
    if sum(len(values) for _, values in request.POST.lists()) > FIELDS:
        raise Refused("too_much", files=1, fields=FIELDS, bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if file is None and not length:
        raise Refused("no_length", limit=settings.UPLOAD_BYTES)
    if file is None:
        raise Refused("disk_full" if getattr(request, "no_room", False) else "no_file")
    return bytes(file.read())


def _refused(
    request: Request, brand: Brand, product: Product | None, name: str, refusal: Refused
) -> HttpResponse:
    message = say(refusal.code, **refusal.values)
    if request.htmx and refusal.code == "busy":  # no verdict on the file: the script sends it again
        return HttpResponse(
            message.sentence, status=503, content_type="text/plain", headers={"Retry-After": "5"}
        )
    if request.htmx:
        return render(request, "parts/_file.html", {"name": name, "failure": message}, status=422)
    note(request, message)
    return _back(brand, product)


def _arrived(
    request: Request, brand: Brand, product: Product | None, name: str, arrival: Arrival
) -> HttpResponse:
    if not request.htmx:
        messages.success(request, _news(arrival))
        return _back(brand, product)
    shot = Shot(arrival.packshot)
    context: dict[str, Any] = {"name": name, "arrival": arrival, "shot": shot}
    if arrival.news != "duplicate" and product:
        context["added"] = True
    elif not product and (arrival.news != "duplicate" or _just_came(arrival)):
        context["counts"] = counts(brand)
        context["pack"] = packs(brand.products.filter(pk=arrival.product.pk))[0]
    return render(request, "products/_arrival.html", context)


def _just_came(arrival: Arrival) -> bool:
    """A file sent again because the answer was lost: its product may not be on the page yet."""
    return timezone.now() - arrival.packshot.created_at < timedelta(minutes=2)


def _news(arrival: Arrival) -> str:
    product = arrival.product
    only = f"\n\nOnly the first of its {arrival.frames} frames was taken." if arrival.frames > 1 else ""
    return {
        "new_product": f"New product {product.name}{only}",
        "added": f"Added to {product.name}{only}",
        "duplicate": f"Same picture as {product.sku}\n\nNothing was added.",
    }[arrival.news]


def _back(brand: Brand, product: Product | None) -> HttpResponse:
    return redirect("product", product.pk) if product else redirect("products", brand.slug)
