"""What migrations tell imports of before them, so that they count as those since."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.storage import default_storage

from studio.models import Brand, Import, ImportFile
from tests import cast
from tests.archives import packed
from tests.flow.importing import checked, done, shot

of_kept_archives = import_module("studio.migrations.0015_archive_bytes").of_kept_archives
of_made_products = import_module("studio.migrations.0016_what_came").of_made_products


@pytest.mark.parametrize("gone", [False, True])
def test_an_archive_that_was_kept_before_has_its_size(brand: Brand, gone: bool) -> None:
    data = packed({"A.jpg": shot(0)})
    imported = checked(brand, archive=data)
    Import.objects.update(archive_bytes=0)
    if gone:
        default_storage.delete(imported.archive)
    of_kept_archives(apps, None)
    imported.refresh_from_db()
    assert imported.archive_bytes == (0 if gone else len(data))


def test_packshots_that_came_to_new_and_to_changed_products_were_brought(brand: Brand) -> None:
    cast.product(brand, "OLD")
    done(brand, archive=packed({"OLD.jpg": shot(0), "NEW.jpg": shot(1)}))
    done(brand, archive=packed({"OLD.jpg": shot(0)}))  # unchanged: it brought nothing
    before = set(ImportFile.objects.filter(brought=True).values_list("pk", flat=True))
    ImportFile.objects.update(brought=False)
    of_made_products(apps, None)
    assert len(before) == 2
    assert set(ImportFile.objects.filter(brought=True).values_list("pk", flat=True)) == before
