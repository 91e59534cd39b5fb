"""Uploads that are too big, or for which there is no room, are read past and never stored.

That holds for whatever page they were sent to. What is far too big is not even read; the request then has its
bytes as `unread`, because the form's token was not read either.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from studio.flow import disk
from studio.models import Role
from studio.web.access import memberships

FORM_ROOM = 1_000_000  # what the fields around a file may weigh
FAR = 3  # times a file's limit more than is taken: up to here a browser gets to read the sentence
View = TypeVar("View", bound=Callable[..., Any])


def takes_archives(view: View) -> View:
    """Marks a view that takes one far larger file, of people who may upload somewhere."""
    view.takes_archives = True  # type: ignore[attr-defined]
    return view


def most(request: HttpRequest) -> int:
    """Bytes of the largest file that the page asked for takes. It is known before the form is read."""
    view = getattr(request.resolver_match, "func", None)
    large = getattr(view, "takes_archives", False) and any(
        membership.role >= Role.MARKETER for membership in memberships(request)
    )
    return int(settings.ARCHIVE_BYTES if large else settings.UPLOAD_BYTES)


class Cap(FileUploadHandler):
    """First in line of FILE_UPLOAD_HANDLERS. The view finds no file, and sees in the length why."""

    too_big = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]] | None:
        assert self.request is not None
        taken = most(self.request)
        self.too_big = content_length > taken + FORM_ROOM
        if content_length > taken + FAR * settings.UPLOAD_BYTES + FORM_ROOM:
            self.request.unread = content_length  # type: ignore[attr-defined]
            return QueryDict(), MultiValueDict()
        if content_length > settings.UPLOAD_BYTES + FORM_ROOM and not self.too_big:
            self.too_big = self.request.no_room = _too_full(content_length)  # type: ignore[attr-defined]
        return None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_big:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class Spool(TemporaryFileUploadHandler):
    """A full disk ends the file and not the request: the view finds `no_room` on it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._room():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._room():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        with self._room():
            return super().file_complete(file_size)

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not disk.is_full(error):
                raise
            self.request.no_room = True  # type: ignore[union-attr]
            raise SkipFile from error


def _too_full(size: int) -> bool:
    """Whether a large file would push the disk below its floor: that is known before it is written."""
    return disk.free() - size < settings.DISK_FLOOR
