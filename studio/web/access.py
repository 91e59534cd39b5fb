"""The one door: an id becomes a row here, or the person is turned away.

Who is not a member of the row's brand gets 404, a member whose role is too low 403. Whoever gets in has
`request.brand` and `request.role` set, which the frame around every page shows.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NoReturn, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django_htmx.middleware import HtmxDetails

from studio.models import (
    Brand,
    Cut,
    Export,
    Import,
    Invitation,
    Membership,
    Packshot,
    Placement,
    Product,
    Render,
    Role,
    Scene,
    SceneVersion,
    Shoot,
    User,
)

WITH_PORT: Final = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")  # IPv6 in brackets, or IPv4
Row = TypeVar("Row", Product, Packshot, Shoot, Render, Export, Import, Membership, Invitation)


class Request(HttpRequest):
    """What a view gets: somebody signed in, and behind the door the brand they are in."""

    user: User
    htmx: HtmxDetails
    brand: Brand
    role: int
    memberships_read: list[Membership]


def brand_of(request: Request, slug: str, role: Role) -> Brand:
    for membership in memberships(request):
        if membership.brand.slug == slug:
            return _enter(request, membership, role)
    raise Http404


def product_of(request: Request, pk: int, role: Role) -> Product:
    return _row(request, Product.objects.select_related("brand"), pk, role)


def packshot_of(request: Request, pk: int, role: Role) -> Packshot:
    return _row(request, Packshot.objects.select_related("product"), pk, role)


def shoot_of(request: Request, pk: int, role: Role) -> Shoot:
    return _row(request, Shoot.objects.select_related("created_by"), pk, role)


def render_of(request: Request, pk: int, role: Role) -> Render:
    related = ("product", "packshot", "scene_version__scene", "shoot", "reviewed_by", "parent")
    return _row(request, Render.objects.select_related(*related), pk, role)


def export_of(request: Request, pk: int, role: Role) -> Export:
    return _row(request, Export.objects.select_related("shoot"), pk, role)


def import_of(request: Request, pk: int, role: Role) -> Import:
    return _row(request, Import.objects.select_related("brand", "created_by"), pk, role)


def membership_of(request: Request, pk: int, role: Role) -> Membership:
    return _row(request, Membership.objects.select_related("user", "brand"), pk, role)


def invitation_of(request: Request, pk: int, role: Role) -> Invitation:
    return _row(request, Invitation.objects.all(), pk, role)


def cut_of(request: Request, pk: int, role: Role) -> Cut:
    related = ("render__product", "render__scene_version__scene", "placement")
    cut = get_object_or_404(Cut.objects.select_related(*related), pk=pk)
    _enter_brand(request, cut.render.brand_id, role)
    return cut


def scene_of(request: Request, pk: int, role: Role) -> Scene:
    scene = get_object_or_404(Scene.objects.prefetch_related("versions__created_by"), pk=pk)
    _enter_preset(request, scene.brand_id, role)
    return scene


def placement_of(request: Request, pk: int, role: Role) -> Placement:
    placement = get_object_or_404(Placement.objects.select_related("brand"), pk=pk)
    _enter_preset(request, placement.brand_id, role)
    return placement


def scene_version_of(request: Request, pk: int, role: Role) -> SceneVersion:
    version = get_object_or_404(SceneVersion.objects.select_related("scene"), pk=pk)
    _enter_preset(request, version.scene.brand_id, role)
    return version


def here(request: Request) -> Brand:
    """The brand to show when the row does not say: the one asked for, else the last seen, else the first."""
    mine = memberships(request)
    wanted = (request.GET.get("brand"), request.session.get("brand"))
    by_slug = {membership.brand.slug: membership for membership in mine}
    found = next((by_slug[slug] for slug in wanted if slug in by_slug), mine[0] if mine else None)
    return _enter(request, found, Role.VIEWER) if found else _nobody_here()


def staff_only(request: Request) -> None:
    if not request.user.is_staff:
        raise PermissionDenied


def memberships(request: HttpRequest) -> list[Membership]:
    """Those of the person, with their brands; read once a request."""
    if not hasattr(request, "memberships_read"):
        user = getattr(request, "user", None)
        mine: QuerySet[Membership] = Membership.objects.none()
        if user is not None and user.is_authenticated:
            mine = Membership.objects.filter(user=user).select_related("brand").order_by("brand__name")
        request.memberships_read = list(mine)  # type: ignore[attr-defined]
    read: list[Membership] = request.memberships_read  # type: ignore[attr-defined]
    return read


def client_address(request: HttpRequest) -> str | None:
    """Where the request came from; X-Forwarded-For is believed as far as proxies of ours stand in front.

    Of IPv6 it is the first address of the /64: one client has all of those, and is counted once.
    """
    near = _counted(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXIES
    told = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return _counted(told[-trusted:][0]) or near if trusted and told else near


def _row(request: Request, rows: QuerySet[Row], pk: int, role: Role) -> Row:
    row = get_object_or_404(rows, pk=pk)
    _enter_brand(request, row.brand_id, role)
    return row


def _enter_preset(request: Request, brand_id: int | None, role: Role) -> None:
    """A preset of one brand, or a shared one: every member reads those, staff change them."""
    if brand_id is not None:
        _enter_brand(request, brand_id, role)
        return
    here(request)
    if role > Role.VIEWER and not request.user.is_staff:
        raise PermissionDenied


def _enter_brand(request: Request, brand_id: int, role: Role) -> Brand:
    for membership in memberships(request):
        if membership.brand_id == brand_id:
            return _enter(request, membership, role)
    raise Http404


def _enter(request: Request, membership: Membership, role: Role) -> Brand:
    request.brand, request.role = membership.brand, membership.role
    if membership.role < role:
        raise PermissionDenied
    if request.session.get("brand") != membership.brand.slug:
        request.session["brand"] = membership.brand.slug
    return membership.brand


def _nobody_here() -> NoReturn:
    raise Http404


def _counted(text: str) -> str | None:
    """The address alone: some proxies write `203.0.113.7:51234` and `[2001:db8::7]:443`."""
    found = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((found[1] or found[2]) if found else text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
