"""A wish that was refused comes back as it was typed: once, at the picture's own address.

An answer in place would stand at the address that a reload sends the wish to again.
"""

from typing import Final

from studio.models import Render
from studio.web.access import Request
from studio.web.forms.renders import EditForm

KEPT: Final = "wish"  # in the session
MOST: Final = 4000  # characters that are kept: more than a wish may have


def keep(request: Request, render: Render, form: EditForm) -> None:
    """`form` has its errors."""
    typed = {name: form.data.get(name, "")[:MOST] for name in ("wish", "basis")}
    wrong = [str(error) for errors in form.errors.values() for error in errors]
    request.session[KEPT] = {"render": render.pk, "typed": typed, "wrong": wrong}


def take(request: Request, render: Render) -> EditForm | None:
    """The form with its errors, if the last wish was about this picture."""
    kept = request.session.get(KEPT)
    if not kept or kept["render"] != render.pk:
        return None
    del request.session[KEPT]
    form = EditForm(kept["typed"])
    form.errors.clear()
    for wrong in kept["wrong"]:
        form.add_error("wish", wrong)
    return form
