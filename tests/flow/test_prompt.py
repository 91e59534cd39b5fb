"""The order of a prompt: what it is and must stay, then where it stands, the style last."""

from studio.flow.prompt import parts, write_edit, write_final, write_prompt
from studio.models import SceneVersion
from tests import cast


def test_product_scene_brand_and_the_keep_clause_go_out_word_for_word(db: None) -> None:
    brand = cast.brand(brief="No hands, no other brands")
    product = cast.product(brand, description="a red mug.")
    version = SceneVersion(surface="On linen", light="soft light", mood="calm", keep="Keep the shape.")
    assert write_prompt(product, version, brand) == (
        "Place this exact product: a red mug. Keep the shape. Scene: On linen, soft light, calm. "
        "No hands, no other brands."
    )


def test_empty_parts_are_left_out_and_a_name_stands_in_for_a_description(db: None) -> None:
    product = cast.product(cast.brand(), name="Mug", description=" ")
    version = SceneVersion(surface="on linen", light="", mood="  ", keep="Keep the shape")
    labels = [label for label, _ in parts(product, version, product.brand)]
    assert labels == ["Product", "Keep", "Surface"]
    assert write_prompt(product, version, product.brand).endswith("Mug. Keep the shape. Scene: on linen.")


def test_a_name_that_is_only_the_sku_is_not_sent(db: None) -> None:
    product = cast.product(cast.brand(), "CUP-1", name="CUP-1", description="")
    version = SceneVersion(surface="on linen", light="soft light", mood="calm", keep="Keep the shape.")
    assert write_prompt(product, version, product.brand).startswith(
        "Place this exact product. Keep the shape."
    )


def test_a_product_without_a_packshot_is_drawn_from_its_description(db: None) -> None:
    product = cast.product(cast.brand(), description="a red mug")
    version = SceneVersion(surface="on linen", light="soft light", mood="calm", keep="Keep the shape.")
    text = write_prompt(product, version, product.brand, drawn=True)
    assert text.startswith("A product photograph: a red mug. ")


def test_an_edit_says_the_change_first_and_what_stays(db: None) -> None:
    render = cast.render(cast.shoot(cast.brand()))
    text = write_edit(render, "warmer light")
    assert text.startswith("Change only this in the first picture: warmer light. Keep everything else in it")
    assert "Keep the product shape and color unchanged." in text


def test_a_final_says_each_part_once_and_in_order(db: None) -> None:
    product = cast.product(cast.brand(brief="No hands."), description="a red mug")
    picture = cast.render(cast.shoot(product.brand), product=product, state="done")
    text = write_final(picture)
    assert text == (
        "Render the first picture again, exactly as it is, in full detail at a higher resolution. "
        "It shows this exact product: a red mug. Any other pictures show the product. "
        "Keep the product shape and color unchanged. "
        "Scene: on a dark slate stone surface, dramatic side lighting, moody editorial product photography. "
        "No hands."
    )


def test_a_final_of_an_edit_is_not_led_back_to_the_scene(db: None) -> None:
    shoot = cast.shoot(cast.brand())
    edit = cast.render(
        shoot, state="done", cause="edit", wish="snow instead", prompt="Change only this: snow."
    )
    fields = {"product": edit.product, "packshot": edit.packshot, "scene_version": edit.scene_version}
    larger = cast.render(shoot, state="done", cause="final", parent=edit, take=2, resolution="2K", **fields)
    for picture in (edit, larger):
        text = write_final(picture)
        assert "Scene:" not in text
        assert "Change only this" not in text
        assert text.count("Keep the product shape") == 1
