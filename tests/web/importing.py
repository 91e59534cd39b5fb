"""What tests of an import's pages do: give files, choose columns, have them checked, read the page."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from studio.flow import imports
from studio.models import Brand, Import
from tests import pictures
from tests.archives import packed

TEXT = "Artikelnummer;Titel;Bild\nMUG-1;Mug;mug.jpg\nCUP-2;Cup;cup.jpg\n;Nameless;\n"


def shot(colour: str = "#b5482f") -> bytes:
    return pictures.packshot(colour, 300, 300)


def archive() -> bytes:
    return packed({"mug.jpg": shot(), "cup.jpg": shot("#2f6cb5"), "<b>odd</b>.jpg": shot("#3aa655")})


def send(desk: Client, address: str, name: str, data: bytes, **options: object) -> HttpResponse:
    file = SimpleUploadedFile(name, data)
    return desk.post(address, {"file": file}, **options)  # type: ignore[return-value, arg-type]


def begun(desk: Client, brand: Brand, text: str = TEXT) -> Import:
    assert send(desk, f"/b/{brand.slug}/imports/new/", "list.csv", text.encode()).status_code == 302
    return Import.objects.latest("pk")


def walked(desk: Client, brand: Brand, text: str = TEXT) -> Import:
    """An import that is checked."""
    imported = begun(desk, brand, text)
    send(desk, f"/imports/{imported.pk}/file/", "shots.zip", archive())
    chosen = {name: str(column) for name, column in Import.objects.get(pk=imported.pk).mapping.items()}
    assert desk.post(f"/imports/{imported.pk}/mapping/", chosen)["Location"] == f"/imports/{imported.pk}/"
    imports.finish(imported)
    return imported


def figures(desk: Client, imported: Import) -> dict[str, int]:
    found = re.findall(r"<dt>([a-z ]+)</dt><dd>(\d+)</dd>", page(desk, imported))
    return {name: int(count) for name, count in found}


def page(desk: Client, imported: Import, query: str = "") -> str:
    return desk.get(f"/imports/{imported.pk}/{query}").content.decode()
