"""A task as the provider shows it, alone or in its list, in the documented shape and in others seen."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from studio.providers import data_url
from studio.providers.answers import TASK_ID, is_about_content
from studio.providers.base import Finished, Glance, Ready, Task, Working
from studio.providers.errors import Declined, ProviderError, Unheard
from studio.providers.reason import reason

log = logging.getLogger(__name__)

POLITE: Final = 5.0  # seconds between two looks
PAGE: Final = 100
GOOD: Final = ("success", "succeeded", "completed")
BAD: Final = ("fail", "failed", "error", "cancelled", "canceled", "timeout")
AT_WORK: Final = ("queued", "handling", "archiving", "pending", "processing", "running")
LISTS: Final = ("tasks", "items", "list", "records")
FAILURES: Final = {
    "task_timeout": ("task_timeout", True),
    "storage_unavailable": ("storage_unavailable", True),
    "model_unavailable": ("model_unavailable", False),
}
FAR: Final = 253_402_300_799  # the last second of the year 9999

News = Working | Ready | Finished


def news(task: Any) -> News:
    """How it goes. Raises Declined when it failed, Unheard when the answer is no task or has no result."""
    if not isinstance(task, Mapping) or not isinstance(task.get("status"), str):
        raise Unheard("answer_unreadable")
    status = task["status"].strip().lower()
    if status in GOOD:
        return _result(task.get("output"))
    if status in BAD:
        raise _failure(task.get("error"))
    if status not in AT_WORK:
        log.warning("A task has the status %r, which nobody knows here", status[:40])
    return Working(POLITE)


def news_of(task_id: str, task: Any) -> News:
    """Like `news`, for an answer that must not be about another task. Raises Unheard when it is."""
    if isinstance(task, Mapping) and task.get("taskId", task_id) != task_id:
        raise Unheard("answer_unreadable")
    return news(task)


def glance(data: Any) -> Glance:
    """A page of the list. Raises Unheard for what is no list.

    What is no task in it is left out, and so is a result that the list does not show: it may still stand in
    the task itself, which is looked at when the list says nothing about it.
    """
    tasks = next((data[name] for name in LISTS if name in data), None) if isinstance(data, Mapping) else data
    if not isinstance(tasks, list):
        raise Unheard("answer_unreadable")
    told = [listed for one in tasks if _is_task(one) and (listed := _listed(one))]
    return Glance(told, more=len(tasks) >= PAGE)


def moment(value: Any) -> datetime | None:
    """A time given as Unix seconds, as their text, or as ISO 8601; None for everything else, 0 included."""
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (ValueError, TypeError, OverflowError):
        return _iso(value) if isinstance(value, str) else None
    if seconds > FAR:  # milliseconds
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= FAR else None


def _listed(task: Mapping[str, Any]) -> Task | None:
    told: News | Declined
    try:
        told = news(task)
    except Declined as no:
        told = no
    except ProviderError:
        return None
    model = task.get("model")
    return Task(task["taskId"], model if isinstance(model, str) else "", moment(task.get("created")), told)


def _is_task(one: Any) -> bool:
    return (
        isinstance(one, Mapping)
        and isinstance(one.get("taskId"), str)
        and TASK_ID.fullmatch(one["taskId"]) is not None
    )


def _result(output: Any) -> Ready | Finished:
    found = [one for one in output if _address(one)] if isinstance(output, list) else []
    pictures = [one for one in found if isinstance(one, Mapping) and one.get("type") == "image"]
    if not found:
        raise Unheard("output_missing")
    chosen = (pictures or found)[0]
    address = _address(chosen)
    if data_url.is_data_url(address):
        try:
            return data_url.decode(address)
        except ValueError:
            raise Unheard("output_missing") from None
    return Ready(address, moment(chosen.get("expireAt")) if isinstance(chosen, Mapping) else None)


def _address(output: Any) -> str:
    address = output.get("url") if isinstance(output, Mapping) else output
    return address.strip() if isinstance(address, str) else ""


def _failure(error: Any) -> Declined:
    error = error if isinstance(error, Mapping) else {"message": error}
    said, code = reason(error.get("message")), str(error.get("code") or "").lower()
    if is_about_content(code, said):
        return Declined("content_refused", reason=said)
    name, again = FAILURES.get(code, ("task_failed", False))
    return Declined(name, again=again, reason=said)


def _iso(text: str) -> datetime | None:
    try:
        seen = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return seen if seen.tzinfo else seen.replace(tzinfo=UTC)
