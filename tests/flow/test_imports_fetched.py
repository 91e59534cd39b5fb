"""Pictures that a list names by their addresses are fetched, once, from public places only."""

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import LazySettings

from studio.flow import import_apply, imports, intake
from studio.models import Brand, Packshot
from studio.providers.errors import Declined
from studio.providers.fetch import fetch
from studio.providers.http import Answer, Http
from tests.archives import packed
from tests.flow.importing import checked, done, left_out, shot, verdicts


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Callable[[dict[str, tuple[int, bytes]]], str]]:
    """`server({"/a.jpg": (200, data)})` answers on this machine, which is allowed for once."""
    answers: dict[str, tuple[int, bytes]] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, data = answers.get(self.path, (404, b""))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", data.decode())
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Silence."""

    living = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=living.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{living.server_port}"
    settings.FETCH_ALLOW = frozenset({place})

    def serve(pages: dict[str, tuple[int, bytes]]) -> str:
        answers.update(pages)
        return f"http://{place}"

    yield serve
    living.shutdown()
    living.server_close()
    import_apply._http(settings.FETCH_ALLOW).close()


Server = Callable[[dict[str, tuple[int, bytes]]], str]


def test_a_picture_is_fetched_and_not_doubled(brand: Brand, server: Server) -> None:
    home = server(
        {
            "/a.jpg": (200, shot(0)),
            "/moved": (302, b"/a.jpg"),
            "/b.jpg": (301, b"/c.jpg"),
            "/c.jpg": (200, shot(1)),
        }
    )
    text = f"SKU,image\nA,{home}/a.jpg\nB,{home}/b.jpg\n"
    done(brand, text=text)
    assert Packshot.objects.count() == 2
    again = checked(brand, text=text)
    assert set(verdicts(again).values()) == {"unchanged"}
    moved = done(brand, text=f"SKU,image\nA,{home}/moved\n")
    assert verdicts(moved) == {"A": "unchanged"}, "nobody knew before what is there"
    assert Packshot.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, b""), "fetch_gone"),
        ((403, b"no"), "fetch_gone"),
        ((500, b""), "fetch_trouble"),
        ((429, b""), "fetch_trouble"),
        ((302, b"/x"), "fetch_moved"),
        ((302, b"http://127.0.0.1:1/secret"), "fetch_refused"),
        ((302, b"https://169.254.169.254/latest/"), "fetch_refused"),
        ((302, b"file:///etc/passwd"), "fetch_refused"),
        ((200, b"<html>"), "format_refused"),
        ((200, b"words"), "not_an_image"),
        ((200, b""), "empty"),
        ((200, bytes(2_000_001)), "fetch_too_big"),
    ],
)
def test_an_address_that_gives_no_picture_has_a_reason(
    brand: Brand, server: Server, settings: LazySettings, answer: tuple[int, bytes], code: str
) -> None:
    settings.UPLOAD_BYTES = 2_000_000
    home = server({"/x": answer})
    imported = done(brand, text=f"SKU,image\nA,{home}/x\n")
    assert verdicts(imported) == {"A": "new"}, "the product was made"
    assert [*left_out(imported).values()] == [code]
    assert imports.counts(imported)["problem"] == 0
    assert imports.packshots(imported) == {"came": 0, "open": 0, "again": 0, "here": 0, "failed": 1}


def test_a_server_in_trouble_is_asked_again(brand: Brand, server: Server) -> None:
    home = server({"/x": (503, b"")})
    imported = done(brand, text=f"SKU,image\nA,{home}/x\n")
    assert imports.failed_for_now(imported).count() == 1
    server({"/x": (200, shot(0))})
    imports.retry(imported)
    imports.finish(imported)
    assert verdicts(imported) == {"A": "new"}
    assert imports.packshots(imported)["came"] == 1
    assert Packshot.objects.count() == 1


def test_the_same_list_with_the_same_failures_changes_nothing_and_says_so(
    brand: Brand, server: Server
) -> None:
    broken = shot(1)[:-400]
    home = server({"/here.jpg": (200, shot(0)), "/gone.jpg": (404, b"")})
    text = f"SKU,name,image\nA,Mug,{home}/here.jpg|{home}/gone.jpg\nB,Cup,{home}/gone.jpg\nC,Jar,c.jpg\n"
    data = packed({"c.jpg": broken})
    first = done(brand, text=text, archive=data)
    assert verdicts(first) == {"A": "new", "B": "new", "C": "new"}
    assert imports.packshots(first) == {"came": 1, "open": 0, "again": 0, "here": 0, "failed": 3}
    again = checked(brand, text=text, archive=data)
    assert verdicts(again) == {"A": "unchanged", "B": "unchanged", "C": "unchanged"}
    assert imports.packshots(again) == {"came": 0, "open": 3, "again": 3, "here": 1, "failed": 0}
    imports.apply(again)
    imports.finish(again)
    assert verdicts(again) == {"A": "unchanged", "B": "unchanged", "C": "unchanged"}
    assert imports.packshots(again) == {"came": 0, "open": 0, "again": 0, "here": 1, "failed": 3}


def test_what_failed_before_and_comes_now_is_a_change(brand: Brand, server: Server) -> None:
    home = server({"/x": (404, b"")})
    done(brand, text=f"SKU,image\nA,{home}/x\n")
    server({"/x": (200, shot(0))})
    again = done(brand, text=f"SKU,image\nA,{home}/x\n")
    assert (verdicts(again), again.rows.get().changes) == ({"A": "changed"}, ["packshots"])
    assert Packshot.objects.count() == 1


def test_an_address_whose_picture_was_another_products_has_not_failed(brand: Brand, server: Server) -> None:
    home = server({"/x": (200, shot(0))})
    intake.receive(brand, None, "OLD.jpg", shot(0))
    text = f"SKU,image\nA,{home}/x\n"
    assert list(left_out(done(brand, text=text)).values()) == ["file_same_as"]
    Packshot.objects.all().delete()
    again = checked(brand, text=text)
    assert verdicts(again) == {"A": "changed"}
    assert imports.packshots(again)["again"] == 0


class Slow(Http):
    """Servers that let a while pass before they lead on."""

    def __init__(self, clock: list[float]) -> None:
        super().__init__()
        self.clock, self.given = clock, list[float]()

    def ask(self, *_: object, seconds: float, **__: object) -> Answer:  # type: ignore[override]
        self.given.append(seconds)
        self.clock[0] += 25
        return Answer(302, {"location": "https://example.com/on"}, b"")


def test_an_address_has_one_deadline_wherever_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    slow = Slow(clock)
    with pytest.raises(Declined, match="fetch_moved"):
        fetch(slow, "https://example.com/a.jpg", 1000)
    assert slow.given == [60, 35, 10, 0]


def test_out_of_time_nobody_is_asked_any_more(
    brand: Brand, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.providers.fetch.SECONDS", 0.0)
    home = server({"/x": (200, shot(0))})
    assert [*left_out(done(brand, text=f"SKU,image\nA,{home}/x\n")).values()] == ["fetch_unreached"]


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/a.jpg", "https://localhost:1/a.jpg", "https://[::1]/a"]
)
def test_private_places_are_never_asked(brand: Brand, address: str) -> None:
    assert [*left_out(done(brand, text=f"SKU,image\nA,{address}\n")).values()] == ["fetch_refused"]


def test_a_place_that_leads_nowhere_costs_its_own_row_alone(brand: Brand, server: Server) -> None:
    home = server({"/a.jpg": (302, b"https://[/x"), "/b.jpg": (200, shot(1))})
    imported = done(brand, text=f"SKU,image\nA,{home}/a.jpg\nB,{home}/b.jpg\n")
    assert left_out(imported) == {f"{home}/a.jpg": "fetch_refused"}
    assert verdicts(imported) == {"A": "new", "B": "new"}
    assert Packshot.objects.get().product.sku == "B"
