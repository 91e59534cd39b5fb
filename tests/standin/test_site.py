"""What is told about models agrees with what is taken."""

import pytest

from tests.standin import StandIn
from tests.standin.client import CREATE, EDIT, Client
from tests.standin.dialects import MODELS


def test_models_are_listed_for_a_key(client: Client) -> None:
    names = [one["id"] for one in client.get("/v1/models").json()["data"]]
    assert {EDIT, CREATE, "gpt-image-2.5-flare@pro"} <= set(names)
    assert len(names) == len(set(names))
    client.http.headers.pop("Authorization")
    assert client.get("/v1/models").status_code == 401


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.priced_as)
def test_a_schema_lists_what_is_taken(client: Client, model: object) -> None:
    name = model.priced_as  # type: ignore[attr-defined]
    client.http.headers.pop("Authorization")
    schema = client.get(f"/api/models/content?name={name}").json()["data"]["input_schema"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {"model", *model.fields}  # type: ignore[attr-defined]
    assert set(schema["required"]) <= set(schema["properties"])


def test_a_schema_has_limits_and_choices(client: Client) -> None:
    edit = client.get(f"/api/models/content?name={EDIT}").json()["data"]["input_schema"]["properties"]
    assert (edit["input_urls"]["minItems"], edit["input_urls"]["maxItems"]) == (1, 16)
    assert edit["prompt"]["maxLength"] == 20_000
    assert edit["resolution"] == {"type": "string", "enum": ["1K", "2K", "4K"], "default": "1K"}
    pro = client.get("/api/models/content?name=gpt-image-2.5-flare@pro").json()["data"]["input_schema"]
    assert pro["properties"]["image_urls"]["items"]["pattern"] == "^https?://"


@pytest.mark.parametrize("name", ["gpt-image-2-pro", "", "x@y"])
def test_there_is_no_schema_of_what_is_not_sold(client: Client, name: str) -> None:
    assert client.get(f"/api/models/content?name={name}").status_code == 404


def test_the_catalogue_has_every_route(client: Client) -> None:
    models = {one["id"]: one for one in client.get("/docs/models.json").json()["models"]}
    assert set(models) == {model.priced_as for model in MODELS}
    fields = {one["name"]: one for one in models[f"{EDIT}@ext"]["input"]}
    assert fields["quality"] == {
        "name": "quality",
        "required": True,
        "type": "string",
        "enum": ["low", "medium", "high"],
    }


@pytest.mark.parametrize(
    ("point", "path"),
    [
        ("models", "/v1/models"),
        ("schema", f"/api/models/content?name={EDIT}"),
        ("catalogue", "/docs/models.json"),
    ],
)
def test_each_fails_like_any_answer(hiapi: StandIn, client: Client, point: str, path: str) -> None:
    hiapi.faults.on(point, "refuse_503", times=1)
    assert [client.get(path).status_code for _ in range(2)] == [503, 200]
