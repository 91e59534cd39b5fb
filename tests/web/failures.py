"""Thirty-odd ways to fail, each with secrets in its hands: `PROVOKED` says how to, and how it ends.

A way gets the `Hands` and gives what the browser was answered, or what was raised where no browser is.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, cast

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from studio import storage, tasks
from studio.flow import cutout, export, intake, invitation, people, review, shoot, work
from studio.imaging.errors import Refused
from studio.models import Brand, Role, State, User
from tests import cast as make
from tests import pictures

RIGHT, WRONG, NEW = "canary-right-7c1", "canary-wrong-7c1", "canary-new-7c1x"
WEAK: Final = "canary7c1"
FORM: Final = "application/x-www-form-urlencoded"
JOIN: Final = {"email": "jo@northfold.example", "password1": NEW, "password2": NEW}


@dataclass
class Hands:
    """Root is signed in in `browser`; `outside` is nobody; links that are open: `invited`, `reset`."""

    brand: Brand
    root: User
    browser: Client
    patch: pytest.MonkeyPatch
    settings: LazySettings
    outside: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        self.invited = invitation.invite(self.brand, self.root, Role.VIEWER)[1]
        self.root.refresh_from_db()  # its last sign-in is in the token
        self.reset = f"/accounts/reset/{people.reset_token(self.root)}/"

    @property
    def products(self) -> str:
        return f"/b/{self.brand.slug}/products/"

    @property
    def upload(self) -> str:
        return f"{self.products}upload/"

    @property
    def join(self) -> str:
        return f"/invitations/{self.invited}/"

    def breaks(self, where: str, error: Exception | None = None) -> None:
        """Whatever is called there breaks."""

        def breaking(*_: object, **__: object) -> None:
            raise error or RuntimeError("it broke")

        self.patch.setattr(where, breaking)

    def change_password(self, **words: str) -> HttpResponse:
        given = {"old_password": RIGHT, "new_password1": NEW, "new_password2": NEW} | words
        return answer(self.browser.post("/accounts/password_change/", given))


Way = Callable[[Hands], HttpResponse | BaseException]
PROVOKED: dict[str, tuple[int | type[BaseException], Way]] = {}


def ends(how: int | type[BaseException]) -> Callable[[Way], Way]:
    def kept(way: Way) -> Way:
        PROVOKED[way.__name__] = (how, way)
        return way

    return kept


def answer(response: Any) -> HttpResponse:
    return cast(HttpResponse, response)


def raised(by: Callable[..., object], *args: object, **options: object) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - which one it must be is told by `ends`
        by(*args, **options)
    return caught.value


# --- What is sent is wrong ------------------------------------------------------------------------


@ends(400)
def a_host_that_is_not_ours(hands: Hands) -> HttpResponse:
    return answer(hands.browser.get("/account/", headers={"host": "elsewhere.example"}))


@ends(403)
def a_form_without_its_token(hands: Hands) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = hands.browser.cookies
    return answer(strict.post("/accounts/password_change/", {"old_password": RIGHT, "new_password1": NEW}))


@ends(404)
def a_page_that_is_not_there(hands: Hands) -> HttpResponse:
    return answer(hands.browser.get("/nowhere/"))


@ends(405)
def a_method_that_is_not_known(hands: Hands) -> HttpResponse:
    return answer(hands.browser.put(hands.upload))


@ends(413)
def too_many_fields(hands: Hands) -> HttpResponse:
    hands.settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    return answer(hands.browser.post(hands.upload, {f"field-{number}": WRONG for number in range(1010)}))


@ends(413)
def too_much_text(hands: Hands) -> HttpResponse:
    return answer(hands.browser.post("/account/", f"password={RIGHT}&x=" + "x" * 3_000_000, FORM))


@ends(400)
def a_body_that_is_cut(hands: Hands) -> HttpResponse:
    body = f'--x\r\nContent-Disposition: form-data; name="{RIGHT}\x00'.encode()
    return answer(hands.browser.post("/account/", body, "multipart/form-data; boundary=\xe9"))


@ends(302)
def a_damaged_packshot(hands: Hands) -> HttpResponse:
    return answer(hands.browser.post(hands.upload, {"file": io.BytesIO(pictures.packshot()[:3000])}))


@ends(422)
def a_damaged_packshot_by_script(hands: Hands) -> HttpResponse:
    file = io.BytesIO(pictures.packshot()[:3000])
    return answer(hands.browser.post(hands.upload, {"file": file}, headers={"HX-Request": "true"}))


@ends(404)
def a_product_of_others(hands: Hands) -> HttpResponse:
    foreign = make.product(make.brand("Halden"))
    return answer(hands.browser.get(f"/products/{foreign.pk}/"))


@ends(403)
def a_role_that_is_too_low(hands: Hands) -> HttpResponse:
    viewer = Client()
    viewer.force_login(make.person("Vic Viewer", hands.brand, Role.VIEWER))
    return answer(viewer.post(hands.upload))


# --- At the door ----------------------------------------------------------------------------------


@ends(302)
def a_session_that_was_invented(hands: Hands) -> HttpResponse:
    client = Client()
    client.cookies["sessionid"] = hands.browser.cookies["sessionid"].value[::-1]
    return answer(client.get("/account/"))


@ends(200)
def a_wrong_password(hands: Hands) -> HttpResponse:
    return answer(hands.outside.post("/accounts/login/", {"username": "root", "password": WRONG}))


@ends(200)
def a_wrong_password_on_the_way_to_an_invitation(hands: Hands) -> HttpResponse:
    words = {"username": "root", "password": WRONG, "next": hands.join}
    return answer(hands.outside.post(f"/accounts/login/?next={hands.join}", words))


@ends(200)
def a_right_password_under_another_name(hands: Hands) -> HttpResponse:
    return answer(hands.outside.post("/accounts/login/", {"username": "rot", "password": RIGHT}))


@ends(429)
def too_many_wrong_passwords(hands: Hands) -> HttpResponse:
    words = {"username": "nobody", "password": WRONG}
    return [answer(hands.outside.post("/accounts/login/", words)) for _ in range(11)][-1]


@ends(422)
def a_new_address_without_the_right_password(hands: Hands) -> HttpResponse:
    words = {"first_name": "Ro", "email": "other@northfold.example", "password": WRONG}
    return answer(hands.browser.post("/account/", words))


@ends(200)
def a_new_password_with_the_wrong_old_one(hands: Hands) -> HttpResponse:
    return hands.change_password(old_password=WRONG)


@ends(200)
def a_new_password_that_is_weak(hands: Hands) -> HttpResponse:
    return hands.change_password(new_password1=WEAK, new_password2=WEAK)


@ends(200)
def a_new_password_typed_differently(hands: Hands) -> HttpResponse:
    form = answer(hands.outside.get(hands.reset))["Location"]
    return answer(hands.outside.post(form, {"new_password1": NEW, "new_password2": WRONG}))


@ends(200)
def a_reset_link_that_is_not_right(hands: Hands) -> HttpResponse:
    return answer(Client().get(hands.reset[:-3] + "/", follow=True))


@ends(410)
def the_welcome_link_once_more(hands: Hands) -> HttpResponse:
    return answer(hands.outside.get(f"/welcome/{people.welcome_token()}/"))


@ends(422)
def joining_with_a_weak_password(hands: Hands) -> HttpResponse:
    words = {"username": "jo", "password1": WEAK, "password2": WEAK}
    return answer(hands.outside.post(hands.join, JOIN | words))


@ends(422)
def joining_under_a_name_that_is_taken(hands: Hands) -> HttpResponse:
    return answer(hands.outside.post(hands.join, JOIN | {"username": "root"}))


@ends(404)
def an_invitation_that_was_mistyped(hands: Hands) -> HttpResponse:
    return answer(hands.outside.get(f"/invitations/{hands.invited[:-2]}/"))


# --- Pages of ours break --------------------------------------------------------------------------


@ends(500)
def a_page_breaks(hands: Hands) -> HttpResponse:
    hands.breaks("studio.web.views.products.packs")
    return answer(hands.browser.get(hands.products))


@ends(500)
def a_page_without_a_database(hands: Hands) -> HttpResponse:
    hands.breaks("studio.web.views.products.packs", OperationalError("no such table: studio_product"))
    return answer(hands.browser.get(hands.products))


@ends(507)
def a_page_without_room_on_the_disk(hands: Hands) -> HttpResponse:
    hands.breaks("studio.web.views.products.packs", OSError(28, "No space left on device"))
    return answer(hands.browser.get(hands.products))


@ends(404)
def a_file_that_is_gone(hands: Hands) -> HttpResponse:
    shot = make.packshot(make.product(hands.brand))
    storage.delete([shot.picture])
    return answer(hands.browser.get(f"/packshots/{shot.pk}/picture/"))


@ends(500)
def signing_in_breaks(hands: Hands) -> HttpResponse:
    hands.breaks("django.contrib.auth.hashers.MD5PasswordHasher.verify")
    return answer(
        Client(raise_request_exception=False).post(
            "/accounts/login/", {"username": "root", "password": RIGHT}, REMOTE_ADDR="10.0.0.9"
        )
    )


@ends(500)
def changing_the_password_breaks(hands: Hands) -> HttpResponse:
    hands.breaks("django.contrib.auth.forms.SetPasswordMixin.validate_passwords")
    return hands.change_password()


@ends(500)
def joining_breaks(hands: Hands) -> HttpResponse:
    hands.breaks("studio.flow.invitation.accept")
    return answer(hands.outside.post(hands.join, JOIN | {"username": "jo"}))


@ends(302)
def a_link_that_nothing_can_send(hands: Hands) -> HttpResponse:
    return answer(hands.outside.post("/accounts/password_reset/", {"email": hands.root.email}))


@ends(302)
def sending_a_link_breaks(hands: Hands) -> HttpResponse:
    hands.breaks("django.core.mail.EmailMultiAlternatives.send", OSError("no mail server"))
    return answer(hands.outside.post("/accounts/password_reset/", {"email": hands.root.email}))


# --- Work breaks ----------------------------------------------------------------------------------


@ends(Refused)
def intake_of_what_is_no_picture(hands: Hands) -> BaseException:
    return raised(intake.receive, hands.brand, None, "MUG.jpg", b"\xff\xd8\xff" + bytes(500))


@ends(FileNotFoundError)
def a_cut_out_without_its_file(hands: Hands) -> BaseException:
    shot = make.packshot(make.product(hands.brand))
    storage.delete([shot.picture, shot.original])
    return raised(cutout.prepare, shot.pk)


@ends(Refused)
def a_launch_with_nothing_to_show(hands: Hands) -> BaseException:
    return raised(shoot.launch, make.shoot(hands.brand), hands.root)


@ends(RuntimeError)
def a_picture_that_cannot_be_made(hands: Hands) -> BaseException:
    one = make.render(make.shoot(hands.brand, launched=True))
    work.work()
    one.refresh_from_db()
    if one.state == State.FAILED:
        review.retry(one)
    return RuntimeError(one.state)


@ends(RuntimeError)
def an_archive_that_cannot_be_built(hands: Hands) -> BaseException:
    one = make.render(make.shoot(hands.brand, launched=True), state=State.DONE)
    storage.delete([one.picture])
    archive = export.request(hands.brand, hands.root, [one], one.shoot)
    export.work()
    archive.refresh_from_db()
    return RuntimeError(archive.state)


@ends(RuntimeError)
def a_task_that_fails_in_the_queue(hands: Hands) -> BaseException:
    hands.breaks("studio.flow.cutout.prepare")
    return raised(tasks.cut_out, 1)


@ends(ImproperlyConfigured)
def a_first_admin_with_a_weak_password(hands: Hands) -> BaseException:
    User.objects.filter(is_superuser=True).update(is_superuser=False)
    hands.settings.FIRST_ADMIN = {"username": "boss", "email": "", "password": WEAK}
    return raised(call_command, "starter")


@ends(ValidationError)
def a_first_admin_with_a_weak_password_by_hand(hands: Hands) -> BaseException:
    User.objects.filter(is_superuser=True).update(is_superuser=False)
    return raised(people.first_admin, "boss", "", WEAK)


@ends(CommandError)
def a_command_with_bad_arguments(hands: Hands) -> BaseException:
    return raised(
        call_command, "restyle", "/nowhere/MUG.jpg", scene=["dark-slate"], out="/tmp", ratio=["1:1"]
    )
