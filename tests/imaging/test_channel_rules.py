"""A channel's sentences, read for what a file can have or lack."""

import csv
from pathlib import Path

import pytest

from studio.imaging.channel_rules import WIDEST, Background, Notes

STARTER = Path(__file__).parents[2] / "studio" / "starter" / "placements.csv"


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ("", Background()),
        ("none", Background()),
        ("free: white or lifestyle, as you like; product 50% of frame", Background()),
        ("Free; avoid transparency", Background(opaque=True)),
        ("seamless white RGB 255,255,255", Background(white=True)),
        ("White, or transparent", Background(white=True, transparent=True)),
        ("no white, please", Background()),
        ("off-white is fine", Background()),
        ("lifestyle context; no text", Background(scene=True)),
        ("free; convert to CMYK", Background(cmyk=True)),
        ("pure white; at least 85 % of the frame", Background(white=True, fill=(0.85, WIDEST))),
        ("white; product 75–90% of frame", Background(white=True, fill=(0.75, 0.9))),
        ("product fills 95% of frame", Background(fill=(0.95, 0.95))),
    ],
)
def test_a_rule_is_read(rule: str, read: Background) -> None:
    assert Background.read(rule) == read


def test_of_the_starter_placements_exactly_these_ask_for_something() -> None:
    with STARTER.open(encoding="utf-8", newline="") as file:
        read = {row["id"]: Background.read(row["background_rule"]) for row in csv.DictReader(file)}
    assert {slug for slug, one in read.items() if one.white} == {
        "amazon_main", "walmart_main", "zalando_packshot", "google_merchant", "tiktok_shop_product",
    }  # fmt: skip
    assert {slug: one.fill for slug, one in read.items() if one.fill} == {
        "amazon_main": (0.85, WIDEST), "google_merchant": (0.75, 0.9), "tiktok_shop_product": (0.8, WIDEST),
    }  # fmt: skip
    assert {slug for slug, one in read.items() if one.scene} == {
        "amazon_sponsored_brands", "amazon_sponsored_display", "walmart_sponsored_brands",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("notes", "sentence"),
    [
        ("Zoom needs 1,000 px. Must be a photo of the actual item, so be careful. More.",
         "Must be a photo of the actual item, so be careful"),
        ("Used items need real photos.", "Used items need real photos"),
        ("Real product photos only", "Real product photos only"),
        ("Photos of people are fine.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_sentence_that_asks_for_real_photos_is_found(notes: str, sentence: str) -> None:
    assert Notes.read(notes).real_photo == sentence


@pytest.mark.parametrize(
    ("notes", "refuses"),
    [
        ("Upright only; blurry upscales are rejected.", True),
        ("up to 64 MP; upscaled images not allowed.", True),
        ("Enlarged pictures are refused.", True),
        ("Upscaled images look soft.", False),
    ],
)
def test_a_channel_that_refuses_enlarged_pictures_is_known(notes: str, refuses: bool) -> None:
    assert Notes.read(notes).refuses_enlarged is refuses
