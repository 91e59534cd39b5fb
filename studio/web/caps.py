"""Uploads that are too big are read past and never stored, whatever page they were sent to."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

FORM_ROOM = 1_000_000  # what the fields around a file may weigh


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
    ) -> None:
        self.too_big = content_length > settings.UPLOAD_BYTES + FORM_ROOM

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_big:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
