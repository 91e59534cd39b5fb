"""What an operator is told before anything is bought."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from studio.providers import check
from studio.providers.account import Account
from studio.providers.check import Finding, findings
from tests.standin import StandIn, site

Make = Callable[..., Account]


def wrong(account: Account) -> list[tuple[str, str, bool]]:
    return [(one.code, one.who, one.bars) for one in findings(account) if not one.ok]


def test_all_is_well_and_nothing_was_bought(account: Make, standin: StandIn) -> None:
    found = findings(account())
    assert [one for one in found if not one.ok] == []
    assert {one.code for one in found} == {"key", "models", "prices", "schema"}
    assert standin.ledger.posts() == standin.ledger.paid == []


def test_sentences_name_what_they_are_about(account: Make, standin: StandIn) -> None:
    sentences = [one.sentence for one in findings(account())]
    assert f"The key works at {standin.url}" in sentences
    assert "gi2-edit costs 1K $0.0300, 2K $0.0400, 4K $0.0600" in sentences


def test_a_key_that_does_not_work(account: Make) -> None:
    assert wrong(account(key="sk-canary")) == [("key", "operator", True)]
    assert wrong(account(key="")) == [("key", "operator", True)]
    assert not any("canary" in one.sentence for one in findings(account(key="sk-canary")))


def test_a_provider_that_is_not_there(account: Make, standin: StandIn) -> None:
    standin.go_down()
    assert wrong(account())[:2] == [("reachable", "operator", True), ("prices", "operator", True)]
    standin.come_back()


def test_models_that_the_account_does_not_have(
    account: Make, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [one for one in site.MODELS if "2.5" not in one.id]
    monkeypatch.setattr(site, "MODELS", kept)
    assert ("models", "operator", False) in wrong(account())
    monkeypatch.setattr(site, "MODELS", [one for one in kept if "image-to-image" not in one.id])
    assert ("models", "operator", True) in wrong(account())


@pytest.mark.parametrize("kind", ["html_200", "empty", "refuse_500"])
def test_prices_that_cannot_be_used(account: Make, standin: StandIn, kind: str) -> None:
    standin.faults.on("pricing", kind)
    assert wrong(account()) == [("prices", "operator", True)]


@pytest.mark.parametrize("kind", ["html_200", "empty", "null", "array", "refuse_404"])
def test_a_schema_that_cannot_be_read_bars_nothing(account: Make, standin: StandIn, kind: str) -> None:
    standin.faults.on("schema", kind, times=1)
    assert wrong(account()) == [("schema", "nobody", False)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"references": "image_urls"}, "input_urls is not a field of it; image_urls is required"),
        ({"most": 4}, "input_urls has maxItems 4, the row 16"),
        ({"prompt": 8_000}, "prompt has maxLength 8000, the row 20000"),
        ({"choices": {"aspect_ratio": ("1:1",), "resolution": ("1K",)}}, "resolution does not take 2K, 4K"),
    ],
)
def test_a_schema_that_has_changed(
    account: Make, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], said: str
) -> None:
    rows = {key: replace(row, **change) if key[0] == "gpt-image-2/image-to-image" else row
            for key, row in site.ROWS.items()}  # fmt: skip
    monkeypatch.setattr(site, "ROWS", rows)
    (finding,) = [one for one in findings(account()) if not one.ok and "gi2-edit " in one.sentence]
    assert (finding.code, finding.who, finding.bars) == ("schema", "developer", False)
    assert said in finding.sentence


def test_a_named_model_that_is_no_row(account: Make) -> None:
    (finding,) = findings(account(models=("gi2-edit", "nonsense")))
    assert finding == Finding(
        "models_named", False, "HIAPI_MODELS names nonsense, which is no row", "operator", True
    )


def test_rows_of_the_older_dialect_have_no_schema(account: Make) -> None:
    found = check.findings(account(models=("gi2-chat-edit",)))
    assert "gi2-chat-edit has no published schema to compare" in [one.sentence for one in found]
