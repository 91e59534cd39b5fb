"""Web, workers and heartbeat under one roof: `python -m studio.launcher`."""

from typing import Final

WEDGED: Final = 75  # what the heartbeat ends with when the queue has to be replaced
