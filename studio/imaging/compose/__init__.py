"""The compositor: a cut-out product, a scene, a size and a seed become a picture."""

from studio.imaging.compose.picture import Composition, compose
from studio.imaging.compose.place import Free

__all__ = ["Composition", "Free", "compose"]
