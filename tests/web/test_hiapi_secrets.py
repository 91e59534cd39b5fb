"""Key, signing secrets, callback tokens, reference links and addresses of results stay where they belong."""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from studio.flow import export, review
from studio.flow.listing import Archive
from studio.logs import OneLine
from studio.models import FINAL, Attempt, Brand, Render, Role, State, User
from tests import cast, market
from tests.forgeries import SECRETS, forgeries
from tests.standin import StandIn
from tests.standin.request import Request

Vendor = Callable[..., StandIn]
SIGNED_URL: Final = "https://results.invalid/one.png?Signature=canary-signature-7f3a9c"
HREF: Final = re.compile(r"""(?:href|src|hx-get|action|formaction)=["'](/[^"'#]*)""")
MOST_PAGES: Final = 80
# where a secret is kept because it is needed there
KEPT_IN: Final = {"studio_attempt": {"token", "address", "request"}, "studio_notice": {"token"}}


def messages(standin: StandIn) -> list[str]:
    """What a provider might say, with secrets in it."""
    return [
        f"Authorization: Bearer {standin.key} is not right",
        f"key {standin.key} of {SIGNED_URL}",
        f"cannot fetch {SIGNED_URL}",
        f"invalid callback secret {SECRETS[0]}, {SECRETS[1]}",
    ]


def provoke(brand: Brand, standin: StandIn, person: User) -> None:
    """One picture for each way to fail, and one that is done."""
    on = standin.faults.on
    for number, message in enumerate(messages(standin)):
        envelope = ("flat", "nested", "text", "html")[number]
        on("create", "refuse_400", times=1, message=message, envelope=envelope)
    on("create", "accept_then_500", times=1)
    on("create", "refuse_429", times=1, message=messages(standin)[0])
    for number, message in enumerate(messages(standin)):
        on("task", "TASK_FAILED", times=1, message=message, when=lambda task, at=number: task.number == at)
    on("list", "refuse_500", times=20, message=messages(standin)[1])
    for number, url in ((4, SIGNED_URL), (5, SIGNED_URL.replace("results.invalid", "10.0.0.1"))):

        def mine(request: Request, number: int = number) -> bool:
            return int(standin.tasks.get(request.path.rpartition("/")[2]).number) == number

        on("detail", "output_url", url=url, when=mine)
    shoot = market.launched(brand, "gi2-edit", takes=10, person=person).shoot
    waits = Render.objects.filter(shoot=shoot, state=State.COLLECTING, failure="")
    market.until(lambda: not shoot.renders.exclude(state__in=FINAL).exclude(pk__in=waits).exists(), within=40)
    for _ in range(4):
        market.turn()


def rows() -> Iterator[str]:
    """Every value of every table, but for those where a secret is needed."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                named = zip(names, row, strict=True)
                yield f"{table}: " + str([one for name, one in named if name not in KEPT_IN.get(table, ())])


def pages(browser: Client, brand: Brand) -> Iterator[tuple[str, bytes]]:
    """What a person comes to by following links and looking at forms' addresses."""
    waiting = [f"/b/{brand.slug}/{name}/" for name in ("products", "shoots", "gallery", "spend", "presets")]
    waiting += [
        "/engine/",
        "/account/",
        "/nowhere/",
        *(f"/renders/{one.pk}/" for one in Render.objects.all()),
    ]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen or address.startswith(("/static/", "/accounts/logout")):
            continue
        seen.add(address)
        answer = browser.get(address)
        body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
        yield address, body + str(answer.headers).encode()
        if answer.headers["Content-Type"].startswith("text/html"):
            waiting += [one for one in HREF.findall(body.decode()) if one not in seen]


def archive(brand: Brand, person: User) -> bytes:
    """Names and contents of everything that is taken along."""
    cast.render(cast.shoot(brand, launched=True), state=State.DONE, engine="hiapi")
    built = export.request(brand, person, list(Render.objects.filter(state=State.DONE)))
    export.work()
    built.refresh_from_db()
    with zipfile.ZipFile(Archive(built.file)) as file:
        return b"".join(one.filename.encode() + file.read(one) for one in file.infolist())


def test_no_secret_of_a_purchase_is_told_anywhere(
    brand: Brand, admin: User, marketer: User, viewer: User, vendor: Vendor, settings: LazySettings,
    sign_in: Callable[[User], Client], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    standin = vendor(secrets=SECRETS)
    provoke(brand, standin, marketer)
    settings.PUBLIC_URL = "http://testserver"
    linked = market.finished(market.launched(brand, "gi2-edit", person=marketer))
    assert linked.failure == "task_failed", "the stand-in reaches nobody called testserver"
    for one in list(forgeries())[:8]:
        headers = dict(one.headers)
        address = f"/callbacks/hiapi/{Attempt.objects.all()[0].token}/"
        assert Client().post(address, one.body, "application/json", headers=headers).status_code == 401
    review.approve(Render.objects.filter(state=State.DONE), marketer)
    failures = set(Render.objects.values_list("failure", flat=True))
    assert failures >= {"", "request_refused", "task_failed", "address_refused"}, failures

    staff = cast.person("Root Staff", brand, Role.ADMIN)
    User.objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True)
    told = {"rows": "\n".join(rows()).encode(), "archive": archive(brand, marketer)}
    for person in (admin, marketer, viewer, User.objects.get(pk=staff.pk)):
        told |= {f"{person}: {address}": page for address, page in pages(sign_in(person), brand)}
    told["log"] = "\n".join([caplog.text, *capfd.readouterr()]).encode()

    assert len(told) > 4 * 20
    assert b"The result of picture" in told["log"]
    assert [where for where, text in told.items() if b"(key)" in text], "what was said is shown, masked"
    tokens = [str(token) for token in Attempt.objects.values_list("token", flat=True)]
    links = [one.source.split("/")[4] for one in standin.ledger.references if one.source != "data"]
    assert links
    secrets = [standin.key, *SECRETS, *tokens, *links, "canary-signature", "/files/tasks/"]
    for secret in secrets:
        assert [where for where, text in told.items() if secret.encode() in text] == [], secret
