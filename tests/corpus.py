"""Sends every file of folders through the upload page and says what became of them.

    python -m tests.corpus FOLDER… [--living] [--sample N] [--seed S] [--list]

On data of its own, which is gone afterwards. `--living` sends them over HTTP to a real Studio with all its
processes. Exit 1 when the page or a process broke, or when fewer than 99 % of JPEG, PNG and WebP files met
the verdict of plain Pillow.
"""

# ruff: noqa: E402

import argparse
import html
import io
import logging
import os
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()
logging.disable(logging.WARNING)

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import get_runner
from PIL import Image

from studio.models import Role
from tests import cast
from tests.living import Studio
from tests.visitor import Visitor

SURE = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
TOLD = re.compile(r"<p data-told>(.*?)</p>", re.DOTALL)
AGREEMENT = 0.99


@dataclass(frozen=True)
class Verdict:
    path: Path
    kind: str  # JPEG, PNG, WebP or other, by content
    status: int
    sentence: str
    seconds: float
    agrees: bool

    @property
    def taken(self) -> bool:
        return self.status == 200


Send = Callable[[str, bytes], tuple[int, bytes]]


def main() -> int:
    wanted = _arguments()
    paths = sorted(path for folder in wanted.folders for path in folder.rglob("*") if path.is_file())
    if wanted.sample:
        paths = random.Random(wanted.seed).sample(paths, min(wanted.sample, len(paths)))
    with _living() if wanted.living else _in_process() as (send, dead):
        verdicts = [_judge(send, path) for path in paths]
        deaths = dead()
    return _report(verdicts, deaths, wanted.list)


def _judge(send: Send, path: Path) -> Verdict:
    data = path.read_bytes()
    started = time.monotonic()
    status, page = send(path.name, data)
    seconds = time.monotonic() - started
    told = TOLD.search(page.decode())
    sentence = html.unescape(re.sub("<[^>]+>", "", told[1])).split(".")[0] if told else f"{status}"
    kind = kind_of(data)
    agrees = kind == "other" or (status == 200) == _reference_takes(data)
    return Verdict(path, kind, status, sentence, seconds, agrees)


def kind_of(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return next((kind for mark, kind in SURE.items() if data.startswith(mark)), "other")


def _reference_takes(data: bytes) -> bool:
    """What Pillow says, with the pixel limit as an error and nothing but these three formats."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
                if image.width * image.height > settings.UPLOAD_PIXELS:
                    return False
                image.load()
                image.convert("RGBA")
        except Exception:
            return False
    return True


def _report(verdicts: list[Verdict], deaths: int, listed: bool) -> int:
    broken = [verdict for verdict in verdicts if verdict.status not in (200, 422)]
    ours = [verdict for verdict in verdicts if verdict.kind != "other"]
    astray = [verdict for verdict in ours if not verdict.agrees]
    seconds = [verdict.seconds for verdict in verdicts] * 2
    p99 = quantiles(seconds, n=100)[98]
    print(f"{len(verdicts)} files: {sum(v.taken for v in verdicts)} taken, of them {_kinds(verdicts)}")
    print(f"{len(broken)} broken pages, {deaths} processes of web died")
    print(f"p99 {p99:.2f} s, slowest {max(seconds):.2f} s")
    print(f"{len(ours)} JPEG, PNG and WebP files: {len(astray)} verdicts differ from Pillow's")
    for verdict in [*broken, *astray]:
        print(f"  {verdict.path.name}: {verdict.status} {verdict.sentence}")
    for sentence, count in Counter(v.sentence for v in verdicts if not v.taken).most_common():
        print(f"{count:6} {sentence}")
    for verdict in verdicts if listed else []:
        print(f"{verdict.seconds:7.2f} s {verdict.kind:6} {verdict.status} {verdict.path} {verdict.sentence}")
    return int(bool(broken or deaths) or len(astray) > (1 - AGREEMENT) * len(ours))


def _kinds(verdicts: list[Verdict]) -> str:
    counts = Counter(verdict.kind for verdict in verdicts if verdict.taken)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())


@contextmanager
def _in_process() -> Iterator[tuple[Send, Callable[[], int]]]:
    """The page without a server: nothing of web can die but this process."""
    runner = get_runner(settings)(verbosity=0, interactive=False)
    runner.setup_test_environment()
    before = runner.setup_databases()
    brand = cast.brand()
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.person("Ines Marrow", brand, Role.MARKETER))

    def send(name: str, data: bytes) -> tuple[int, bytes]:
        body = {"file": SimpleUploadedFile(name, data)}
        answer = browser.post(f"/b/{brand.slug}/products/upload/", body, headers={"HX-Request": "true"})
        return answer.status_code, answer.content

    try:
        yield send, lambda: 0
    finally:
        runner.teardown_databases(before)
        runner.teardown_test_environment()


@contextmanager
def _living() -> Iterator[tuple[Send, Callable[[], int]]]:
    with TemporaryDirectory() as folder:
        studio = Studio(Path(folder) / "data").start()
        try:
            with closing(Visitor(studio)) as visitor:
                before = _web(studio)
                yield visitor.upload, lambda: len(before - _web(studio))
        finally:
            studio.stop()


def _web(studio: Studio) -> set[int]:
    leader = studio.leader("gunicorn")
    return {leader.pid, *(worker.pid for worker in studio.under(leader.pid))}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--living", action="store_true", help="a real Studio, over HTTP")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="every file with its verdict")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
