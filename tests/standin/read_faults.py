"""What can be odd about a task that is read, alone or in a list."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from tests.standin.faults import Fault
from tests.standin.reply_faults import ANY

Shown = dict[str, Any]
SYNONYMS: Final = {"success": "succeeded", "fail": "failed", "handling": "processing", "queued": "pending"}


def odd(fault: Fault, task: Shown) -> Shown:
    return SHAPES[fault.kind](fault, dict(task))


def odd_list(fault: Fault, data: Shown) -> Any:
    """The page in another shape: a bare array, or its tasks under another name."""
    if fault.kind in SHAPES:
        return {**data, "tasks": [odd(fault, task) for task in data["tasks"]]}
    if fault.kind == "bare_array":
        return data["tasks"]
    return {fault.kind: data["tasks"], **{name: data[name] for name in ("page", "size", "total")}}


def _status(fault: Fault, task: Shown) -> Shown:
    """Other spellings; options: success, fail, handling, queued, archiving."""
    words = {**SYNONYMS, **fault.options}
    return {**task, "status": words.get(task["status"], task["status"])}


def _unknown(fault: Fault, task: Shown) -> Shown:
    left = {name: one for name, one in task.items() if name not in ("output", "error")}
    return {**left, "status": fault.get("status", "pondering"), "completed": 0}


def _outputs(change: Callable[[Shown], Shown]) -> Callable[[Fault, Shown], Shown]:
    def changed(_: Fault, task: Shown) -> Shown:
        if "output" in task:
            task["output"] = [change(dict(one)) for one in task["output"]]
        return task

    return changed


def _without_expiry(output: Shown) -> Shown:
    return {name: one for name, one in output.items() if name != "expireAt"}


def _iso(output: Shown) -> Shown:
    at = datetime.fromtimestamp(output["expireAt"], UTC)
    return {**output, "expireAt": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _with(name: str, value: Any) -> Callable[[Fault, Shown], Shown]:
    return lambda _, task: {**task, name: value}


def _other_url(fault: Fault, task: Shown) -> Shown:
    """The picture at an address of the test's choice."""
    return _outputs(lambda output: {**output, "url": fault.options["url"]})(fault, task)


def _thumbnail_first(_: Fault, task: Shown) -> Shown:
    if "output" in task:
        small = {**task["output"][0], "type": "thumbnail", "url": task["output"][0]["url"] + "&thumbnail"}
        task["output"] = [small, *task["output"]]
    return task


def _success_only(change: Callable[[Fault, Shown], Shown]) -> Callable[[Fault, Shown], Shown]:
    return lambda fault, task: change(fault, task) if task["status"] == "success" else task


def _without_error(_: Fault, task: Shown) -> Shown:
    return {name: one for name, one in task.items() if name != "error"}


def _error_says_success(_: Fault, task: Shown) -> Shown:
    return {**task, "error": {"message": "success"}} if "error" in task else task


SHAPES: Final[dict[str, Callable[[Fault, Shown], Shown]]] = {
    "synonyms": _status,
    "unknown_status": _unknown,
    "completed_zero": _with("completed", 0),
    "completed_null": _with("completed", None),
    "expiry_missing": _outputs(_without_expiry),
    "expiry_null": _outputs(lambda output: {**output, "expireAt": None}),
    "expiry_iso": _outputs(_iso),
    "expiry_text": _outputs(lambda output: {**output, "expireAt": str(output["expireAt"])}),
    "empty_output": _success_only(_with("output", [])),
    "null_output": _success_only(_with("output", None)),
    "output_number": _success_only(_with("output", 5)),
    "thumbnail_first": _thumbnail_first,
    "output_url": _other_url,
    "error_missing": _without_error,
    "error_says_success": _error_says_success,
    "other_id": _with("taskId", "tk-hiapi-00000000000000000000000000"),
}
SHAPES_OF_LISTS: Final = ("bare_array", "items", "list", "records")
DETAIL: Final = (*ANY, *SHAPES, "data_url")
LIST: Final = (*ANY, *SHAPES, *SHAPES_OF_LISTS)
