"""What an answer of the provider's API means: taken, a definite no, not now, or nobody knows.

Errors have three shapes: {"code", "message", "error_code"}, {"error": {"code", "message"}}, and whatever a
proxy writes. A code is believed more than a status, and a status in the body more than a 200 around it.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from studio.providers.base import Taken
from studio.providers.errors import Declined, ProviderError, Scope, Unheard, Wait
from studio.providers.reason import reason

Headers = Mapping[str, str]

PATIENCE: Final = 5.0  # seconds, where we are told to wait and not how long
LONGEST: Final = 3600.0
NOT_TOLD: Final = -1.0
MODEL_PATIENCE: Final = 30.0
TASK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")

_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_REQUEST_ID: Final = re.compile(r"[\w.-]{1,100}", re.ASCII)
_BROKE: Final = re.compile(r"insufficient|quota|balance|credit|top.?up|arrears", re.IGNORECASE)
_CONTENT: Final = re.compile(r"polic|safety|moderat|unsafe|content.?filter|nsfw", re.IGNORECASE)
_MODEL: Final = re.compile(r"model\b.*\b(not exist|not found|unknown)|unknown model", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"(unknown|unexpected|unrecogni[sz]ed|extra|unsupported) (field|propert|parameter|argument|route)"
    r"|additional propert"
    r"|(input_urls|image_urls|\bimage\b)\S* (is|are) (not allowed|unknown|unexpected|required)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"fetch|download|reach|access|time.?out|expired|larger|too (large|big)|exceed", re.IGNORECASE
)
_FETCHING: Final = re.compile(r"fetch|download|retriev|reach|access|time.?out|expired", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """An answer in one shape. `status` is 0 for an error that does not tell its kind."""

    status: int
    code: str
    reason: str
    data: Any
    task_id: str
    request_id: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def values(self) -> dict[str, Any]:
        return {"reason": self.reason, "status": self.status, "request": self.request_id}


def taken(status: int, headers: Headers, body: bytes, now: float | None = None) -> Taken:
    """What the answer to a submission means. Raises Declined, Wait or Unheard."""
    said = read(status, body)
    if said.task_id and (said.good or said.status == 409):
        return Taken(said.task_id)
    raise_unless_good(said, headers, now)
    raise Unheard("answer_without_task" if said.data is not None else "answer_unreadable", **said.values)


def raise_unless_good(said: Said, headers: Headers, now: float | None = None) -> None:
    """For calls that buy something. Raises Declined, Wait or Unheard."""
    if not said.good:
        raise _refusal(said, headers, now) or _unclear(said)


def answered(status: int, headers: Headers, body: bytes, now: float | None = None) -> Any:
    """The data of the answer to a question, which buys nothing.

    Raises Wait or Unheard, and Declined only for what stops more than this question: that it was refused says
    nothing about what it asks after, and a task that was paid for must not end by it.
    """
    said = read(status, body)
    if said.good and said.data is not None:
        return said.data
    if said.good:
        raise Unheard("answer_unreadable", **said.values)
    if said.status >= 500 and said.status != 503:
        raise wait("provider_failed", headers, now, down=True, **said.values)
    no = _refusal(said, headers, now)
    raise no if isinstance(no, Wait) or (isinstance(no, Declined) and no.stops) else _unclear(said)


def read(status: int, body: bytes) -> Said:
    """An answer of any shape. Never raises: what is no JSON has no data, and its text is the reason."""
    document = parsed(body)
    if not isinstance(document, dict):
        text = "" if document is not None else body[:6000].decode("utf-8", "replace")
        return Said(status, "", reason(text), document, "", "")
    error = document.get("error")
    error = error if isinstance(error, dict) else {"message": error}
    name = document.get("error_code") or error.get("code") or document.get("code")
    return Said(
        status=_status(status, document),
        code=name.lower() if isinstance(name, str) else "",
        reason=reason(error.get("message") or document.get("message")),
        data=document.get("data") if "data" in document else document,
        task_id=_task_id((document.get("data"), document, error)),
        request_id=_matching(_REQUEST_ID, error.get("request_id") or document.get("request_id")),
    )


def parsed(body: bytes) -> Any:
    """JSON, or None for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def wait(
    code: str,
    headers: Headers,
    now: float | None = None,
    patience: float = PATIENCE,
    *,
    down: bool = False,
    **values: Any,
) -> Wait:
    """Not now, but as much later as the headers say; `patience` where they do not."""
    seconds = retry_after(headers, NOT_TOLD, now)
    if seconds == NOT_TOLD:
        return Wait(code, patience, down=down, told=False, **values)
    return Wait(code, seconds, down=down, **values)


