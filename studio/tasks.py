"""NOW: ids in, one flow call out. The queue calls these by name."""

from studio.flow import cut, cutout, export, imports, sweep, work


def work_on_renders() -> None:
    work.work()


def build_exports() -> None:
    export.work()


def work_on_imports() -> None:
    imports.work()


def cut_out(packshot_id: int) -> None:
    cutout.prepare(packshot_id)


def cut_out_packshots() -> None:
    cutout.work()


def cut_renders() -> None:
    cut.work()


def sing() -> None:
    sweep.hear_canary()
