"""Settings under which money, work or requests could be lost are refused before anything starts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from studio import env
from studio.imaging import credentials

BROKERS: Final = ("orm", "redis", "django_redis", "sqs", "iron_mq", "mongo", "broker_class")


def queue_is_safe(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Q_CLUSTER as django-q reads it: what is not set has django-q's default, and most of those harm us."""
    return [*_delivery_faults(settings.Q_CLUSTER), *_load_faults(settings.Q_CLUSTER)]


def databases_are_safe(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [fault for database in settings.DATABASES.values() for fault in _database_faults(database)]


def signer_can_sign(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The owner's certificate and key, tried on a pixel."""
    if not settings.C2PA_SIGNER:
        return []
    try:
        credentials.check(settings.C2PA_SIGNER)
    except credentials.NotSigned as error:
        names = [env.text(f"STUDIO_C2PA_{name}") for name in ("CERTIFICATE", "KEY")]
        seen = f"STUDIO_C2PA_CERTIFICATE {names[0]!r} and STUDIO_C2PA_KEY {names[1]!r} cannot sign: {error}."
        way = "Name a valid chain of PEM certificates, its owner's first, and the PKCS#8 key to it."
        return [Error(seen, way, id="studio.E009")]
    return []


def _delivery_faults(queue: Mapping[str, Any]) -> Iterator[Error]:
    """Each message is handed out once, and by one broker."""
    timeout, retry = queue.get("timeout"), queue.get("retry", 60)
    waits = 1 + _prefetched(queue) / _workers(queue)
    if not timeout or retry <= timeout * waits:
        seen = f"Q_CLUSTER has timeout {timeout} and retry {retry}: tasks start again while they still run."
        yield Error(seen, f"Set a timeout, and retry above {waits:g} times that.", id="studio.E001")
    if queue.get("max_attempts") != 1 or not queue.get("ack_failures"):
        seen = "Q_CLUSTER lets the queue repeat what failed; only a row knows whether it may be bought again."
        yield Error(seen, "Set max_attempts to 1 and ack_failures to True.", id="studio.E002")
    brokers = [name for name in BROKERS if queue.get(name)]
    if len(brokers) != 1:
        seen = f"Q_CLUSTER names {len(brokers)} brokers {brokers}: messages could go where nobody looks."
        yield Error(seen, "Name exactly one.", id="studio.E003")


def _load_faults(queue: Mapping[str, Any]) -> Iterator[Error]:
    """Nothing piles up: in a cluster's memory, in the results, after a downtime."""
    if _prefetched(queue) > 2 * _workers(queue):
        seen = f"Q_CLUSTER has queue_limit {_prefetched(queue)}: so many messages are lost with the cluster."
        yield Error(seen, f"Set it to the number of workers, {_workers(queue)}.", id="studio.E004")
    if (kept := queue.get("save_limit", 250)) > 0:
        seen = f"Q_CLUSTER has save_limit {kept}: each finished task locks every stored one."
        yield Error(seen, "Set it to 0; the heartbeat removes old results.", id="studio.E005")
    if queue.get("catch_up", True):
        seen = "Q_CLUSTER has catch_up True: every missed schedule runs at once after a downtime."
        yield Error(seen, "Set it to False.", id="studio.E006")


def _database_faults(database: Mapping[str, Any]) -> Iterator[Error]:
    if database.get("ATOMIC_REQUESTS"):
        seen = (
            f"The database {database['NAME']} has ATOMIC_REQUESTS True: every page waits for the one writer."
        )
        yield Error(seen, "Set it to False; flow opens its own short transactions.", id="studio.E007")
    mode = database.get("OPTIONS", {}).get("transaction_mode")
    if database["ENGINE"].endswith("sqlite3") and mode != "IMMEDIATE":
        seen = (
            f"The database {database['NAME']} has transaction_mode {mode}: under load, writes fail at once."
        )
        yield Error(seen, 'Set OPTIONS["transaction_mode"] to "IMMEDIATE".', id="studio.E008")


def _workers(queue: Mapping[str, Any]) -> int:
    return int(queue.get("workers") or 1)


def _prefetched(queue: Mapping[str, Any]) -> int:
    return int(queue.get("queue_limit", _workers(queue) ** 2))
