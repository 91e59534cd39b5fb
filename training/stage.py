"""A random plain backdrop with lights and a camera; the picture it gives, and the product's exact mask."""

from dataclasses import dataclass
from math import cos, log2, pi, radians, sin
from pathlib import Path
from typing import Any

import bpy
import cv2
import numpy as np
from mathutils import Matrix, Vector

from training.materials import Random, principled

_SAMPLES, _MASK_SAMPLES = 6, 16
_HEADROOM = 4  # times the backdrop's light that a highlight may have


@dataclass(frozen=True)
class View:
    """How a product is looked at: directions in degrees, `fill` is the product's share of the frame."""

    side: float
    up: float
    fill: float
    lens: float
    shape: tuple[int, int]  # width, height
    shift: tuple[float, float]


def some_view(rng: Random, lying: bool, long_side: int) -> View:
    up = (
        rng.uniform(28, 80) if lying else rng.choice([rng.uniform(0, 25), rng.uniform(0, 60)], p=[0.75, 0.25])
    )
    ratio = float(rng.choice([1, 1, 0.8, 1.25, 0.67, 1.5]))
    shape = (long_side, round(long_side / ratio)) if ratio >= 1 else (round(long_side * ratio), long_side)
    cropped = rng.random() < 0.12
    fill = float(rng.uniform(0.92, 1.4) if cropped else rng.uniform(0.45, 0.9))
    room = max(0.0, 0.95 - fill) / 2
    shift = tuple(float(v) for v in rng.uniform(-room, room, 2) * rng.choice([0.2, 1]))
    return View(float(rng.uniform(-40, 40)), float(up), fill, float(rng.uniform(50, 105)), shape, shift)


def shoot(rng: Random, parts: list[Any], view: View, path: Path) -> None:
    """Writes PATH.png, linear 16 bits with the frame's median at a quarter, and PATH.mask.png."""
    points = _points(parts)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = (low + high) / 2, float((high - low).max())
    _look(points, middle, size, view)
    others = [_sweep(rng, middle, low[2], size, view.side)]
    _light(rng, Vector(middle), size, view.side)
    picture = _rendered(path, _SAMPLES)
    for thing in others:
        thing.hide_render = True
    mask = _mask(path)
    cv2.imwrite(str(path.with_suffix(".png")), _levelled(picture))
    cv2.imwrite(str(path.with_suffix(".mask.png")), mask)


def _points(parts: list[Any]) -> Any:
    bpy.context.view_layer.update()
    graph, clouds = bpy.context.evaluated_depsgraph_get(), []
    for part in parts:
        seen = part.evaluated_get(graph)
        data, world = seen.to_mesh(), np.array(seen.matrix_world)
        cloud = np.empty(len(data.vertices) * 3)
        data.vertices.foreach_get("co", cloud)
        clouds.append(cloud.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
        seen.to_mesh_clear()
    return np.vstack(clouds)


def _look(points: Any, middle: Any, size: float, view: View) -> None:
    """A camera that sees the points at this share of the frame."""
    scene, lens = bpy.context.scene, bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    scene.camera, lens.lens, lens.clip_end = camera, view.lens, 1000
    scene.render.resolution_x, scene.render.resolution_y = view.shape
    side, up, longest = radians(view.side), radians(view.up), max(view.shape)
    towards = Vector((sin(side) * cos(up), -cos(side) * cos(up), sin(up)))
    away = 4 * size
    for _ in range(5):
        camera.location = Vector(middle) + towards * away
        camera.rotation_euler = (-towards).to_track_quat("-Z", "Y").to_euler()
        bpy.context.view_layer.update()
        world = np.array(camera.matrix_world.inverted())
        seen = points @ world[:3, :3].T + world[:3, 3]
        x, y = (view.lens / 36 * seen[:, i] / -seen[:, 2] * longest for i in (0, 1))
        away *= max(np.ptp(x) / view.shape[0], np.ptp(y) / view.shape[1]) / view.fill
        lens.shift_x = (x.max() + x.min()) / 2 / longest - view.shift[0]
        lens.shift_y = (y.max() + y.min()) / 2 / longest - view.shift[1]


def _sweep(rng: Random, middle: Any, floor: float, size: float, side: float) -> Any:
    """A floor that bends up into a wall behind the product, facing the camera."""
    bend = np.linspace(0, pi / 2, 16)
    near = float(rng.uniform(1.2, 3))
    line = [(-14.0, 0.0), *((near + 2.5 * sin(t), 2.5 - 2.5 * cos(t)) for t in bend), (near + 2.5, 16.0)]
    turn = Matrix.Rotation(radians(side), 3, "Z")
    points = [tuple(turn @ Vector((x * size, y * size, z * size))) for y, z in line for x in (-20, 20)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(line) - 1)]
    data = bpy.data.meshes.new("sweep")
    data.from_pydata(points, [], faces)
    data.polygons.foreach_set("use_smooth", [True] * len(faces))
    thing = bpy.data.objects.new("sweep", data)
    bpy.context.scene.collection.objects.link(thing)
    below = rng.uniform(0.02, 0.3) if rng.random() < 0.12 else 0.0005  # some hang, their shadow apart
    thing.location = (middle[0], middle[1], floor - below * size)
    data.materials.append(_paper(rng))
    return thing


