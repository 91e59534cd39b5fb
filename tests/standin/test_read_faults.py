"""Odd answers to reading: each shape that the contract names, in a detail and in a list."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.standin import StandIn
from tests.standin.client import Client


@pytest.fixture
def id(client: Client) -> str:
    """Of a task that has succeeded."""
    id = client.id()
    client.finished(id)
    return id


def odd(hiapi: StandIn, client: Client, id: str, kind: str, **options: Any) -> dict[str, Any]:
    """The task as a detail and a list show it, which is the same."""
    hiapi.faults.on("detail", kind, **options)
    hiapi.faults.on("list", kind, **options)
    task = client.task(id)
    assert client.get("/v1/tasks").json()["data"]["tasks"] == [task]
    return task


def test_statuses_have_other_spellings(hiapi: StandIn, client: Client, id: str) -> None:
    assert odd(hiapi, client, id, "synonyms")["status"] == "succeeded"
    hiapi.faults.clear()
    assert odd(hiapi, client, id, "synonyms", success="completed")["status"] == "completed"


def test_a_failure_has_other_spellings(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "fail")
    client.finished(id := client.id())
    assert odd(hiapi, client, id, "synonyms", fail="cancelled")["status"] == "cancelled"


def test_a_status_may_be_unknown(hiapi: StandIn, client: Client, id: str) -> None:
    task = odd(hiapi, client, id, "unknown_status")
    assert (task["status"], "output" in task) == ("pondering", False)


@pytest.mark.parametrize(("kind", "completed"), [("completed_zero", 0), ("completed_null", None)])
def test_the_end_may_be_missing(hiapi: StandIn, client: Client, id: str, kind: str, completed: Any) -> None:
    assert odd(hiapi, client, id, kind)["completed"] == completed


def test_an_expiry_has_every_form(hiapi: StandIn, client: Client, id: str) -> None:
    at = client.task(id)["output"][0]["expireAt"]
    seen = {}
    for kind in ("missing", "null", "iso", "text"):
        seen[kind] = odd(hiapi, client, id, f"expiry_{kind}")["output"][0].get("expireAt", "none")
        hiapi.faults.clear()
    assert (seen["missing"], seen["null"], seen["text"]) == ("none", None, str(at))
    assert datetime.fromisoformat(seen["iso"]).timestamp() == at


@pytest.mark.parametrize(
    ("kind", "output"), [("empty_output", []), ("null_output", None), ("output_number", 5)]
)
def test_a_success_may_lack_its_output(
    hiapi: StandIn, client: Client, id: str, kind: str, output: Any
) -> None:
    assert odd(hiapi, client, id, kind)["output"] == output


def test_the_output_may_be_elsewhere(hiapi: StandIn, client: Client, id: str) -> None:
    (output,) = odd(hiapi, client, id, "output_url", url="http://169.254.169.254/")["output"]
    assert output["url"] == "http://169.254.169.254/"


def test_the_picture_may_stand_behind_a_thumbnail(hiapi: StandIn, client: Client, id: str) -> None:
    assert [one["type"] for one in odd(hiapi, client, id, "thumbnail_first")["output"]] == [
        "thumbnail",
        "image",
    ]


def test_the_output_may_be_a_data_url(hiapi: StandIn, client: Client, id: str) -> None:
    hiapi.faults.on("detail", "data_url")
    assert client.task(id)["output"][0]["url"].startswith("data:image/png;base64,iVBOR")


def test_an_error_may_be_missing_or_say_success(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "fail")
    client.finished(id := client.id())
    assert "error" not in odd(hiapi, client, id, "error_missing")
    hiapi.faults.clear()
    assert odd(hiapi, client, id, "error_says_success")["error"] == {"message": "success"}


@pytest.mark.parametrize("name", ["items", "list", "records"])
def test_a_list_has_other_names(hiapi: StandIn, client: Client, id: str, name: str) -> None:
    hiapi.faults.on("list", name)
    data = client.get("/v1/tasks").json()["data"]
    assert ([one["taskId"] for one in data[name]], data["total"]) == ([id], 1)


def test_a_list_may_be_bare(hiapi: StandIn, client: Client, id: str) -> None:
    hiapi.faults.on("list", "bare_array")
    assert client.get("/v1/tasks").json()["data"][0]["taskId"] == id


@pytest.mark.parametrize("path", ["/v1/tasks/{id}", "/v1/tasks"])
class TestBoth:
    """What can go wrong with any answer goes wrong with both."""

    def struck(
        self, hiapi: StandIn, client: Client, path: str, id: str, kind: str, **options: Any
    ) -> httpx.Response:
        hiapi.faults.on("detail" if "{id}" in path else "list", kind, **options)
        return client.get(path.format(id=id))

    @pytest.mark.parametrize("status", [401, 404, 429, 500, 502, 503, 504])
    def test_it_has_an_error(self, hiapi: StandIn, client: Client, id: str, path: str, status: int) -> None:
        answer = self.struck(hiapi, client, path, id, f"refuse_{status}", retry_after="seconds", wait=3)
        assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")

    def test_it_is_a_web_page(self, hiapi: StandIn, client: Client, id: str, path: str) -> None:
        answer = self.struck(hiapi, client, path, id, "html_200")
        assert (answer.status_code, answer.text[:6]) == (200, "<html>")

    def test_it_is_elsewhere(self, hiapi: StandIn, client: Client, id: str, path: str) -> None:
        answer = self.struck(hiapi, client, path, id, "redirect", to=hiapi.trap.url)
        assert (answer.status_code, answer.headers["Location"]) == (302, hiapi.trap.url)

    def test_it_is_half(self, hiapi: StandIn, client: Client, id: str, path: str) -> None:
        with pytest.raises(json.JSONDecodeError):
            self.struck(hiapi, client, path, id, "half_json").json()

    @pytest.mark.parametrize(("kind", "body"), [("empty", ""), ("null", "null"), ("array", "[]")])
    def test_it_is_another_document(
        self, hiapi: StandIn, client: Client, id: str, path: str, kind: str, body: str
    ) -> None:
        assert self.struck(hiapi, client, path, id, kind).text == body

    def test_it_is_slow(self, hiapi: StandIn, client: Client, id: str, path: str) -> None:
        assert self.struck(hiapi, client, path, id, "slow", seconds=0.05).status_code == 200

    @pytest.mark.parametrize("kind", ["hang", "drip"])
    def test_it_takes_for_ever(self, hiapi: StandIn, client: Client, id: str, path: str, kind: str) -> None:
        client.http.timeout = httpx.Timeout(0.1)
        with pytest.raises(httpx.ReadTimeout):
            self.struck(hiapi, client, path, id, kind, rate=1)

    @pytest.mark.parametrize("kind", ["reset", "cut"])
    def test_it_breaks(self, hiapi: StandIn, client: Client, id: str, path: str, kind: str) -> None:
        with pytest.raises(httpx.TransportError):
            self.struck(hiapi, client, path, id, kind)

    def test_it_has_no_end(self, hiapi: StandIn, client: Client, id: str, path: str) -> None:
        hiapi.faults.on("detail" if "{id}" in path else "list", "endless")
        read = 0
        with client.http.stream("GET", path.format(id=id)) as answer:
            for block in answer.iter_raw():
                read += len(block)
                if read > 2_000_000:
                    break
        assert read > 2_000_000
