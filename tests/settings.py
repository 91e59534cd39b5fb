"""Studio's settings for tests: a data folder for each process, quick hashes, static files as they are."""

import os
import tempfile

os.environ["STUDIO_DATA"] = tempfile.mkdtemp(prefix="studio-tests-")
os.environ.pop("STUDIO_ENV", None)

from studio import env

env.values.clear()  # what a developer keeps in .env is not for tests
env.values.update(os.environ)

from studio.settings import *
from studio.settings import DATA, STATIC_ROOT, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
assert DATA.name.startswith("studio-tests-")
