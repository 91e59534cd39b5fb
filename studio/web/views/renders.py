"""One picture: looked at, compared, judged, made again."""

from collections.abc import Callable, Iterable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as page
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from studio.flow import review
from studio.models import Render, Role, State, User
from studio.web import addresses, picture, register, shapes
from studio.web.access import Request, render_of
from studio.web.frames import Frame


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The page; while the picture or a cut is being made its poll gets 204 until something changes."""
    render = render_of(request, pk, Role.VIEWER)
    version = f"{render.state}.{render.cuts.count()}"
    if request.htmx:
        same = request.GET.get("v") == version
        return HttpResponse(status=204) if same else HttpResponseClientRefresh()
    context = {
        "render": render,
        "version": version,
        "frame": Frame(render, may_act=request.role >= Role.MARKETER),
        "ratio_class": shapes.css(render.ratio),
        "neighbours": picture.neighbours(render),
        "takes": picture.takes(render),
        "facts": picture.facts(render),
        "prompt": picture.prompt(render, request.brand),
        "may_act": request.role >= Role.MARKETER,
    }
    return page(
        request, "renders/detail.html", context | (_stage(render) if render.state == State.DONE else {})
    )


@require_POST
def approve(request: Request, pk: int) -> HttpResponse:
    return _judge(request, pk, review.approve)


@require_POST
def reject(request: Request, pk: int) -> HttpResponse:
    return _judge(request, pk, review.reject)


@require_POST
def clear(request: Request, pk: int) -> HttpResponse:
    return _judge(request, pk, review.clear)


@require_POST
def rerun(request: Request, pk: int) -> HttpResponse:
    again = review.rerun(render_of(request, pk, Role.MARKETER), request.user)
    return redirect("render", again.pk)


@require_POST
def retry(request: Request, pk: int) -> HttpResponse:
    render = render_of(request, pk, Role.MARKETER)
    review.retry(render)
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("shoot", render.shoot_id)


def _judge(request: Request, pk: int, verb: Callable[[Iterable[Render], User], int]) -> HttpResponse:
    render = render_of(request, pk, Role.MARKETER)
    verb([render], request.user)
    if not request.htmx:
        return redirect("render", pk)
    fresh = render_of(request, pk, Role.MARKETER)
    strip = len(picture.takes(fresh)) > 1
    context = {"render": fresh, "facts": picture.facts(fresh), "may_act": True, "swap": strip}
    frame = Frame(fresh, f"Take {fresh.take}")
    return page(request, "renders/_verdict.html", context | {"frame": frame})


def _stage(render: Render) -> dict[str, object]:
    return {
        "screen": addresses.of_screen(render),
        "full": addresses.of_picture(render),
        "before": register.before(render),
        "cuts": picture.cuts(render),
    }
