"""What tests of imports do: give files, have them checked, have them done, read the verdicts."""

from django.core.files.base import ContentFile

from studio.flow import imports
from studio.models import Brand, Import, User
from tests import pictures
from tests.archives import packed

COLOURS = ("#b5482f", "#2f6cb5", "#3aa655", "#8a5fbf", "#d0a020")


def shot(number: int = 0) -> bytes:
    return pictures.packshot(COLOURS[number], 300, 300)


def given(brand: Brand, *, text: str = "", archive: bytes = b"", person: User | None = None) -> Import:
    imported = imports.begin(brand, person)
    if text:
        imports.give(imported, ContentFile(text.encode(), "products.csv"))
    if archive:
        imports.give(imported, ContentFile(archive, "packshots.zip"))
    return imported


def checked(brand: Brand, **what: object) -> Import:
    imported = given(brand, **what)  # type: ignore[arg-type]
    imports.check(imported)
    imports.finish(imported)
    imported.refresh_from_db()
    return imported


def done(brand: Brand, **what: object) -> Import:
    imported = checked(brand, **what)
    imports.apply(imported)
    imports.finish(imported)
    imported.refresh_from_db()
    return imported


def verdicts(imported: Import) -> dict[str, str]:
    return {row.sku: row.reason or row.verdict for row in imported.rows.all()}


def left_out(imported: Import) -> dict[str, str]:
    return {file.name: file.reason for file in imported.files.exclude(reason="")}


TEXT = "SKU,name,description,file\nMUG-1,Mug,Stoneware,mug.jpg\nCUP-2,Cup,,photos/Cup.JPG\nJAR-3,Jar,,\n"


def archive() -> bytes:
    return packed(
        {"a/mug.jpg": shot(0), "photos/cup.jpg": shot(1), "jar-3_2.jpg": shot(2), "JAR-3.jpg": shot(3)}
    )
