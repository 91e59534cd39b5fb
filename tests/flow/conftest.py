"""A scripted engine in place of the embedded one, so that a test decides what the engine says."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from studio.flow.engines import ENGINES
from studio.models import Brand, Render
from tests import cast, pictures
from tests.engines import Answer, Scripted, ScriptedRemote


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """`script(Taken("t1"), DONE)` puts an engine with these answers behind the name `local`."""

    def put(*answers: Answer, **options: object) -> Scripted:
        engine = Scripted(*answers, **options)  # type: ignore[arg-type]
        monkeypatch.setitem(ENGINES, "local", engine)
        return engine

    return put


@pytest.fixture
def sell(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Callable[..., ScriptedRemote]:
    """`sell(Unheard("no_answer"))` puts a seller of pictures with these answers behind the name `hiapi`."""
    settings.HIAPI_KEY = "sk-test"
    settings.HIAPI_RPM, settings.HIAPI_CONCURRENCY = 6000, 8

    def put(*answers: object, **options: object) -> ScriptedRemote:
        engine = ScriptedRemote(*answers, **options)  # type: ignore[arg-type]
        monkeypatch.setitem(ENGINES, "hiapi", engine)
        return engine

    return put


@pytest.fixture
def queued(brand: Brand) -> list[Render]:
    shot = cast.packshot(cast.product(brand), pictures.photo())
    ready = {"product": shot.product, "packshot": shot, "engine": "hiapi", "model": "gi2-edit"}
    shoot = cast.shoot(brand, launched=True)
    return [cast.render(shoot, **ready) for _ in range(12)]
