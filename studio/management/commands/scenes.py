"""`manage.py scenes`: what can be asked for."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studio.models import Scene


class Command(BaseCommand):
    help = "Lists published scenes, one slug a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        scenes = Scene.objects.published().select_related("brand").prefetch_related("versions")
        lines = [json.dumps(_facts(one)) if options["json"] else one.slug for one in scenes.order_by("slug")]
        for line in dict.fromkeys(lines):  # a brand may have a slug that the shared scenes have too
            self.stdout.write(line)


def _facts(scene: Scene) -> dict[str, Any]:
    version = scene.current
    brand = scene.brand.slug if scene.brand else None
    return {"slug": scene.slug, "name": scene.name, "version": version and version.number, "brand": brand}
