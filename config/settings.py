"""Every setting of Meridian, by section, from the environment. `docs/operations/environment.md` lists the variables."""

import os
import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from whitenoise.compress import Compressor

from config import embedded, roles
from config.api_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 they are settings
from config.variables import flag, groups, optional_secret, secret, words

ROOT = BASE_DIR = Path(__file__).resolve().parent.parent

# Where it runs ------------------------------------------------------------------------------------------------------
PRODUCTION = flag("MERIDIAN_PRODUCTION")
DEBUG = flag("DEBUG")
TESTING = "pytest" in sys.modules
VAR = embedded.var_folder()
SECRET_KEY = secret("SECRET_KEY", "development-only-and-therefore-insecure-5c1ff0a7f9f44d0b")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Rooms: an app imports only from apps below it -----------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "operations",
    "marketing",
    "assurance",
    "incidents",
    "governance",
    "assessment",
    "identification",
    "risk",
    "service",
    "customers",
    "products",
    "surveys",
    "staff",
    "audit",
    "pages",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_celery_beat",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pages.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.health.HealthMiddleware",
    "service.middleware.ChatPollMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "staff.session_life.SessionLifeMiddleware",
    "staff.middleware.PreferencesMiddleware",
    "audit.middleware.AuditMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staff.middleware.MfaRequiredMiddleware",
    "customers.middleware.MergedNumberMiddleware",
    "pages.middleware.NoStoreMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "pages.templatetags.pages",
                "pages.templatetags.frame",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "config.navigation.navigation",
            ],
        },
    }
]

# Database and broker: the servers that the two URLs name, or the embedded ones --------------------------------------
# Each process signs in as the role that its work needs (config/roles.py).
DATABASE_ROLE = roles.role_of_process()
DATABASE_URL = roles.database_url(DATABASE_ROLE)
REDIS_URL = roles.address_in("REDIS_URL") or embedded.redis_url()
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "meridian-test" if TESTING else "meridian",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Jobs and schedule ---------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TIMEZONE = os.environ.get("TIME_ZONE", "Asia/Shanghai")
CELERY_BEAT_SCHEDULER = "config.beat:LivingScheduler"
CELERY_TASK_ALWAYS_EAGER = False
# Connections that the nightly run uses at once where it draws all portraits: as many as the database has processors to spare.
NIGHTLY_CONNECTIONS = int(os.environ.get("NIGHTLY_CONNECTIONS", "2"))

# People and sign-in --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
# E-mails are unique whatever their case, by a constraint over Lower("email") that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["staff.backends.RoleBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "staff.adapters.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# Addresses are counted as the proxy saw them, and only behind a proxy of ours.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_PROXY") else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Meridian"
# A code holds for its own 30 seconds only, and allauth marks it in the shared cache, so it opens one door once.
MFA_TOTP_TOLERANCE = 0
# Administrators enter the e-mail of staff, so there is nothing to verify.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_REQUIRED_ROLES = words(
    "MFA_REQUIRED_ROLES",
    "administrator,compliance,risk,internal_audit,management,service_lead" if PRODUCTION else "",
)
# A session ends after so long without use, and after so long in any case.
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", "900"))
SESSION_ABSOLUTE_SECONDS = int(os.environ.get("SESSION_ABSOLUTE_SECONDS", "43200"))
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How long a password or a second factor counts as just given (staff/reauth.py).
REAUTHENTICATION_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = int(os.environ.get("REAUTHENTICATION_SECONDS", "300"))
# How often one person may do what costs much or gives much away (staff/rate_limits.py).
RATE_LIMITS = {
    "help": os.environ.get("RATE_HELP", "60/m"),
    "search": os.environ.get("RATE_SEARCH", "120/m"),
    "export": os.environ.get("RATE_EXPORT", "20/h"),
    "reveal": os.environ.get("RATE_REVEAL", "60/h"),
    # Visitors of the public chat: windows opened from one address, what one visitor writes, and how often windows ask.
    "hook_refused": os.environ.get("RATE_HOOK_REFUSED", "30/m"),
    "chat_open": os.environ.get("RATE_CHAT_OPEN", "20/h"),
    "chat_write": os.environ.get("RATE_CHAT_WRITE", "40/m"),
    "chat_poll": os.environ.get("RATE_CHAT_POLL", "300/m"),
    "chat_address": os.environ.get("RATE_CHAT_ADDRESS", "6000/m"),
    "survey": os.environ.get("RATE_SURVEY", "600/h"),
    "rating": os.environ.get("RATE_RATING", "120/h"),
    "test_mail": os.environ.get("RATE_TEST_MAIL", "30/h"),
    "short_link": os.environ.get("RATE_SHORT_LINK", "600/h"),
    "unsubscribe": os.environ.get("RATE_UNSUBSCRIBE", "120/h"),
}
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "staff.passwords.NotGuessableValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Personal data: AES-GCM keys and the blind-index key ----------------------------------------------------------------
# MERIDIAN_KEYS is a comma-separated ring "id:base64key", the first one encrypts, all of them decrypt.
MERIDIAN_KEYS = secret("MERIDIAN_KEYS", "dev1:ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMhISE=")
MERIDIAN_INDEX_KEY = secret("MERIDIAN_INDEX_KEY", "ZGV2ZWxvcG1lbnQtb25seS1pbmRleC1rZXktMzJiISE=")

