"""The nouns. `studio.models` names them all; each has a file of its own."""

from studio.models.attempt import Attempt
from studio.models.correction import Correction
from studio.models.export import Chosen, Cut, Export, Verdict
from studio.models.gate import Gate
from studio.models.imports import Import, ImportFile, ImportRow, RowVerdict
from studio.models.invitation import Invitation
from studio.models.money import Notice, PriceList
from studio.models.people import Brand, Membership, Role, User
from studio.models.preset import Placement, Scene, SceneVersion
from studio.models.product import Packshot, Product
from studio.models.pulse import Pulse
from studio.models.render import FINAL, HELD, MOVES, Basis, Cause, Render, Review, State
from studio.models.shoot import RESOLUTIONS, Shoot

__all__ = [
    "FINAL", "HELD", "MOVES", "RESOLUTIONS", "Attempt", "Basis", "Brand", "Cause", "Chosen", "Correction",
    "Cut", "Export", "Gate", "Import", "ImportFile", "ImportRow", "Invitation", "Membership", "Notice",
    "Packshot", "Placement", "PriceList", "Product", "Pulse", "Render", "Review", "Role", "RowVerdict",
    "Scene", "SceneVersion", "Shoot", "State", "User", "Verdict",
]  # fmt: skip
