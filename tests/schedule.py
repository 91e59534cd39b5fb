"""Which tests several processes at once leave to one of them."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser/"  # with two pages at once, scripts come later than a test has chosen
SAMPLES = "tests/imaging/test_cutout.py"  # cuts each sample out once for all its tests


class Schedule(LoadScopeScheduling):
    """Tests go to whoever is free, one by one; what belongs together goes first, largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in (BROWSER, SAMPLES) if nodeid.startswith(start)), nodeid)

    def _reschedule(self, node: WorkerController) -> None:
        """Who has the browser's tests gets no others after them: an event loop goes on in that process."""
        if len(self.nodes) == 1 or BROWSER not in self.assigned_work[node]:
            super()._reschedule(node)
        elif not node.shutting_down:
            node.shutdown()
