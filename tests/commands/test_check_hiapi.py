"""Before anything is bought: what is wrong, and who mends it."""

from collections.abc import Callable
from io import StringIO
from typing import Final

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from studio.flow import check as flow
from studio.flow import pace
from studio.models import Gate, User
from studio.providers.errors import Declined
from tests.standin import StandIn, site

pytestmark = pytest.mark.django_db
Vendor = Callable[..., StandIn]
EDIT: Final = "gpt-image-2/image-to-image"


def check() -> tuple[int, list[str]]:
    """Exit code and lines."""
    out, code = StringIO(), 0
    try:
        call_command("check_hiapi", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return code, out.getvalue().splitlines()


def wrong(lines: list[str]) -> list[str]:
    found = [line.removeprefix("NO  ") for line in lines if line.startswith("NO ")]
    assert all(line.endswith("]") for line in found), "each says who mends it"
    return found


def bought_nothing(standin: StandIn) -> bool:
    return {one.method for one in standin.ledger.entries} <= {"GET"} and standin.ledger.paid == []


def test_all_is_well(vendor: Vendor) -> None:
    standin = vendor()
    code, lines = check()
    assert (code, wrong(lines)) == (0, [])
    assert any("The key works" in line for line in lines)
    assert any("gi2-edit costs 1K $0.0300" in line for line in lines)
    assert any("No STUDIO_PUBLIC_URL" in line for line in lines)
    assert standin.ledger.entries
    assert bought_nothing(standin)


def test_without_a_key_one_sentence_says_how_to_set_it_and_nobody_is_asked(
    vendor: Vendor, settings: LazySettings
) -> None:
    standin = vendor()
    settings.HIAPI_ACCOUNT = settings.HIAPI_ACCOUNT | {"key": ""}
    code, [line] = check()
    assert code == 1
    assert line.startswith("No key for HiAPI is set")
    assert "HIAPI_API_KEY" in line
    assert ".env" in line
    assert not standin.ledger.entries


def test_a_key_that_is_wrong(vendor: Vendor, settings: LazySettings) -> None:
    standin = vendor()
    settings.HIAPI_ACCOUNT = settings.HIAPI_ACCOUNT | {"key": "sk-canary-wrong"}
    code, lines = check()
    [line] = wrong(lines)
    assert code == 1
    assert "The key does not work" in line
    assert "the operator mends it" in line
    assert "canary" not in "".join(lines)
    assert bought_nothing(standin)


def test_a_provider_that_cannot_be_reached(vendor: Vendor) -> None:
    standin = vendor()
    standin.go_down()
    code, lines = check()
    standin.come_back()
    assert code == 1
    assert any("does not answer" in line for line in wrong(lines))


def test_the_usual_model_is_not_the_accounts(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    standin = vendor()
    monkeypatch.setattr(site, "MODELS", [one for one in site.MODELS if one.id != EDIT])
    code, lines = check()
    assert code == 1
    assert any(f"gi2-edit ({EDIT})" in line for line in wrong(lines))
    assert bought_nothing(standin)


def test_the_usual_model_has_no_price(vendor: Vendor) -> None:
    standin = vendor()
    standin.faults.on("pricing", "missing_row", model=EDIT)
    code, lines = check()
    assert code == 1
    assert any("No price of gi2-edit at 1K" in line for line in wrong(lines))
    assert bought_nothing(standin)


def test_a_schema_that_has_changed_bars_nothing(vendor: Vendor) -> None:
    standin = vendor()
    standin.faults.on("schema", "refuse_404", times=1)
    code, lines = check()
    assert code == 0
    assert [line for line in wrong(lines) if "nothing to do" in line]


def test_a_name_that_is_no_row(vendor: Vendor, settings: LazySettings) -> None:
    vendor()
    settings.HIAPI_ACCOUNT = settings.HIAPI_ACCOUNT | {"models": ("gi3-edit",)}
    code, lines = check()
    assert code == 1
    assert any("HIAPI_MODELS names gi3-edit" in line for line in wrong(lines))


@pytest.mark.parametrize(
    ("secret", "said"), [("", "HIAPI_WEBHOOK_SECRET is empty"), ("a-secret-of-16-letters", "")]
)
def test_the_address_at_which_we_are_called(
    vendor: Vendor, settings: LazySettings, secret: str, said: str
) -> None:
    standin = vendor(secrets=(secret,) if secret else ())
    settings.PUBLIC_URL = "https://studio.example"
    lines = wrong(check()[1])
    assert any(said in line for line in lines) if said else lines == []
    assert not secret or secret not in "".join(lines)
    assert bought_nothing(standin)


def test_an_address_of_this_machine_is_not_called_from_afar(vendor: Vendor, settings: LazySettings) -> None:
    vendor()
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    far = {"base_url": "https://api.hiapi.ai", "key": ""}  # without a key nobody is asked there
    settings.HIAPI_ACCOUNT = settings.HIAPI_ACCOUNT | far
    said = [finding.sentence for finding in flow.findings() if not finding.ok]
    assert "http://127.0.0.1:8000 can be reached from this machine only" in said


def test_models_that_take_links_need_our_address(vendor: Vendor) -> None:
    vendor(models=("gi2-edit", "gi25-flare-pro"))
    code, lines = check()
    assert code == 0
    assert any("Flare Pro needs" in line for line in wrong(lines))


def test_nobody_calls_and_whoever_stopped_it(vendor: Vendor, settings: LazySettings, admin: User) -> None:
    vendor(secrets=("a-secret-of-16-letters",))
    settings.PUBLIC_URL = "https://studio.example"
    Gate.of("hiapi")
    Gate.change("hiapi", deaf_since=timezone.now())
    assert any("no callback came" in line for line in wrong(check()[1]))
    pace.note_trouble("hiapi", "gi2-edit", Declined("model_forbidden", stops="model", reason="no"))
    assert any("so nothing is asked of gi2-edit" in line for line in wrong(check()[1]))
    pace.pause("hiapi", admin)
    code, lines = check()
    assert code == 1
    assert any("an admin of the studio mends it" in line for line in wrong(lines))
    pace.resume("hiapi")
    pace.note_trouble("hiapi", "", Declined("balance_empty", stops="all", reason="insufficient balance"))
    code, lines = check()
    assert code == 1
    assert any("Top it up" in line for line in wrong(lines))
