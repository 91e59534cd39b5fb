"""Models as rows: what each makes, what it refuses and why, and that the stand-in agrees."""

from typing import Any

import pytest

from studio.imaging.ratios import LONG_SIDES, RATIOS
from studio.messages import say
from studio.providers import dialects
from studio.providers.base import Model, Order
from studio.providers.dialects import Row
from studio.providers.errors import Declined
from tests.standin import checks
from tests.standin.answers import Refusal

LINK = "https://pictures.example.org/mug.jpg"
KNOWN = dialects.load()
TASKS = [row for row in KNOWN.rows.values() if row.enabled and row.api == "tasks"]
NEW = """
[rows.novel-edit]
name = "Novel 1"
model = "novel-1/image-to-image"
reference_field = "pictures"
reference_form = "list"
least = 1
most = 3
ratios = ["1:1", "16:9"]
resolutions = ["1K", "2K"]
extras = { style = "photo" }
offered = true
"""


def order(row: Row, **changed: Any) -> Order:
    usual = {"prompt": "A mug on slate", "ratio": "1:1", "resolution": "1K"}
    return Order(**(usual | {"references": (LINK,) * row.least} | changed))


def body(row: Row, order: Order) -> dict[str, Any]:
    given = row.input(order.prompt, order.ratio, order.resolution, list(order.references))
    return {"model": row.model, "input": given} | ({"route": row.route} if row.route else {})


def sentence(no: Declined | None) -> str:
    assert no is not None
    message = say(no.code, **no.values)
    assert "…" not in message.headline + message.explanation
    return f"{message.headline}. {message.explanation}"


def test_the_four_that_pages_offer_start_from_a_picture_and_draw_drafts_by_a_row_that_is_there() -> None:
    offered = KNOWN.offered()
    assert [one.key for one in offered] == [
        "gi2-edit", "gi2-edit-ext", "gi25-flare-edit", "gi25-sunburst-edit",
    ]  # fmt: skip
    assert offered[0] == Model("gi2-edit", "GPT Image 2", (1, 16), "gi2-create")
    assert all(KNOWN.of(one.draft).most == 0 and KNOWN.enabled(one.draft) for one in offered)


@pytest.mark.parametrize("key", ["gi2-chat-edit", "gi2-chat-create", "gi2-edit-pro", "nano-banana-2"])
def test_an_unproven_or_retired_row_is_there_but_off(key: str) -> None:
    row = KNOWN.of(key)
    assert not KNOWN.enabled(key)
    assert sentence(row.refuses(order(row))).startswith(f"{row.name} is switched off")


def test_only_the_chat_rows_keep_no_keys() -> None:
    assert [row.key for row in KNOWN.rows.values() if not row.keeps_keys] == [
        "gi2-chat-edit",
        "gi2-chat-create",
    ]


@pytest.mark.parametrize("row", TASKS, ids=lambda row: row.key)
def test_the_stand_in_takes_exactly_the_shapes_that_a_row_makes(row: Row) -> None:
    lenient = ["square_4k"] if row.key == "gi2-edit-square" else []
    for ratio in RATIOS:
        for resolution in row.resolutions:
            asked = order(row, ratio=ratio, resolution=resolution)
            if row.refuses(asked) is None:
                checks.order(body(row, asked), lenient)
            else:
                with pytest.raises(Refusal):
                    checks.order(body(row, asked), lenient)


@pytest.mark.parametrize("row", TASKS, ids=lambda row: row.key)
@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 7, 16, 17])
def test_the_stand_in_takes_exactly_as_many_references_as_a_row_does(row: Row, count: int) -> None:
    asked = order(row, references=(LINK,) * count)
    if row.refuses(asked) is None:
        assert len(checks.order(body(row, asked)).references) == count
    elif row.reference_form == "list":
        with pytest.raises(Refusal):
            checks.order(body(row, asked))


