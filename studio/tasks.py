"""NOW: ids in, one flow call out. The queue calls these by name."""

from studio.flow import cut, cutout, export, render, sweep


def work_on_renders() -> None:
    render.work()


def build_exports() -> None:
    export.work()


def cut_out(packshot_id: int) -> None:
    cutout.prepare(packshot_id)


def cut_render(render_id: int) -> None:
    cut.prepare(render_id)


def sing() -> None:
    sweep.hear_canary()
