"""Random materials; what fails most, which is white, near-white and glass, comes up most."""

from typing import Any

import bpy
import numpy as np

Random = np.random.Generator
_KINDS = {"white": 0.3, "grey": 0.14, "dark": 0.14, "colour": 0.16, "chrome": 0.1, "wood": 0.06, "glass": 0.1}


def some_material(rng: Random, *, solid: bool = False) -> Any:
    """A material of any kind; `solid` leaves out glass."""
    kinds = [kind for kind in _KINDS if not (solid and kind == "glass")]
    share = np.array([_KINDS[kind] for kind in kinds])
    return material(rng, str(rng.choice(kinds, p=share / share.sum())))


def material(rng: Random, kind: str) -> Any:
    colour, rough, metal = _looks(rng, kind)
    made = principled(colour, rough, metal, coat=float(rng.choice([0, 0, 0.5])))
    if kind == "glass":
        _make_glass(rng, made, colour)
    if kind == "wood" or (kind != "glass" and rng.random() < 0.25):
        _vary(rng, made, colour, kind == "wood")
    if kind not in ("glass", "chrome") and rng.random() < 0.3:
        _roughen(rng, made)
    return made


def principled(colour: Any, rough: float, metal: float = 0, coat: float = 0) -> Any:
    made = bpy.data.materials.new("some")
    made.use_nodes = True
    inputs = made.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*map(float, colour), 1)
    inputs["Roughness"].default_value, inputs["Metallic"].default_value = rough, metal
    inputs["Coat Weight"].default_value = coat
    return made


def _looks(rng: Random, kind: str) -> tuple[Any, float, float]:
    """Linear colour, roughness, metalness."""
    rough = float(rng.uniform(0.08, 0.9))
    tint = 1 + rng.normal(0, 0.025, 3)
    if kind == "white":
        return np.clip(rng.uniform(0.7, 0.93) * tint, 0, 0.95), rough, 0
    if kind == "grey":
        return np.clip(rng.uniform(0.15, 0.7) * tint, 0, 1), rough, float(rng.random() < 0.3)
    if kind == "dark":
        return rng.uniform(0.004, 0.06) * tint, rough, 0
    if kind == "chrome":
        return np.clip(rng.uniform(0.5, 0.95) * tint, 0, 1), float(rng.uniform(0.02, 0.35)), 1
    if kind == "wood":
        return np.array([0.4, 0.22, 0.1]) * rng.uniform(0.3, 1.7), 0.5, 0
    if kind == "glass":
        return np.clip(1 - rng.uniform(0, 0.12) * rng.random(3), 0, 1), float(rng.choice([0, 0, 0.15])), 0
    return rng.uniform(0.2, 1) * rng.dirichlet([0.6] * 3) ** 0.7, rough, 0


def _make_glass(rng: Random, made: Any, colour: Any) -> None:
    """Glass lets light through to its shadow, there being no caustics."""
    tree = made.node_tree
    surface, out = tree.nodes["Principled BSDF"], tree.nodes["Material Output"]
    surface.inputs["Transmission Weight"].default_value = 1
    surface.inputs["IOR"].default_value = float(rng.uniform(1.3, 1.52))
    path, clear, mix = (
        tree.nodes.new(f"ShaderNode{n}") for n in ("LightPath", "BsdfTransparent", "MixShader")
    )
    clear.inputs[0].default_value = (*(0.82 * colour + 0.1), 1)
    tree.links.new(path.outputs["Is Shadow Ray"], mix.inputs[0])
    tree.links.new(surface.outputs[0], mix.inputs[1])
    tree.links.new(clear.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], out.inputs[0])


def _noise(rng: Random, tree: Any, scale: float, stretch: bool) -> Any:
    where, mapping, noise = (tree.nodes.new(f"ShaderNode{n}") for n in ("TexCoord", "Mapping", "TexNoise"))
    if stretch:
        mapping.inputs["Scale"].default_value = [float(v) for v in rng.permutation([0.5, 6, 6])]
    noise.inputs["Scale"].default_value = scale
    tree.links.new(where.outputs["Object"], mapping.inputs[0])
    tree.links.new(mapping.outputs[0], noise.inputs[0])
    return noise.outputs[0]


def _vary(rng: Random, made: Any, colour: Any, stretch: bool) -> None:
    tree = made.node_tree
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    other = np.clip(colour * rng.uniform(0.3, 1.6, 3), 0, 1)
    if not stretch and rng.random() < 0.5:
        other = _looks(rng, str(rng.choice(["white", "white", "dark", "colour"])))[0]
    middle, soft = rng.uniform(0.4, 0.6), 10 ** rng.uniform(-3, -0.8)
    for stop, shade, at in zip(ramp.color_ramp.elements, (colour, other), (-soft, soft), strict=True):
        stop.color, stop.position = (*map(float, shade), 1), float(middle + at)
    tree.links.new(_noise(rng, tree, float(rng.uniform(0.5, 5)), stretch), ramp.inputs[0])
    tree.links.new(ramp.outputs[0], tree.nodes["Principled BSDF"].inputs["Base Color"])


def _roughen(rng: Random, made: Any) -> None:
    tree = made.node_tree
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = float(rng.uniform(0.1, 0.5))
    bump.inputs["Distance"].default_value = 0.02
    tree.links.new(_noise(rng, tree, float(rng.uniform(5, 70)), False), bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])
