"""A part of a file, when the browser asks for one: a download goes on where it stopped (RFC 9110, 14.2)."""

import io
import re
from typing import BinaryIO, Final

from django.http import FileResponse, HttpRequest, HttpResponse

BLOCK: Final = 512 * 1024  # bytes read and sent at a time
ASKED: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Part:
    """The next `length` bytes of a file, to be read like one."""

    def __init__(self, file: BinaryIO | io.RawIOBase, length: int) -> None:
        self.file, self.left = file, length

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(self.left if size < 0 else min(size, self.left)) or b""
        self.left -= len(block)
        return block

    def close(self) -> None:
        self.file.close()


def answer(
    request: HttpRequest, file: BinaryIO | io.RawIOBase, size: int, etag: str, media_type: str
) -> HttpResponse | FileResponse:
    """The whole file, the part that was asked for (206), or 416 when it has no such part.

    Several parts at once, and parts of a file that changed meanwhile, are answered with the whole.
    """
    asked = ASKED.fullmatch(request.headers.get("Range", ""))
    fresh = request.headers.get("If-Range", etag) == etag
    place = _place(asked[1], asked[2], size) if asked and fresh and request.method == "GET" else None
    if place is None:
        return _headed(FileResponse(file, content_type=media_type), size)
    start, end = place
    if start > end:
        file.close()
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        )
    file.seek(start)
    part = FileResponse(Part(file, end - start + 1), status=206, content_type=media_type)
    part["Content-Range"] = f"bytes {start}-{end}/{size}"
    return _headed(part, end - start + 1)


def _place(first: str, last: str, size: int) -> tuple[int, int] | None:
    """`"2", "5"` → 2, 5; `"2", ""` → from 2 to the end; `"", "3"` → the last three. None makes no sense.

    What lies behind the end of the file ends before it begins.
    """
    if not first:
        return (max(0, size - int(last)), size - 1) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last or size), size - 1)


def _headed(response: FileResponse, length: int) -> FileResponse:
    response.block_size = BLOCK
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(length)
    return response
