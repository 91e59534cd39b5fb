"""The older dialect: one synchronous call that answers with a picture inside Markdown."""

import re
from dataclasses import dataclass, replace
from typing import Any

from tests.standin.answers import Refusal, bare, flat, invalid, nested
from tests.standin.api import authorised, data_url, json_only
from tests.standin.checks import data_of, is_http, reference_url
from tests.standin.dialects import ROWS, Model
from tests.standin.draw import LONG_SIDES, Look, hue_of, picture, size
from tests.standin.faults import Fault
from tests.standin.references import Unusable, collect, describe, small
from tests.standin.reply_faults import ANY, REFUSALS, broken
from tests.standin.request import Request
from tests.standin.wire import Reply
from tests.standin.world import World

RATIOS = ("auto", "1:1", "16:9", "9:16", "4:3", "3:4")
PIXELS = re.compile(r"auto|[0-9]{3,4}x[0-9]{3,4}")
CREATE, EDIT = "gpt-image-2", "gpt-image-2-image-to-image"


@dataclass(frozen=True)
class Wish:
    model: Model
    prompt: str
    references: list[str]
    ratio: str
    resolution: str


@authorised
def chat(world: World, request: Request, account: str) -> Reply:
    """Bought as soon as it is understood; there is no id to ask for it again."""
    json_only(request)
    fault = world.faults.pick("chat", request)
    if fault and fault.kind in REFUSALS:
        return replace(broken(fault, bare({})), fault=fault.kind)
    wish = _wish(request.json)
    price = world.prices.price(wish.model.id, {"resolution": wish.resolution})
    id = f"chat-{next(world.chats)}"
    content = _content(world, fault, id, _picture(world, id, wish))
    world.ledger.purchase(
        task=id, key=request.key, body_sha256=request.sha256, model=wish.model.id, price=price
    )
    world.stopping.wait(world.clock.real(world.options.chat_latency))
    reply = bare({"id": id, "choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]})
    reply = replace(reply, verdict=f"accepted {id}", task=id, price=price, fault=fault.kind if fault else "")
    return replace(broken(fault, reply), fault=fault.kind) if fault and fault.kind in ANY else reply


def chat_file(world: World, request: Request) -> Reply:
    """The pictures of answers that hold an address."""
    data = world.chat_pictures.get(request.path.removeprefix("/files/chat/"))
    return Reply(200, data, "image/png", verdict="served") if data else Reply(404, verdict="no such file")


def _wish(document: dict[str, Any]) -> Wish:
    prompt, references = _message(document)
    name = document.get("model")
    if name not in (CREATE, EDIT):
        raise Refusal(nested(404, "model_not_found", f"model {name!r} does not exist"))
    if (name == EDIT) != bool(references):
        raise invalid(f"{EDIT} takes 1 to 5 references, {CREATE} none")
    if document.get("stream"):
        raise invalid("stream must be false")
    return Wish(ROWS[name, ""], prompt, references, *_size(document))


def _message(document: dict[str, Any]) -> tuple[str, list[str]]:
    """The prompt and the references of the one user message: pictures first, then one text."""
    messages = document.get("messages")
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        raise invalid("messages must hold one user message")
    content = messages[0].get("content")
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise invalid("content must be text or a list of parts")
    kinds = [part.get("type") for part in content]
    if kinds[-1:] != ["text"] or set(kinds[:-1]) != {"image_url"} or len(kinds) > 6:
        raise invalid("content must be 1 to 5 image_url parts, then one text part")
    urls: list[Any] = [(part.get("image_url") or {}).get("url") for part in content[:-1]]
    for url in urls:
        reference_url(url, "image_url.url")
    return str(content[-1].get("text", "")), urls


def _size(document: dict[str, Any]) -> tuple[str, str]:
    """Ratio (or pixels) and resolution, from whichever of the three forms was used."""
    extra = document.get("extra_body") or {}
    config = (extra.get("google") or {}).get("image_config") or {}
    pixels = extra.get("size") or document.get("size")
    if pixels:
        return _pixels(str(pixels))
    ratio, resolution = config.get("aspect_ratio", "auto"), config.get("image_size", "1K")
    if ratio not in RATIOS or resolution not in LONG_SIDES:
        raise invalid(f"aspect_ratio must be one of {', '.join(RATIOS)}, image_size 1K, 2K or 4K")
    if (ratio, resolution) == ("1:1", "4K"):
        raise invalid("aspect_ratio 1:1 is not available with image_size 4K")
    return ratio, resolution


def _pixels(text: str) -> tuple[str, str]:
    if not PIXELS.fullmatch(text):
        raise invalid("size must be auto or WxH")
    if text == "auto":
        return "auto", "1K"
    side = max(map(int, text.split("x")))
    return text, next((name for name, most in LONG_SIDES.items() if side <= most * 3 // 2), "4K")


def _picture(world: World, id: str, wish: Wish) -> bytes:
    reference, pixels, digest = None, None, ""
    for position, url in enumerate(wish.references):
        try:
            data = data_of(url) if not is_http(url) else collect(url, wish.model)
        except Unusable as unusable:
            raise Refusal(flat(400, "INVALID_REQUEST", str(unusable))) from None
        seen = describe(id, position, url, data, wish.model)
        world.ledger.reference(seen)
        if seen.error:
            raise Refusal(flat(400, "INVALID_REQUEST", seen.error))
        if position == 0:
            pixels, digest = (seen.width, seen.height), seen.sha256
            reference = small(data) if world.options.pictures == "drawn" else None
    width, height = size(wish.ratio, wish.resolution, pixels, RATIOS)
    return picture(Look(width, height, hue_of(wish.prompt), "png", digest, reference), id)


def _content(world: World, fault: Fault | None, id: str, image: bytes) -> Any:
    """A Markdown picture with a data URL, or what the fault says."""
    kind, inline = fault.kind if fault else "", data_url(image, "png")
    world.chat_pictures[f"{id}.png"] = image
    address = f"{world.url}/files/chat/{id}.png"
    forms: dict[str, Any] = {
        "https": f"Here it is:\n\n![image]({address})",
        "parts": [
            {"type": "text", "text": "Here it is:"},
            {"type": "image_url", "image_url": {"url": inline}},
        ],
        "bare_data_url": inline,
        "no_image": "I cannot help with that picture.",
        "two_images": f"![one]({inline})\n![two]({address})",
    }
    return forms.get(kind, f"![image]({inline})")
