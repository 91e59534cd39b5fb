"""Shapes that products are put together from. Every call adds an object to the scene and returns it."""

from collections.abc import Sequence
from math import cos, pi, radians, sin
from typing import Any

import bmesh
import bpy
import numpy as np

Point = tuple[float, float, float]
Profile = Sequence[tuple[float, float]]


def add(data: Any, material: Any, at: Point = (0, 0, 0), turn: Point = (0, 0, 0)) -> Any:
    """An object of this data in the scene."""
    thing = bpy.data.objects.new("part", data)
    bpy.context.scene.collection.objects.link(thing)
    thing.location, thing.rotation_euler = at, turn
    data.materials.append(material)
    return thing


def mesh(points: Any, faces: Any, material: Any, bevel: float = 0, angle: float = 40, **place: Point) -> Any:
    data = bpy.data.meshes.new("part")
    data.from_pydata([tuple(map(float, point)) for point in points], [], faces)
    data.validate()
    clean = bmesh.new()
    clean.from_mesh(data)
    bmesh.ops.remove_doubles(clean, verts=clean.verts, dist=1e-5)
    bmesh.ops.recalc_face_normals(clean, faces=clean.faces)
    clean.to_mesh(data)
    clean.free()
    data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    data.set_sharp_from_angle(angle=radians(angle))
    thing = add(data, material, **place)
    if bevel:
        rounded = thing.modifiers.new("rounded", "BEVEL")
        rounded.width, rounded.segments, rounded.limit_method = bevel, 2, "ANGLE"
    return thing


def loft(rings: Any, material: Any, caps: bool = True, **more: Any) -> Any:
    """A skin over closed rings of equally many points."""
    rings = np.asarray(rings, float)
    count, around = rings.shape[:2]
    faces = [
        (j * around + i, j * around + k, (j + 1) * around + k, (j + 1) * around + i)
        for j in range(count - 1)
        for i, k in ((i, (i + 1) % around) for i in range(around))
    ]
    if caps:
        faces += [tuple(range(around)), tuple((count - 1) * around + i for i in range(around))]
    return mesh(rings.reshape(-1, 3), faces, material, **more)


def lathe(profile: Profile, material: Any, around: int = 64, squash: float = 1, **more: Any) -> Any:
    """A profile of (radius, height) turned about the z axis."""
    angles = np.arange(around) * 2 * pi / around
    rings = [
        np.stack([r * np.sin(angles), -squash * r * np.cos(angles), np.full(around, z)], axis=1)
        for r, z in ((max(r, 1e-4), z) for r, z in profile)
    ]
    return loft(rings, material, angle=more.pop("angle", 50), **more)


def curve(
    points: Any, radius: float, material: Any, closed: bool = False, smooth: bool = True, radii: Any = None
) -> Any:
    """A round tube along points."""
    data = bpy.data.curves.new("part", "CURVE")
    data.dimensions, data.bevel_depth, data.bevel_resolution = "3D", radius, 3
    data.resolution_u, data.use_fill_caps = 8, True
    spline = data.splines.new("BEZIER" if smooth else "POLY")
    knots = spline.bezier_points if smooth else spline.points
    knots.add(len(points) - 1)
    for i, (knot, point) in enumerate(zip(knots, points, strict=True)):
        knot.co = tuple(point) if smooth else (*point, 1)
        if smooth:
            knot.handle_left_type = knot.handle_right_type = "AUTO"
        knot.radius = 1 if radii is None else radii[i]
    spline.use_cyclic_u = closed
    return add(data, material)


def box(size: Point, at: Point, material: Any, bevel: float = 0.02, turn: Point = (0, 0, 0)) -> Any:
    corners = [
        (x * size[0] / 2, y * size[1] / 2, z * size[2] / 2) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)
    ]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return mesh(corners, faces, material, min(bevel, min(size) / 3), at=at, turn=turn)


def torus(large: float, small: float, material: Any, around: int = 64, **place: Any) -> Any:
    rings = [
        [((large + small * cos(b)) * cos(a), (large + small * cos(b)) * sin(a), small * sin(b))
         for b in np.arange(10) * 2 * pi / 10]
        for a in np.linspace(0, 2 * pi, around + 1)
    ]  # fmt: skip
    return loft(rings, material, caps=False, angle=180, **place)


def plate(outline: Any, thick: float, material: Any, **more: Any) -> Any:
    """An outline in the x y plane, extruded upwards."""
    outline = np.asarray(outline, float)
    return loft([np.c_[outline, np.full(len(outline), z)] for z in (0, thick)], material, **more)


def sheet(grid: Any, thick: float, material: Any) -> Any:
    """A skin over a grid of points (rows x columns x 3), with a thickness."""
    grid = np.asarray(grid, float)
    rows, columns = grid.shape[:2]
    faces = [
        (j * columns + i, j * columns + i + 1, (j + 1) * columns + i + 1, (j + 1) * columns + i)
        for j in range(rows - 1)
        for i in range(columns - 1)
    ]
    thing = mesh(grid.reshape(-1, 3), faces, material, angle=80)
    solid = thing.modifiers.new("solid", "SOLIDIFY")
    solid.thickness = thick
    return thing


def letters(text: str, size: float, deep: float, material: Any, **place: Point) -> Any:
    data = bpy.data.curves.new("part", "FONT")
    data.body, data.size, data.extrude = text, size, deep
    data.align_x = data.align_y = "CENTER"
    return add(data, material, **place)


def through(points: Any, fine: int = 8, closed: bool = False) -> Any:
    """Catmull-Rom spline through points, as an array."""
    p = np.asarray(points, float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = (np.arange(fine) / fine)[:, None]
    parts = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True)
    ]
    return np.concatenate(parts if closed else [*parts, p[-2:-1]])