# Proof of the log: the key that signs it, the role that seals, where anchors go ---------------------------------------
LOG_ORIGIN = os.environ.get("MERIDIAN_LOG_ORIGIN", "meridian/log")
MERIDIAN_SEAL_KEY = secret("MERIDIAN_SEAL_KEY", "")
SEAL_KEY_PATH = VAR / "seal.key"  # development makes its key here
SEAL_OLD_KEYS = words("MERIDIAN_SEAL_OLD_KEYS")
SEALER_DATABASE_URL = "" if TESTING else roles.database_url("sealer")
SEAL_SECONDS = float(os.environ.get("SEAL_SECONDS", "1"))
SEAL_LATE_SECONDS = float(os.environ.get("SEAL_LATE_SECONDS", "60"))
ANCHOR_SECONDS = float(os.environ.get("ANCHOR_SECONDS", "3600"))
ANCHOR_DIRECTORY = os.environ.get("ANCHOR_DIRECTORY", "" if PRODUCTION else str(VAR / "anchors"))
ANCHOR_TSA_URL = os.environ.get("ANCHOR_TSA_URL", "")
ANCHOR_TSA_CA = os.environ.get("ANCHOR_TSA_CA", "")
ANCHOR_EMAILS = words("ANCHOR_EMAILS")
LOG_RETENTION_YEARS = int(os.environ.get("LOG_RETENTION_YEARS", "10"))

# Languages, numbers, time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "Asia/Shanghai")
COMPANY_NAME = os.environ.get("MERIDIAN_COMPANY", "Meridian")
COMPANY_CURRENCY = os.environ.get("MERIDIAN_CURRENCY", "CNY")
COMPANY_JURISDICTION = os.environ.get("MERIDIAN_JURISDICTION", "CN")

# Files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR / "static"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if flag("COMPRESS_STATIC", PRODUCTION)  # ten seconds, which a first start on one's own machine need not spend
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # else everything is compressed twice
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20
# What an uploaded file may weigh, and a packed one unpacked: in bytes, and in times its own size.
UPLOAD_MAX_BYTES = int(os.environ.get("UPLOAD_MAX_BYTES", 2 * 2**30))
UNPACKED_MAX_BYTES = int(os.environ.get("UNPACKED_MAX_BYTES", 20 * 2**30))
UNPACKED_MAX_RATIO = 200
# Four eyes: up to so many rows of personal data one person exports alone; more need an approval.
EXPORT_ROWS_ALONE = int(os.environ.get("EXPORT_ROWS_ALONE", "500"))
BULK_ROWS_ALONE = int(os.environ.get("BULK_ROWS_ALONE", "50"))
# How much of a file is checked and moved in one transaction.
IMPORT_PIECE_BYTES = int(os.environ.get("IMPORT_PIECE_BYTES", 4 * 2**20))

# E-mail --------------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD", "") if "EMAIL_HOST_USER" in os.environ else ""
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "meridian@localhost")

# Mailboxes of customer service: the servers that they may name, their passwords by name, what is taken ----------------
# Whoever sets up a mailbox could otherwise have its password sent to a server of their own.
MAIL_HOSTS = words("MAIL_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1")
# MAIL_SECRET_SUPPORT, or MAIL_SECRET_SUPPORT_FILE, which is read each time: a new password needs no restart.
MAIL_SECRETS: dict[str, str | Path] = {
    name.removeprefix("MAIL_SECRET_").removesuffix("_FILE"): Path(value) if name.endswith("_FILE") else value
    for name, value in os.environ.items()
    if name.startswith("MAIL_SECRET_")
}
MAIL_CA_FILE = os.environ.get("MAIL_CA_FILE", "")
MAIL_MAX_BYTES = int(os.environ.get("MAIL_MAX_BYTES", 25 * 2**20))
MAIL_SENDER_PER_HOUR = int(os.environ.get("MAIL_SENDER_PER_HOUR", "20"))

# Transport and headers -----------------------------------------------------------------------------------------------
# True where one proxy of ours stands in front: the address that it saw is the client's.
BEHIND_PROXY = flag("BEHIND_PROXY")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
if PRODUCTION:
    SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    # A name that begins so is taken by browsers from this very host alone, over HTTPS, for every path.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The public chat -----------------------------------------------------------------------------------------------------
# Origins of pages that may show the chat's window in a frame, such as https://www.company.example; none by default.
CHAT_EMBED_ORIGINS = words("CHAT_EMBED_ORIGINS")
CHAT_QUEUE = os.environ.get("CHAT_QUEUE", "chat")
# With this key the company's own app signs who its customer is (docs/chat.md); without it every visitor is a stranger.
CHAT_CUSTOMER_KEY = optional_secret("CHAT_CUSTOMER_KEY")
# OUTLET_APP_CHANNEL=app, OUTLET_APP_URL, OUTLET_APP_SECRET (or _SECRET_FILE), OUTLET_APP_QUEUE make the outlet “app”.
OUTLETS: dict[str, dict[str, str | Path]] = {
    code: {
        "channel": channel, "url": os.environ.get(f"{start}URL", ""), "queue": os.environ.get(f"{start}QUEUE", ""),
        "secret": secret,
    }
    for start, code, channel, secret in groups("OUTLET", last="CHANNEL", key="SECRET")
    if channel in ("app", "community")
}  # fmt: skip
# Gateways of campaigns, for text and push messages: marketing/gateways.py.
GATEWAYS: dict[str, dict[str, str | Path]] = {
    code: {"url": url, "secret": secret} for _start, code, url, secret in groups("GATEWAY", last="URL", key="KEY")
}
CHAT_FILE_BYTES = int(os.environ.get("CHAT_FILE_BYTES", 10 * 2**20))
CHAT_AWAY_MINUTES = int(os.environ.get("CHAT_AWAY_MINUTES", "15"))

# Forms and API -------------------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# Logs ----------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.SafeFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
}
