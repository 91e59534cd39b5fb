"""Whether a channel takes what was cut for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from studio.imaging.channel_check import Piece, Rule, check
from studio.imaging.channel_rules import Background, Notes
from studio.imaging.framing import Safe
from studio.imaging.scene import Scene as EngineScene
from studio.models import Placement, Scene, Verdict

Found = dict[str, Any]


def rule_of(place: Placement) -> Rule:
    """What the placement asks of a file, its sentences read."""
    return Rule(
        width=place.width,
        height=place.height,
        formats=place.format_names,
        max_bytes=place.max_bytes,
        least=(place.min_width or 0, place.min_height or 0),
        safe=Safe(*place.safe),
        background=Background.read(place.background_rule),
        notes=Notes.read(place.notes),
    )


def findings(data: bytes, rule: Rule, piece: Piece) -> list[Found]:
    """What a Cut keeps: each code with its level and the values of its sentence."""
    return [{"code": one.code, "level": one.level, **one.values} for one in check(data, rule, piece)]


def worst(found: list[Found]) -> Verdict:
    """The verdict that these findings come to."""
    levels = {finding["level"] for finding in found}
    return next((level for level in (Verdict.FAILURE, Verdict.WARNING) if level in levels), Verdict.GOOD)


def unfit(places: Iterable[Placement], scenes: Sequence[Scene]) -> list[Placement]:
    """The placements that some of these scenes fail by their ground: white is asked for, or a scene."""
    asked = [(place, Background.read(place.background_rule)) for place in places]
    asked = [(place, ground) for place, ground in asked if ground.white or ground.scene]
    if not asked:
        return []
    prefetch_related_objects(scenes, "versions")
    versions = [scene.current for scene in scenes]
    bare = {EngineScene.parse(version.engine).bare for version in versions if version}
    return [place for place, ground in asked if ground.scene in bare]