@pytest.mark.parametrize("row", TASKS, ids=lambda row: row.key)
def test_the_prompt_limit_is_counted_as_hiapi_counts(row: Row) -> None:
    emoji = "\N{HOT BEVERAGE}\N{GRINNING FACE}"  # one UTF-16 unit, then two
    longest = f"  {emoji * (row.prompt_limit // 3)}{'m' * (row.prompt_limit % 3)}  "
    assert row.refuses(order(row, prompt=longest)) is None
    checks.order(body(row, order(row, prompt=longest)))
    told = sentence(row.refuses(order(row, prompt=longest + "mm")))
    assert f"They have {row.prompt_limit + 4} characters" in told  # the two blanks are inside now
    assert f"the limit is {row.prompt_limit}." in told


@pytest.mark.parametrize(
    ("key", "ratio", "resolution", "told"),
    [
        ("gi2-edit", "4:5", "2K", "4:5 at 1K and 4:5 at 4K"),
        ("gi2-edit", "1:1", "4K", "1:1 at 2K"),
        ("gi2-edit", "3:1", "4K", "3:1 at 1K"),
        ("gi2-edit", "1:1", "8K", "1:1 at 2K"),
        ("gi25-flare-edit", "4:5", "2K", "3:4 at 2K"),
        ("gi25-flare-edit", "3:1", "1K", "21:9 at 1K"),
        ("gi2-edit-single", "9:21", "2K", "9:16 at 2K"),
        ("gi25-flare-pro", "1:2", "4K", "9:16 at 1K"),
        ("gi2-edit", "7:5", "1K", "1:1 at 1K"),
    ],
)
def test_a_shape_that_cannot_be_made_names_the_nearest(
    key: str, ratio: str, resolution: str, told: str
) -> None:
    row = KNOWN.of(key)
    no = row.refuses(order(row, ratio=ratio, resolution=resolution))
    assert no is not None
    assert (no.code, no.values["nearest"]) == ("model_choice", told)
    for one in told.split(" and "):
        near_ratio, near_resolution = one.split(" at ")
        assert row.refuses(order(row, ratio=near_ratio, resolution=near_resolution)) is None


def test_the_sentence_of_a_shape_has_the_value_the_rule_and_the_way_out() -> None:
    row = KNOWN.of("gi25-sunburst-edit")
    assert sentence(row.refuses(order(row, ratio="4:5", resolution="4K"))) == (
        "4:5 at 4K cannot be made by GPT Image 2.5 Sunburst. At 4K it makes 1:1, 3:2, 2:3, 4:3, 3:4, 16:9, "
        "9:16 and 21:9. Nearest to this: 3:4 at 4K."
    )
    pro = KNOWN.of("gi25-flare-pro")
    assert "At 2K it makes nothing." in sentence(pro.refuses(order(pro, resolution="2K")))


def test_too_few_and_too_many_references_name_count_and_limit() -> None:
    edit, create = KNOWN.of("gi2-edit-dash"), KNOWN.of("gi2-create")
    assert sentence(edit.refuses(order(edit, references=()))).endswith("This order has 0; the least is 1.")
    assert sentence(edit.refuses(order(edit, references=(LINK,) * 6))).endswith("from 6; the limit is 5.")
    assert sentence(create.refuses(order(create, references=(LINK,)))).endswith("from 1; the limit is 0.")


def test_a_model_that_takes_no_data_urls_refuses_stored_copies_and_takes_links() -> None:
    row = KNOWN.of("gi25-flare-pro")
    no = row.refuses(order(row, references=(LINK, "references/ab/cd.jpg")))
    assert no is not None
    assert no.code == "references_by_link"
    assert row.refuses(order(row, references=(LINK,))) is None


@pytest.mark.parametrize("prompt", ["", " \n\t "])
def test_an_order_without_words_is_refused(prompt: str) -> None:
    row = KNOWN.of("gi2-edit")
    no = row.refuses(order(row, prompt=prompt))
    assert no is not None
    assert no.code == "prompt_missing"


