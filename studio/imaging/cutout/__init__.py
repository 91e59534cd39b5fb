"""A packshot in, the product alone out."""

from studio.imaging.cutout.cut import Cutout, cut_out

__all__ = ["Cutout", "cut_out"]
