"""The stand-in for HiAPI in a process of its own: prints its settings, at the end what it has seen, as JSON.

python -m bench.seller LOW HIGH [SECRET]
"""

import json
import signal
import sys
import threading
import time

from tests.standin import StandIn


def main(low: str, high: str, secret: str = "") -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with StandIn(latency=(float(low), float(high)), pictures="flat", secret=secret) as hiapi:
        print(json.dumps(hiapi.environment()), flush=True)
        stop.wait()
        print(json.dumps(seen(hiapi)), flush=True)


def seen(hiapi: StandIn) -> dict[str, object]:
    """When each task was finished, in seconds of this machine's clock, and how much was asked in a second."""
    shift = time.time() - hiapi.clock.now()
    polls = [
        entry
        for entry in hiapi.ledger.entries
        if entry.method == "GET" and entry.path.startswith("/v1/tasks")
    ]
    listed = [entry.real for entry in polls if "?" in entry.path or entry.path.rstrip("/") == "/v1/tasks"]
    return {
        "finished": {task.id: task.ends_at + shift for task in hiapi.tasks},
        "paid": len(hiapi.ledger.paid),
        "spent": hiapi.ledger.spent(),
        "lists": listed,
        "polls": [entry.real for entry in polls],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
