"""What stands around every page: the brand, the rooms, the nonce; and news carried to the next page."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from studio.messages import Message
from studio.models import Brand, Membership, Role
from studio.web import alarm
from studio.web.access import memberships

ROOMS = (
    ("Products", "products", ("/products/", "/packshots/", "/imports/", "/b/{brand}/imports/")),
    ("Shoots", "shoots", ("/shoots/",)),
    ("Gallery", "gallery", ("/renders/", "/exports/")),
    ("Presets", "presets", ("/scenes/", "/placements/")),
    ("People", "people", ()),
)
OF_ADMINS = (("Spend", "spend", ()),)


@dataclass(frozen=True)
class Room:
    """`current` is what aria-current says: "page" on the room's own page, "true" inside it, else ""."""

    name: str
    address: str
    current: str

    @property
    def key(self) -> str:
        """The letter that goes here after g."""
        return self.name[0].lower() if self.name in ("Products", "Shoots", "Gallery") else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template. Works without a user too, since error pages come from anywhere."""
    mine = memberships(request)
    brand: Brand | None = getattr(request, "brand", None) or _last_visited(request, mine)
    role = next((one.role for one in mine if one.brand == brand), 0)
    return {
        "brand": brand,
        "brands": [membership.brand for membership in mine],
        "role": role,
        "rooms": _rooms(request, brand, role) if brand else [],
        "alarm": lambda: alarm.of(request),  # asked for by whole pages only
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }


def note(request: HttpRequest, message: Message, level: int = messages.ERROR) -> None:
    """Shows the message on the next page: its headline first, then what to do."""
    words = f"{message.explanation} {message.action}".strip()
    messages.add_message(request, level, f"{message.headline}\n\n{words}")


def _last_visited(request: HttpRequest, mine: list[Membership]) -> Brand | None:
    slug = request.session.get("brand") if hasattr(request, "session") else None
    brands = [membership.brand for membership in mine]
    return next((brand for brand in brands if brand.slug == slug), brands[0] if brands else None)


def _rooms(request: HttpRequest, brand: Brand, role: int) -> list[Room]:
    return [
        Room(
            name,
            address,
            _current(request.path, address, tuple(one.format(brand=brand.slug) for one in inside)),
        )
        for name, view, inside in ROOMS + (OF_ADMINS if role >= Role.ADMIN else ())
        for address in [reverse(view, args=[brand.slug])]
    ]


def _current(path: str, address: str, inside: tuple[str, ...]) -> str:
    if path == address:
        return "page"
    bare = re.sub(r"^/b/[^/]+", "", path)
    return "true" if path.startswith(address) or bare.startswith(inside) else ""
