"""A real browser: against pages of the test's own data (`live_server`), or against a whole Studio (`studio`).

    def test_a_page(page, live_server, signed_in, marketer): ...       the cast's rows, no workers
    def test_a_page(page, live_server, workers, ...): ...              the same, and queued work gets done
    def test_a_walk(page, studio): page.goto(studio.welcome)           launcher, workers, starter data

They run one after the other in a process of their own (`tests/schedule.py`): Playwright leaves an event loop
running.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.flow import sweep
from studio.models import User
from tests.living import Studio

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
QUIET = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _rows_beside_an_event_loop() -> Iterator[None]:
    """Playwright's loop makes Django think that it is called from async code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """The machine has other tests to run."""
    expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every address here is whole. (The plugin's own fixture trips over pytest 9's warnings.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox does not work for root
    return {"executable_path": chromium(), "args": [*QUIET, *sandbox]}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page whose scripts must not fail, and which must not be refused anything by its own policy."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None
    )
    page.set_default_timeout(15_000)
    yield page
    assert said == []


@pytest.fixture
def signed_in(context: BrowserContext, live_server: LiveServer) -> Callable[[User], None]:
    """`signed_in(marketer)` makes the browser theirs, without walking through the door."""

    def sign_in(person: User) -> None:
        client = Client()
        client.force_login(person)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def workers(live_server: LiveServer) -> Iterator[None]:
    """The heartbeat, and one worker that does what the queue holds, in a thread beside the pages."""
    stop = Event()
    thread = Thread(target=_work, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A whole Studio after its first start: `studio.welcome` is open, the starter data is there."""
    living = Studio(Path(tmp_path_factory.mktemp("studio")) / "data").start()
    yield living
    living.stop()


def chromium() -> str:
    wanted = os.environ.get("STUDIO_CHROMIUM")
    for name in [wanted] if wanted else [*BROWSERS, ON_A_MAC]:
        if path := shutil.which(name):
            return path
    raise pytest.UsageError(
        f"No browser at {wanted or ', '.join(BROWSERS)}. Install Chromium, or name it: STUDIO_CHROMIUM=/path"
    )


def _work(stop: Event) -> None:
    try:
        while not stop.wait(0.1):
            close_old_connections()
            sweep.tick()
            for message in OrmQ.objects.order_by("pk"):
                if stop.is_set():  # the rows are about to go
                    break
                task = message.task
                message.delete()
                import_string(task["func"])(*task["args"])
    finally:
        connection.close()
