"""A scripted engine in place of the embedded one, so that a test decides what the engine says."""

from collections.abc import Callable

import pytest

from studio.flow.engines import ENGINES
from tests.engines import Answer, Scripted


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """`script(Taken("t1"), DONE)` puts an engine with these answers behind the name `local`."""

    def put(*answers: Answer, **options: object) -> Scripted:
        engine = Scripted(*answers, **options)  # type: ignore[arg-type]
        monkeypatch.setitem(ENGINES, "local", engine)
        return engine

    return put
