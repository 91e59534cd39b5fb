"""Reading the provider's list of tasks, as a worker does on its errand."""

import contextlib

from studio.flow import poll
from studio.models import Gate


def read_list() -> None:
    """One page of the list of `hiapi`."""
    Gate.of("hiapi")
    errand = poll.errand("hiapi")
    with contextlib.suppress(StopIteration):
        question = next(errand)
        while True:
            question = errand.send(question())