def test_input_has_the_fields_of_its_dialect_and_no_others() -> None:
    size = {"aspect_ratio": "3:2", "resolution": "1K"}
    said = {key: KNOWN.of(key).input("mug", "3:2", "1K", ["a", "b"]) for key in KNOWN.rows if "-ed" in key}
    assert said["gi2-edit"] == {"prompt": "mug", "input_urls": ["a", "b"], **size}
    assert said["gi2-edit-ext"] == {"prompt": "mug", "image_urls": ["a", "b"], **size, "quality": "medium"}
    assert said["gi2-edit-single"] == {"prompt": "mug", "image": "a", **size}
    assert KNOWN.of("gi2-create").input("mug", "3:2", "1K", []) == {"prompt": "mug", **size}
    pro = KNOWN.of("gi25-flare-pro").input("mug", "3:2", "1K", [])
    assert pro == {"prompt": "mug", "aspect_ratio": "3:2", "quality": "medium", "output_format": "png"}


def test_a_routed_model_is_priced_under_its_route() -> None:
    assert KNOWN.of("gi2-edit").price_id == "gpt-image-2/image-to-image"
    assert KNOWN.of("gi2-edit-ext").price_id == "gpt-image-2/image-to-image@ext"
    assert KNOWN.of("gi25-flare-pro").price_id == "gpt-image-2.5-flare@pro"


def test_an_unknown_key_is_declined_and_an_empty_one_is_the_usual_row() -> None:
    assert KNOWN.of("").key == "gi2-edit"
    assert not KNOWN.enabled("no-such-row")
    with pytest.raises(Declined, match="model_unknown") as no:
        KNOWN.of("no-such-row")
    assert "There is no model no-such-row" in sentence(no.value)


def test_named_rows_alone_are_offered_in_their_order_and_their_drafts_switched_on() -> None:
    mine = dialects.load(["gi2-chat-edit", "gi2-edit-square"])
    assert [one.key for one in mine.offered()] == ["gi2-chat-edit", "gi2-edit-square"]
    assert mine.offered()[0].draft == "gi2-chat-create"
    assert mine.of("").key == "gi2-chat-edit"
    assert mine.enabled("gi2-chat-create")
    assert mine.enabled("gi2-edit")  # of shoots that were launched before
    assert not mine.enabled("nano-banana-2")


def test_a_name_without_a_row_stops_the_studio() -> None:
    with pytest.raises(Declined, match="model_unknown"):
        dialects.load(["gi3-edit"])


def test_a_new_model_is_a_row_and_nothing_else() -> None:
    known = dialects.parse(dialects.FILE.read_text("utf-8") + NEW, ["novel-edit", "gi2-edit"])
    row = known.of("novel-edit")
    assert known.offered()[0] == Model("novel-edit", "Novel 1", (1, 3))
    assert row.input("mug", "16:9", "2K", [LINK]) == {
        "prompt": "mug", "pictures": [LINK], "aspect_ratio": "16:9", "resolution": "2K", "style": "photo",
    }  # fmt: skip
    assert row.refuses(order(row, ratio="16:9", resolution="2K")) is None
    no = row.refuses(order(row, ratio="2:1", resolution="4K"))
    assert no is not None
    assert no.values["nearest"] == "16:9 at 2K"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("extras", "surprise"),
        ('"list"', '"tuple"'),
        ("least = 1", "least = 4"),
        ('reference_field = "pictures"', 'reference_field = ""'),
        ('"1K", "2K"', '"1K", "8K"'),
        ('["1:1", "16:9"]', '["7:5"]'),
        ("offered = true", 'draft = "gone"'),
        ('"list"\nleast = 1', '"single"\nleast = 1'),
    ],
)
def test_a_row_that_makes_no_sense_is_noticed_when_it_is_read(right: str, wrong: str) -> None:
    assert dialects.parse(NEW).of("novel-edit")
    with pytest.raises(ValueError, match="Row novel-edit|No row draws"):
        dialects.parse(NEW.replace(right, wrong))


def test_every_row_makes_something_at_every_resolution_that_it_names() -> None:
    assert set(LONG_SIDES) == {"1K", "2K", "4K"}
    for row in KNOWN.rows.values():
        assert all(any(row.makes(ratio, at) for ratio in RATIOS) for at in row.resolutions), row.key
