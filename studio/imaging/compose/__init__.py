"""The compositor: a cut-out product, a scene, a size and a seed become a picture."""

from studio.imaging.compose.picture import Composition, compose

__all__ = ["Composition", "compose"]
