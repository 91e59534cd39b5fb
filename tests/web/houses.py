"""A whole brand with something of everything, each text and each file bearing the brand's own word."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.apps import apps
from django.db.models import Model

from studio.flow import invitation, prompt
from studio.models import (
    Attempt,
    Brand,
    Cut,
    Export,
    Import,
    ImportFile,
    ImportRow,
    Product,
    Render,
    Role,
    Scene,
    Shoot,
    State,
    User,
)  # fmt: skip
from tests import cast, pictures


@dataclass
class House:
    """`rows` are keys by the first word of the address that shows them: `rows["products"]`."""

    word: str
    brand: Brand
    admin: User
    rows: dict[str, int]
    token: str


def house(word: str) -> House:
    brand = cast.brand(f"{word} and daughters", brief=f"{word} brief")
    admin = cast.person(f"{word}ada Admin", brand, Role.ADMIN)
    member = cast.person(f"{word}max Member", brand, Role.MARKETER)
    product = cast.product(
        brand, f"{word}-01", name=f"{word} mug", description=f"{word} glaze", created_by=member
    )
    cut_out = _file(word, "cutout.png")
    shot = cast.packshot(
        product, data=_photo(word), file_name=f"{word}.jpg",
        cutout=cut_out, cutout_thumb=cut_out, cutout_confidence=0.3, cutout_reason="low_contrast",
    )  # fmt: skip
    scene = _scene(brand, admin, word)
    place = cast.placement(f"{word.lower()}-place", brand=brand, name=f"{word} window", notes=f"{word} notes")
    about = {"created_by": member}
    draft = cast.shoot(brand, name=f"{word} draft", **about)
    _choose(draft, product, scene, place.pk)
    launched = cast.shoot(brand, launched=True, name=f"{word} spring", **about)
    _choose(launched, product, scene, place.pk)
    render = _render(launched, product, scene, word, reviewed_by=admin, review="approved")
    failed = cast.render(
        launched, product=product, packshot=shot, scene_version=scene.current, ratio="3:1", take=2,
        state=State.FAILED, failure="touches_edge", failure_values={"file": f"{word}.jpg"},
        prompt=f"{word} no",
    )  # fmt: skip
    cut = Cut.objects.create(
        render=render, placement=place, file=_file(word, "cut.jpg"), extension="jpg", media_type="image/jpeg",
        width=10, height=10, bytes=3,
    )  # fmt: skip
    archive = Export.objects.create(
        brand=brand, shoot=launched, state="done", file=_file(word, "archive.zip"), count=1, bytes=2,
        created_by=member, missing=[{"name": f"{word}.jpg", "reason": "queued"}],
    )  # fmt: skip
    listed = _import(brand, member, product, word)
    link, token = invitation.invite(brand, admin, Role.VIEWER, f"{word} friend")
    version = scene.current
    assert version is not None
    rows = {
        "products": product.pk, "packshots": shot.pk, "shoots": launched.pk, "drafts": draft.pk,
        "renders": render.pk, "failed": failed.pk, "cuts": cut.pk, "exports": archive.pk,
        "imports": listed.pk, "scenes": scene.pk,
        "scene-versions": version.pk, "placements": place.pk, "invitations": link.pk,
        "memberships": member.memberships.get().pk,
    }  # fmt: skip
    return House(word, brand, admin, rows, token)


def belongings(brand: Brand) -> dict[str, list[dict[str, object]]]:
    """Every value of every row that hangs from the brand, to see whether anything changed."""
    return {label: list(rows) for label, rows in _belongings(brand)}


def _belongings(brand: Brand) -> Iterator[tuple[str, list[dict[str, object]]]]:
    yield "brand", list(Brand.objects.filter(pk=brand.pk).values())
    for model in apps.get_app_config("studio").get_models():
        path = _path_to_brand(model)
        if path:
            yield model.__name__, list(model._default_manager.filter(**{path: brand}).order_by("pk").values())
    for model, name in ((Shoot, "products"), (Shoot, "scenes"), (Shoot, "placements"), (Export, "renders")):
        rows = model._default_manager.filter(brand=brand).order_by("pk", name).values("pk", name)
        yield f"{model.__name__}.{name}", list(rows)


def _path_to_brand(model: type[Model]) -> str:
    names = {field.name for field in model._meta.get_fields()}
    far = {"SceneVersion": "scene__brand", "Cut": "render__brand", "Correction": "packshot__brand",
           "ImportRow": "imported__brand", "ImportFile": "imported__brand"}  # fmt: skip
    return "brand" if "brand" in names and model is not User else far.get(model.__name__, "")


def _scene(brand: Brand, admin: User, word: str) -> Scene:
    words = {field: f"{word} {field}" for field in ("surface", "light", "mood", "keep", "note")}
    scene = cast.scene(brand, f"{word.lower()}-slate", preview=_file(word, "preview.webp"), **words)
    scene.versions.create(number=2, created_by=admin, **words)
    return scene


def _import(brand: Brand, member: User, product: Product, word: str) -> Import:
    table = cast.stored(f"SKU,{word}\n{product.sku},x\n".encode(), f"imports/{word}.csv")
    made = Import.objects.create(
        brand=brand, state="checked", table=table, table_name=f"{word}.csv", created_by=member
    )
    said = {"imported": made, "sku": product.sku, "name": product.name, "product": product}
    row = ImportRow.objects.create(**said, number=2, verdict="new")
    ImportRow.objects.create(**said, number=3, verdict="problem", reason="row_no_sku")
    for name, belongs in ((f"{word}.jpg", row), (f"{word}-astray.jpg", None)):
        ImportFile.objects.create(imported=made, row=belongs, number=1, name=name, reason="file_unmatched")
    return made


def _choose(shoot: Shoot, product: Product, scene: Scene, placement: int) -> None:
    shoot.products.add(product)
    shoot.scenes.add(scene)
    shoot.placements.add(placement)


def _render(shoot: Shoot, product: Product, scene: Scene, word: str, **fields: object) -> Render:
    version, key = scene.current, _file(word, "picture.png")
    assert version is not None
    made = cast.render(
        shoot, product=product, scene_version=version, state=State.DONE, picture=key, screen=key, thumb=key,
        media_type="image/png", width=1024, height=1024, bytes=7,
        prompt=prompt.write_prompt(product, version, shoot.brand), **fields,
    )  # fmt: skip
    Attempt.objects.create(
        render=made, brand=shoot.brand, number=1, engine="local", key=uuid4(), request=b"{}"
    )
    return made


def _photo(word: str) -> bytes:
    """A real picture; what follows its end is in the file and harms nobody."""
    return pictures.packshot(width=300, height=300) + word.encode()


def _file(word: str, name: str) -> str:
    return cast.stored(f"{word} {name}".encode(), f"{word}/{name}")
