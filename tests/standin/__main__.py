"""Runs the stand-in in the foreground and prints the settings with which Studio buys from it.

A command behind `--` is run with those settings: `python -m tests.standin -- bin/run`. Callbacks and links
to references then lead to Studio's own port. What was ordered is forgotten when the stand-in stops.
"""

import errno
import os
import shlex
import signal
import subprocess
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from studio import env
from tests.standin.standin import StandIn

PORT: Final = 8011  # the same at every start, so that a second terminal finds it again


def main(arguments: Sequence[str] | None = None) -> None:
    asked = parse(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    hiapi = _standin(asked)
    for line in asked.fault:
        point, _, kind = line.partition(":")[0].partition("/")
        hiapi.faults.on(point, kind, **options(line))
    with _listening(hiapi, asked.port):
        if asked.command:
            sys.exit(accompany(asked.command, hiapi))
        for name, value in hiapi.environment().items():
            print(f"{name}={value}", flush=True)
        while not stop.wait(0.2):  # a signal that another thread took does not end an endless wait
            pass


def _standin(asked: Namespace) -> StandIn:
    return StandIn(
        port=asked.port, seed=asked.seed, latency=tuple(asked.latency), secret=asked.secret,
        ignore_keys=asked.ignore_keys, rpm=asked.rpm, concurrency=asked.concurrency, ledger=asked.ledger,
        pictures=asked.pictures, speed=asked.speed,
    )  # fmt: skip


@contextmanager
def _listening(hiapi: StandIn, port: int) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(hiapi)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            sys.exit(f"Port {port} is taken; choose another with --port.")
        yield


def accompany(command: Sequence[str], hiapi: StandIn) -> int:
    """Runs it to its end. Ctrl-C reaches it as well, and is for it to act upon."""
    studio = f"http://127.0.0.1:{env.number('PORT', 8000, 1, 65535)}"
    settings = hiapi.environment() | {"STUDIO_PUBLIC_URL": studio}
    print(f"The stand-in for HiAPI answers at {hiapi.url} and forgets its tasks when it stops.")
    print("For check_hiapi and other commands in a second terminal:")
    print("".join(f"  export {name}={shlex.quote(value)}\n" for name, value in settings.items()), flush=True)
    return subprocess.run(command, env=os.environ | settings, check=False).returncode


def parse(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"{PORT} unless told; 0 is any free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, nargs=2, default=[3.0, 8.0], metavar=("LOW", "HIGH"))
    parser.add_argument("--secret", default="", help="signs callbacks")
    parser.add_argument("--ignore-keys", action="store_true", help="as if HiAPI knew no idempotency")
    parser.add_argument("--rpm", type=int, help="requests a minute before 429")
    parser.add_argument("--concurrency", type=int, help="requests at once before 429")
    parser.add_argument("--ledger", type=Path, help="a file that gets each row as a line of JSON")
    parser.add_argument("--pictures", choices=["drawn", "flat"], default="drawn")
    parser.add_argument("--speed", type=float, default=1.0, help="of its clock")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="POINT/KIND[:NAME=NUMBER,…]",
        help="for example create/accept_then_502:chance=0.1 or task/TASK_FAILED:times=3",
    )  # fmt: skip
    parser.add_argument("command", nargs="*", help="what to run with the stand-in's settings")
    return parser.parse_args(arguments)


def options(line: str) -> dict[str, Any]:
    """`create/hang:times=3,chance=0.1` -> {"times": 3, "chance": 0.1}"""
    pairs = (pair.split("=", 1) for pair in line.partition(":")[2].split(",") if pair)
    return {name: value_of(text) for name, text in pairs}


def value_of(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
