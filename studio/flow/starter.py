"""What stands in a new studio: placements, scenes, a brand with samples. Once more changes nothing."""

import csv
import tomllib
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.utils import timezone

from studio.flow import intake, people, preset
from studio.models import Brand, Placement, Product, Scene, SceneVersion, User

HOME: Final = Path(__file__).resolve().parent.parent / "starter"
BRAND: Final = "studio"


def lay_in() -> None:
    """Brings starter data up to date. People's own changes stay as they are."""
    _placements()
    _scenes()
    brand, _ = Brand.objects.get_or_create(slug=BRAND, defaults={"name": "Studio"})
    if people.needs_admin():  # nobody has been here yet, so nobody has thrown them away
        _samples(brand)
    people.system_user()
    _first_admin()


def _placements() -> None:
    """Rows of placements.csv that are not there yet; what an admin edited is not overwritten."""
    known = set(Placement.objects.filter(brand=None).values_list("slug", flat=True))
    with (HOME / "placements.csv").open(encoding="utf-8", newline="") as file:
        rows = [_placement(row, position) for position, row in enumerate(csv.DictReader(file))]
    Placement.objects.bulk_create([row for row in rows if row.slug not in known])


def _placement(row: dict[str, str], position: int) -> Placement:
    return Placement(
        slug=row["id"],
        channel=row["channel"],
        name=row["placement"],
        width=int(row["width_px"]),
        height=int(row["height_px"]),
        min_width=int(row["min_width_px"] or 0) or None,
        min_height=int(row["min_height_px"] or 0) or None,
        ratio=row["hiapi_aspect_ratio"],
        formats=row["file_formats"],
        max_bytes=int(row["max_file_kb"]) * 1000 if row["max_file_kb"] else None,
        background_rule=row["background_rule"],
        safe_top=float(row["safe_top_pct"] or 0),
        safe_bottom=float(row["safe_bottom_pct"] or 0),
        safe_left=float(row["safe_left_pct"] or 0),
        safe_right=float(row["safe_right_pct"] or 0),
        notes=row["notes"],
        source_url=row["source_url"],
        source_url_2=row["source_url_2"],
        evidence=row["evidence"],
        confidence=row["confidence"],
        position=position,
    )


def _scenes() -> None:
    for row in tomllib.loads((HOME / "scenes.toml").read_text(encoding="utf-8"))["scene"]:
        _scene(row)


@transaction.atomic
def _scene(row: dict[str, Any]) -> None:
    """A shared scene. A later edition becomes a new version, unless somebody here wrote the last one."""
    words = {field: row[field] for field in preset.WORDS}
    scene, _ = Scene.objects.get_or_create(brand=None, slug=row["slug"], defaults={"name": row["name"]})
    newest = scene.versions.order_by("-number").first()
    if newest and (newest.created_by_id or all(getattr(newest, field) == words[field] for field in words)):
        return
    number = newest.number + 1 if newest else 1
    version = SceneVersion.objects.create(scene=scene, number=number, published_at=timezone.now(), **words)
    preview = HOME / "previews" / f"{row['slug']}.webp"
    if preview.exists():
        preset.keep_preview(version, preview.read_bytes())


def _samples(brand: Brand) -> None:
    """Three products, so that the first shoot is one click away."""
    for row in tomllib.loads((HOME / "products.toml").read_text(encoding="utf-8"))["product"]:
        about = {"name": row["name"], "description": row["description"]}
        product, _ = Product.objects.get_or_create(brand=brand, sku=row["sku"], defaults=about)
        data = (HOME / "samples" / row["file"]).read_bytes()
        intake.receive(brand, None, f"{row['sku']}.jpg", data, product=product)


def _first_admin() -> None:
    """The admin that the environment names, if there is none yet."""
    wanted = settings.FIRST_ADMIN
    named = wanted["username"] and wanted["password"]
    if named and people.needs_admin() and not User.objects.filter(username=wanted["username"]).exists():
        try:
            people.first_admin(wanted["username"], wanted["email"], wanted["password"])
        except ValidationError as error:
            reason = " ".join(error.messages)
            raise ImproperlyConfigured(f"DJANGO_SUPERUSER_PASSWORD is not taken. {reason}") from error