def _paper(rng: Random) -> Any:
    """White or light grey, sometimes tinted, sometimes polished."""
    light, tint = (
        rng.uniform(0.6, 0.9),
        1 + rng.normal(0, 0.03, 3) * rng.choice([0.3, 1, 2], p=[0.6, 0.3, 0.1]),
    )
    rough = rng.uniform(0.12, 0.35) if rng.random() < 0.15 else 0.8
    return principled(np.clip(light * tint, 0, 1), float(rough))


def _light(rng: Random, middle: Vector, size: float, side: float) -> None:
    turn, hand, soft = (
        Matrix.Rotation(radians(side), 3, "Z"),
        rng.choice([-1, 1]),
        10 ** rng.uniform(-0.9, 0.35),
    )
    power = 60 * size**2

    def at(x: float, y: float, z: float) -> Vector:
        return middle + turn @ Vector((x * size, y * size, z * size))

    key, fill, top = rng.uniform(1, 4), rng.uniform(0.1, 1.5), rng.uniform(0.5, 4)
    where = at(hand * rng.uniform(1.2, 3), rng.uniform(-2, 0.6), rng.uniform(1.2, 3.2))
    _area(rng, where, middle, 2.4 * size * soft, key * power)
    _area(rng, at(-hand * 3.2, -1.2, 1.2), middle, 2.6 * size, fill * power)
    _area(rng, at(0, 0.8, 3.8), middle, 3.4 * size * soft**0.5, top * power)
    if rng.random() < 0.7:  # on the wall behind
        _area(rng, at(0, 2.2, 3.6), at(0, 4.8, 1.5), 4 * size, rng.uniform(0.5, 4) * power)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (1, 1, 1, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = float(rng.uniform(0.25, 1.6))
    bpy.context.scene.world = world


def _area(rng: Random, at: Vector, target: Vector, size: float, power: float) -> None:
    data = bpy.data.lights.new("light", "AREA")
    data.energy, data.size, data.color = float(power), size, tuple(1 + rng.normal(0, 0.03, 3))
    thing = bpy.data.objects.new("light", data)
    bpy.context.scene.collection.objects.link(thing)
    thing.location, thing.rotation_euler = at, (target - at).to_track_quat("-Z", "Y").to_euler()


def _rendered(path: Path, samples: int) -> Any:
    scene = bpy.context.scene
    scene.render.engine, scene.render.threads_mode, scene.render.threads = "CYCLES", "FIXED", 1
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising, cycles.use_adaptive_sampling = samples, True, False
    cycles.denoising_prefilter, cycles.denoising_quality, cycles.use_light_tree = "NONE", "BALANCED", False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 8, 2, 4
    cycles.transmission_bounces, cycles.transparent_max_bounces, cycles.sample_clamp_indirect = 8, 8, 6
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.view_settings.view_transform, scene.view_settings.exposure = "Raw", -log2(4 * _HEADROOM)
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "16"
    settings.compression = 0
    return _read_back(path)


def _read_back(path: Path) -> Any:
    scratch = path.with_suffix(".tmp.png")
    bpy.context.scene.render.filepath = str(scratch)
    bpy.ops.render.render(write_still=True)
    picture = cv2.imread(str(scratch), cv2.IMREAD_UNCHANGED)
    scratch.unlink()
    return picture


def _levelled(picture: Any) -> Any:
    """The frame's median at 1 / _HEADROOM of the range."""
    light = picture.max(axis=2).astype(np.float32)
    rim = np.concatenate([light[:4].ravel(), light[-4:].ravel(), light[:, :4].ravel(), light[:, -4:].ravel()])
    gain = 65535 / _HEADROOM / max(1.0, float(np.median(rim)))
    return np.clip(picture * gain, 0, 65535).astype(np.uint16)


def _mask(path: Path) -> Any:
    """Coverage by anything of the product, glass too: its alpha, with every material made opaque."""
    made = bpy.data.materials.new("white")
    made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    glow, out = tree.nodes.new("ShaderNodeEmission"), tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(glow.outputs[0], out.inputs[0])
    scene = bpy.context.scene
    scene.view_layers[0].material_override, scene.render.film_transparent = made, True
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = _MASK_SAMPLES, False, 0
    scene.render.image_settings.color_mode, scene.render.image_settings.color_depth = "RGBA", "8"
    return _read_back(path)[..., 3]