def retry_after(headers: Headers, default: float = PATIENCE, now: float | None = None) -> float:
    """Seconds to wait: as many as we are told, an hour at most. What makes no sense counts as not told."""
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - (time.time() if now is None else now)
    except (ValueError, TypeError, OverflowError):
        return default
    return min(seconds, LONGEST) if seconds > 0 else default


def is_about_content(*texts: str) -> bool:
    """Whether a refusal is about what the words or pictures show."""
    return any(_CONTENT.search(text) for text in texts)


def _refusal(said: Said, headers: Headers, now: float | None) -> ProviderError | None:
    """None where it does not say whether anything was bought."""
    if told := _told_to_wait(said, headers, now):
        return told
    if said.code in BY_CODE:
        return _no(said, *BY_CODE[said.code])
    if said.status in (400, 422):
        return _bad_request(said)
    if said.status == 403 and _BROKE.search(said.reason):
        return _no(said, "balance_empty", "all")
    if said.status == 404 and _MODEL.search(said.reason):
        return _no(said, "model_not_found", "model")
    return _no(said, *BY_STATUS[said.status]) if said.status in BY_STATUS else None


def _told_to_wait(said: Said, headers: Headers, now: float | None) -> Wait | None:
    if said.code == "model_unavailable":
        return wait("model_unavailable", headers, now, MODEL_PATIENCE, **said.values)
    if said.code == "idempotency_key_processing":
        return wait("still_processing", headers, now, **said.values)
    if said.code in BY_CODE:
        return None
    if said.status == 429 or said.code == "rate_limit_exceeded":
        return wait("too_fast", headers, now, **said.values)
    if said.status == 503:
        return wait("provider_busy", headers, now, down=True, **said.values)
    return None


BY_CODE: Final[dict[str, tuple[str, Scope]]] = {
    "permission_denied": ("model_forbidden", "model"),
    "model_not_found": ("model_not_found", "model"),
    "idempotency_key_mismatch": ("key_mismatch", ""),
    "insufficient_balance": ("balance_empty", "all"),
    "insufficient_quota": ("balance_empty", "all"),
    "content_policy_violation": ("content_refused", ""),
}
BY_STATUS: Final[dict[int, tuple[str, Scope]]] = {
    301: ("provider_elsewhere", "all"),
    307: ("provider_elsewhere", "all"),
    308: ("provider_elsewhere", "all"),
    401: ("key_refused", "all"),
    402: ("balance_empty", "all"),
    403: ("key_forbidden", "all"),
    404: ("provider_elsewhere", "all"),
    405: ("provider_elsewhere", "all"),
    409: ("conflict", ""),
    413: ("request_too_big", ""),
    415: ("request_type", "all"),
}
# Said before a key is looked at, or about the key itself: as an answer to a repetition it tells nothing about
# the first call. The others judge the request alone, and would have judged the first one likewise.
PROOFS: Final = ("request_refused", "request_too_big", "request_type", "dialect_wrong")


def _bad_request(said: Said) -> Declined:
    """Content is the user's, a field that is not known ours; one reference that cannot be read is neither."""
    if is_about_content(said.code, said.reason):
        return _no(said, "content_refused")
    if said.status == 400 and _FIELD.search(said.reason) and not _LINK.search(said.reason):
        return _no(said, "dialect_wrong", "model")
    if _FETCHING.search(said.reason):  # a link that led somewhere when it was first followed may not any more
        return Declined("request_refused", proves=False, **said.values)
    return _no(said, "request_refused")


def _no(said: Said, code: str, stops: Scope = "") -> Declined:
    return Declined(code, stops=stops, proves=code in PROOFS, **said.values)


def _unclear(said: Said) -> Unheard:
    failed = said.status >= 500 or said.status == 408
    return Unheard("provider_failed" if failed else "answer_unreadable", **said.values)


def _status(status: int, document: dict[str, Any]) -> int:
    if not 200 <= status < 300:
        return status
    told = document.get("code")
    told = int(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{3}", told) else told
    if isinstance(told, int) and 400 <= told < 600:
        return told
    is_error = document.get("error") or document.get("error_code")
    return 0 if is_error and not document.get("data") else status


def _task_id(places: Iterable[Any]) -> str:
    for place in places:
        if isinstance(place, dict):
            found = _matching(TASK_ID, place.get("taskId") or place.get("task_id"))
            if found:
                return found
    return ""


def _matching(pattern: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
