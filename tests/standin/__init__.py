"""A stand-in for HiAPI: the same addresses, rules, prices and callbacks, and every fault, on this machine.

In a test, with Studio in this process or in others:

    with StandIn(seed=1, latency=(0.2, 0.6), secret="0123456789abcdef") as hiapi:
        hiapi.environment()                                    # the settings with which Studio uses it
        hiapi.faults.on("create", "accept_then_502", chance=0.1)
        hiapi.faults.on("task", "TASK_TIMEOUT", times=3)
        hiapi.faults.on("callback", "duplicate", copies=10, when=lambda task: task.number % 2)
        hiapi.advance(24 * 3600)                               # its clock; what falls due is done
        assert all(len(paid) == 1 for paid in hiapi.ledger.paid_by_key().values())

By hand: `python -m tests.standin --fault file/cut:at=1000`, which prints the settings.

To find one's way: `routes.py` is the table of contents, `api.py` and `life.py` are what a task goes through,
`dialects.py` has the models, `*_faults.py` the faults of each point, `ledger.py` what tests may ask.

Where no source says what HiAPI does, an option says it: `charge_failed`, `renew`, `keys.remember_refusals`,
`limits.running`, `Plan.resign`, the leniency "square_4k". Without an option: a wrong key, a missing model,
a barred one and too many requests get the gateway's nested error, all else the flat one; an unknown model is
a 404; a reference is fetched once, while the task is handled, and only from this machine.
"""

from tests.standin.standin import StandIn

__all__ = ["StandIn"]
