"""One picture: looked at, compared, judged, made again."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as page
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from studio.flow import again, review
from studio.imaging.errors import Refused
from studio.models import Render, Role, State, User
from studio.web import addresses, offers, picture, refusals, register, shapes, wishes
from studio.web.access import Request, render_of
from studio.web.forms.renders import EditForm, FinalForm
from studio.web.frames import Frame
from studio.web.ids import number


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The page; while the picture or a cut is being made its poll gets 204 until something changes."""
    render = render_of(request, pk, Role.VIEWER)
    if request.htmx:
        same = request.GET.get("v") == _version(render)
        return HttpResponse(status=204) if same else HttpResponseClientRefresh()
    return show(request, render, wishes.take(request, render))


def show(request: Request, render: Render, form: EditForm | None = None, **more: Any) -> HttpResponse:
    """The whole page; `form` is an edit that was refused, as it was typed."""
    prefetch_related_objects([render], "cuts")  # counted, then shown
    family, may_act = picture.takes(render), request.role >= Role.MARKETER
    context = {
        "render": render,
        "version": _version(render),
        "frame": Frame(render, may_act=may_act),
        "ratio_class": shapes.css(render.ratio),
        "neighbours": picture.neighbours(render),
        "takes": family,
        "children": picture.children(render, family),
        "made": picture.made(render),
        "parent_made": picture.made(render.parent) if render.parent else "",
        "facts": picture.facts(render),
        "references": picture.references(render),
        "remarks": picture.remarks(render),
        "prompt": picture.prompt(render, request.brand),
        "may_act": may_act,
        **_making(render, may_act, form),
    }
    stage = _stage(render) if render.state == State.DONE else {}
    return page(request, "renders/detail.html", context | stage | more)


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
    render = render_of(request, pk, Role.MARKETER)
    return _made(request, render, lambda: again.rerun(render, request.user, _seen(request)))


@require_POST
def edit(request: Request, pk: int) -> HttpResponse:
    """A wish that is refused comes back as it was typed, with the reason at its field."""
    render, form = render_of(request, pk, Role.MARKETER), EditForm(request.POST)
    if not form.is_valid():
        return _refused(request, render, form)
    try:
        wish, basis = form.cleaned_data["wish"], form.cleaned_data["basis"]
        made = again.edit(render, request.user, wish, basis, _seen(request))
    except Refused as no:
        message = refusals.message(no.code, no.values, request.brand, request.role)
        form.add_error("wish", f"{message.headline}. {message.explanation} {message.action}")
        return _refused(request, render, form)
    return redirect("render", made.pk)


def _refused(request: Request, render: Render, form: EditForm) -> HttpResponse:
    wishes.keep(request, render, form)
    return redirect("render", render.pk)


@require_POST
def final(request: Request, pk: int) -> HttpResponse:
    render, form = render_of(request, pk, Role.MARKETER), FinalForm(request.POST)
    if not form.is_valid():
        return redirect("render", pk)
    size = form.cleaned_data["resolution"]
    return _made(request, render, lambda: again.finalise(render, request.user, size, _seen(request)))


@require_POST
def retry(request: Request, pk: int) -> HttpResponse:
    render = render_of(request, pk, Role.MARKETER)
    try:
        review.retry(render, request.user, _seen(request))
    except Refused as no:
        refusals.tell(request, no.code, no.values)
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("shoot", render.shoot_id)


def _seen(request: Request) -> int | None:
    """The price that the button showed."""
    return number(request.POST.get("seen"))


def _made(request: Request, render: Render, make: Callable[[], Render]) -> HttpResponse:
    """On to the new picture; or back to the old one, with the reason."""
    try:
        return redirect("render", make().pk)
    except Refused as no:
        refusals.tell(request, no.code, no.values)
        return redirect("render", render.pk)


def _judge(request: Request, pk: int, verb: Callable[[Iterable[Render], User], int]) -> HttpResponse:
    render = render_of(request, pk, Role.MARKETER)
    verb([render], request.user)
    if not request.htmx:
        return redirect("render", pk)
    fresh = render_of(request, pk, Role.MARKETER)
    strip = len(picture.takes(fresh)) > 1
    context = {"render": fresh, "may_act": True, "swap": strip, "judged": True, **_making(fresh, True)}
    frame = Frame(fresh, picture.made(fresh))
    return page(request, "renders/_verdict.html", context | {"frame": frame})


def _making(render: Render, may_act: bool, form: EditForm | None = None) -> dict[str, Any]:
    """What can be made from it, for those who may."""
    if not may_act or not render.final:
        return {}
    return {"offers": offers.of(render), "edit_form": form or EditForm()}


def _version(render: Render) -> str:
    """Changes when the page would look otherwise."""
    return f"{render.state}{'!' if render.undecided else ''}.{len(render.cuts.all())}"


def _stage(render: Render) -> dict[str, object]:
    return {
        "screen": addresses.of_screen(render),
        "full": addresses.of_picture(render),
        "before": register.before(render),
        "cuts": picture.cuts(render),
    }
