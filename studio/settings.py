"""Every setting of Studio, read once. The README's table says the same; a test compares the two."""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from studio import env
from studio.imaging.credentials import ALGORITHMS, Signer

HOME = env.HOME
DATA = Path(env.text("STUDIO_DATA", str(HOME / "var"))).expanduser().resolve()
PRODUCTION = env.choice("STUDIO_ENV", "local", ("local", "production")) == "production"
DEBUG = False

env.later("DATABASE_URL", "REDIS_URL", "STUDIO_STORAGE", "STUDIO_METRICS_TOKEN")


# --- Secrets and hosts ---------------------------------------------------------------------------


def _secret_key() -> str:
    if key := env.text("STUDIO_SECRET_KEY"):
        if PRODUCTION and (len(key) < 50 or len(set(key)) < 5):
            raise env.refusal("STUDIO_SECRET_KEY", f"{len(key)} characters", "50 or more random characters")
        return key
    if PRODUCTION:
        raise env.refusal("STUDIO_SECRET_KEY", "", "50 or more random characters, always set in production")
    return _kept_key(DATA / "secret-key")


def _kept_key(path: Path) -> str:
    """Made once; whoever loses the race to create the file reads the winner's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(60))
    return path.read_text().strip()


SECRET_KEY = _secret_key()

ALLOWED_HOSTS = env.words("STUDIO_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost")
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise env.refusal("STUDIO_HOSTS", ",".join(ALLOWED_HOSTS), "the host names you serve, without *")

BIND = env.text("STUDIO_BIND", "127.0.0.1")
if BIND not in ("127.0.0.1", "localhost", "::1") and not PRODUCTION:
    raise env.refusal("STUDIO_BIND", BIND, "127.0.0.1, or any address together with STUDIO_ENV=production")
PORT = env.number("PORT", 8000, 1, 65535)
TRUSTED_PROXIES = env.number("STUDIO_TRUSTED_PROXIES", 0, 0, 8)
PUBLIC_URL = env.text("STUDIO_PUBLIC_URL").rstrip("/")
if PUBLIC_URL and not PUBLIC_URL.startswith("https://"):
    loopback = PUBLIC_URL.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    if PRODUCTION or not loopback:
        raise env.refusal(
            "STUDIO_PUBLIC_URL", PUBLIC_URL, "an https address, or plain http on loopback when local"
        )
CSRF_FAILURE_VIEW = "studio.web.views.doors.forged"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if PRODUCTION]


# --- The app -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "studio",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_q",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # around static files too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "studio.web.methods.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "studio.web.methods.page_for_wrong_methods",
]

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOME / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.web.frame.frame",
            ],
            "libraries": {"money": "studio.web.money"},
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- Data ----------------------------------------------------------------------------------------

STOPPING = DATA / "stopping"  # a mark of the launcher's: workers begin nothing new
DATA.mkdir(parents=True, exist_ok=True)

# IMMEDIATE makes a writer wait for its turn; with the default a quarter of requests failed under load.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "studio.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA journal_size_limit=67108864;"
            ),
        },
        "TEST": {"NAME": DATA / "test.sqlite3"},
    }
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "media", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [HOME / "static"]

# In files: django-q's status would be a steady writer in the database, and hidden from web in memory.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA / "cache",
    }
}


# --- Work ----------------------------------------------------------------------------------------

WORKERS = env.number("STUDIO_WORKERS", os.cpu_count() or 2, 1, 64)

Q_CLUSTER = {
    "name": "studio",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": WORKERS,  # what is prefetched waits inside `retry`, so prefetch little
    "bulk": 1,
    "timeout": 390,  # above a turn of work and the longest single call, a picture asked for in a chat
    "retry": 900,
    "ack_failures": True,
    "max_attempts": 1,  # retries are the row's business
    "save_limit": 0,  # any other limit locks every stored result on each finished task
    "recycle": 300,
    "poll": 0.5,
    "guard_cycle": 1,
    "catch_up": False,
    "label": "Queue",
}


# --- Who makes pictures --------------------------------------------------------------------------

HIAPI_KEY = env.secret("HIAPI_API_KEY") or env.secret("HIAPI_TOKEN")
if HIAPI_KEY and env.secret("HIAPI_TOKEN") not in ("", HIAPI_KEY):
    raise env.refusal("HIAPI_TOKEN", "another key than HIAPI_API_KEY", "the same key, or empty")
HIAPI_RPM = env.number("HIAPI_RPM", 60, 1, 1_000_000)
HIAPI_CONCURRENCY = env.number("HIAPI_CONCURRENCY", 4, 1, 1000)
HIAPI_CHARGES_FAILURES = env.choice("HIAPI_FAILED_TASKS", "charged", ("charged", "free")) == "charged"
FETCH_ALLOW = frozenset(env.hosts("STUDIO_FETCH_ALLOW"))
HIAPI_ACCOUNT: dict[str, Any] = {
    "key": HIAPI_KEY,
    "base_url": env.address("HIAPI_BASE_URL", "https://api.hiapi.ai", FETCH_ALLOW),
    "site_url": env.address("HIAPI_SITE_URL", "https://www.hiapi.ai", FETCH_ALLOW),
    "secrets": tuple(env.secrets("HIAPI_WEBHOOK_SECRET")),
    "honours_keys": env.choice("HIAPI_IDEMPOTENCY", "honoured", ("honoured", "ignored")) == "honoured",
    "allow": FETCH_ALLOW,
    "models": tuple(env.words("HIAPI_MODELS")),
}
ENGINE = env.text("STUDIO_ENGINE") or ("hiapi" if HIAPI_KEY else "local")
if ENGINE not in ("local", "hiapi"):
    raise env.refusal("STUDIO_ENGINE", ENGINE, "local or hiapi")
if ENGINE == "hiapi" and not HIAPI_KEY:
    raise env.refusal("STUDIO_ENGINE", ENGINE, "local, or hiapi together with HIAPI_API_KEY")


# --- Who signs pictures --------------------------------------------------------------------------

_chain, _key = env.file("STUDIO_C2PA_CERTIFICATE"), env.file("STUDIO_C2PA_KEY")
if bool(_chain) != bool(_key):
    _empty = "STUDIO_C2PA_KEY" if _chain else "STUDIO_C2PA_CERTIFICATE"
    raise env.refusal(_empty, env.text(_empty), "the path of a PEM file: certificate and key go together")
_algorithm = env.choice("STUDIO_C2PA_ALGORITHM", "es256", ALGORITHMS)
C2PA_SIGNER = Signer(_chain, _key, _algorithm) if _key else None


# --- Limits of what comes from outside -----------------------------------------------------------

UPLOAD_BYTES = env.number("STUDIO_UPLOAD_MB", 50, 1, 1000) * 1_000_000
UPLOAD_PIXELS = env.number("STUDIO_UPLOAD_MEGAPIXELS", 50, 1, 200) * 1_000_000
ARCHIVE_BYTES = env.number("STUDIO_ARCHIVE_MB", 4000, 1, 1_000_000) * 1_000_000
UPLOAD_FILES = env.number("STUDIO_UPLOAD_FILES", 500, 1, 10_000)
SHOOT_PICTURES = env.number("STUDIO_SHOOT_PICTURES", 2000, 1, 100_000)
BRAND_BYTES = env.number("STUDIO_BRAND_MB", 50_000, 1, 100_000_000) * 1_000_000
BRAND_PACKSHOTS = env.number("STUDIO_BRAND_PACKSHOTS", 20_000, 1, 10_000_000)
EXPORT_DAYS = env.number("STUDIO_EXPORT_DAYS", 14, 1, 3650)
DISK_FLOOR = env.number("STUDIO_DISK_FLOOR_MB", 500, 0, 1_000_000) * 1_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a choice of every picture of a large shoot
FILE_UPLOAD_TEMP_DIR = DATA / "media" / "incoming"  # on the disk that is watched; swept if web is killed
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
_handlers = "django.core.files.uploadhandler"
FILE_UPLOAD_HANDLERS = [
    "studio.web.caps.Cap",  # reads past what is too big, before anything is written
    f"{_handlers}.MemoryFileUploadHandler",
    "studio.web.caps.Spool",
]


# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "studio.User"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validators}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_validators}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validators}.CommonPasswordValidator"},
    {"NAME": f"{_validators}.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600 * 24
EMAIL_BACKEND = "studio.web.mail.NoServer"
DEFAULT_FROM_EMAIL = "studio@localhost"

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = "studio.web.guessing.counted_by"  # by name, and by address
AXES_USERNAME_CALLABLE = "studio.web.guessing.name_counted"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else whoever goes on guessing keeps the owner out
AXES_CLIENT_IP_CALLABLE = "studio.web.access.client_address"
AXES_LOCKOUT_CALLABLE = "studio.web.views.doors.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False


# --- What a browser is told ----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 3600 * 24 * 14
BROWSER_COOKIE_NAME = "browser"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 3600 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    BROWSER_COOKIE_NAME = "__Host-browser"
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# --- The first admin, when set up by machine -----------------------------------------------------

FIRST_ADMIN = {
    "username": env.text("DJANGO_SUPERUSER_USERNAME"),
    "email": env.text("DJANGO_SUPERUSER_EMAIL"),
    "password": env.text("DJANGO_SUPERUSER_PASSWORD"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "studio.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"calm": {"()": "studio.logs.Calm"}, "seldom": {"()": "studio.logs.Seldom"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"filters": ["calm"]},
        "studio.flow.pace": {"filters": ["seldom"]},
        "studio.flow.outcome": {"filters": ["seldom"]},
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "httpx": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},  # it logs addresses
        "httpcore": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
