"""The site's settings: embedded defaults, everything else from the environment (configuration.py)."""

from __future__ import annotations

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from duijie.site.configuration import configure
from duijie.site.databases import database
from duijie.site.mailing import mailing

HERE = configure()

SECRET_KEY = HERE.secret()
DEBUG = HERE.debug
ALLOWED_HOSTS = HERE.hosts
FORCE_SCRIPT_NAME = HERE.prefix or None
VAR = HERE.var
HOME_REGION = HERE.home_region
SPONSOR, CONTACT, FILING = HERE.sponsor, HERE.contact, HERE.filing

ROOMS = [
    "kernel",
    "ledger",
    "registry",
    "parties",
    "files",
    "notices",
    "demands",
    "offers",
    "imports",
    "search",
    "matching",
    "desk",
    "demo",
]
INSTALLED_APPS = [
    *(f"duijie.site.{room}" for room in reversed(ROOMS)),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "duijie.site.kernel.middleware.speak",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "duijie.site.kernel.middleware.time_out",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "duijie.site.kernel.middleware.answer_errors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "duijie.site.urls"
WSGI_APPLICATION = "duijie.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "duijie.site.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "duijie.site.kernel.widgets.Renderer"

DATABASES = {"default": database(HERE.database_url, var=VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# lockout and rate limits must hold over all processes, so the cache is the database
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "duijie.site.parties.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Duijie"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["username"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "duijie.site.parties.accounts.locked_out"
AXES_CLIENT_IP_CALLABLE = "duijie.site.parties.accounts.client_ip"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody keeps another locked out by trying on
# guesses at one account are axes' to count; this bounds one address that tries many accounts
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HERE.proxy else 0

SESSION_COOKIE_AGE = HERE.session_hours * 3600
SESSION_IDLE_SECONDS = HERE.idle_minutes * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "duijie.site.kernel.views.forged"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HERE.proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HERE.proxy else None
USE_X_FORWARDED_HOST = HERE.proxy
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = HERE.language
LANGUAGES = [("zh-hans", _("中文")), ("en", _("英文"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = f"{HERE.prefix}/static/"
WHITENOISE_USE_FINDERS = True
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "duijie.site.kernel.vendor.VendorFinder",
]
NODE_MODULES = HERE.node_modules
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_BYTES = HERE.upload_megabytes * 2**20

globals().update(mailing(HERE.mail_url, var=VAR))
DEFAULT_FROM_EMAIL = HERE.mail_from
SITE_ADDRESS = HERE.address

SILENCED_SYSTEM_CHECKS: list[str] = []
# requests are told at INFO, for those who ask; refusals and failures always, one line each, to stderr
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=True),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": HERE.log_level},
}
