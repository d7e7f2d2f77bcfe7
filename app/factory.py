"""Builds the application: one configure function per concern."""

import logging
from datetime import timedelta
from multiprocessing.util import Finalize

from flask import Flask

from app.accounts.views import judges, load_visitor
from app.delivery.registry import build_channels
from app.extensions import babel, csrf, db, login_manager
from app.kernel.clock import Clock, SystemClock
from app.reactions import REACTIONS
from app.roles import mount
from app.schedule import JobRunner
from app.settings import ROOT, KeyFile, Secrets, Settings
from app.sync.gateways.ear import Ear
from app.upkeep.cli import backup_cli
from app.upkeep.gateways.certificates import certificate_of
from app.upkeep.gateways.welcome import listen
from app.web import (
    assets,
    charts,
    compression,
    errors,
    filters,
    headers,
    hosts,
    incoming,
    language,
    logs,
    quiet,
    timing,
    words,
)
from app.web.access import install_guard, public
from app.web.database import engine_options, open_database
from app.web.patience import Patience
from app.web.proxies import TrustedProxies


def build_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The application of one node."""
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    configure_values(app, settings, clock or SystemClock())
    configure_database(app, settings)
    configure_extensions(app)
    configure_pages(app, settings)
    mount(app, settings.role)
    configure_access(app)
    configure_server(app, settings)
    configure_schedule(app, settings)
    return app


def build_restorer(settings: Settings, clock: Clock | None = None) -> Flask:
    """An application that puts a backup back, and asks for nothing that the backup brings."""
    app = Flask("app", root_path=str(ROOT / "app"), instance_path=str(settings.instance))
    app.extensions["clock"] = clock or SystemClock()
    configure_node(app, settings)
    configure_database(app, settings)
    babel.init_app(app, locale_selector=language.choose_locale)
    app.cli.add_command(backup_cli)
    return app


def configure_node(app: Flask, settings: Settings) -> None:
    """What even a node without keys knows: its database and its languages."""
    app.config.update(
        SETTINGS=settings,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE=settings.timezone.key,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "app" / "translations"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def configure_values(app: Flask, settings: Settings, clock: Clock) -> None:
    """Settings, secrets, clock, and the defaults of Flask that do not suit health data."""
    secrets = Secrets.in_folder(settings.instance)
    keys = KeyFile(settings.instance)
    channels = build_channels(settings, clock.now)
    app.extensions.update(
        clock=clock, secrets=secrets, field_keys=keys, channels=channels, ear=Ear()
    )
    configure_node(app, settings)
    app.config.update(
        SECRET_KEY=secrets.session_key,
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=settings.max_body,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_NAME=("__Host-" if settings.secure else "") + f"anca-{settings.role}",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_PROTECTION="basic",
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the session: forms stay open over lunch
    )


def configure_database(app: Flask, settings: Settings) -> None:
    """The reading engine of the extension, and the writer."""
    db.init_app(app)
    with app.app_context():
        app.extensions["writer"] = open_database(
            app, settings, {"reactions": REACTIONS, "settings": settings}
        )


def configure_extensions(app: Flask) -> None:
    """Sign-in, forms' tokens and languages."""
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language.choose_locale)
    login_manager.init_app(app)
    login_manager.user_loader(load_visitor)


def configure_pages(app: Flask, settings: Settings) -> None:
    """Names answered to, filters, headers, language, words and error pages."""
    certificate = certificate_of(settings)
    hosts.register(app, settings, certificate.names if certificate else ())
    incoming.register(app)
    app.view_functions["static"] = public(app.view_functions["static"])
    timing.register(app)
    assets.register(app)
    compression.register(app)
    filters.register(app)
    charts.register(app)
    words.register(app)
    headers.register(app)
    language.register(app)
    errors.register(app)


def configure_access(app: Flask) -> None:
    """The guard over every mounted view."""
    install_guard(app, judges())


def configure_schedule(app: Flask, settings: Settings) -> None:
    """Jobs, and the port that leads to HTTPS, in a process that serves."""
    if settings.scheduler:
        runner = JobRunner(app, settings)
        runner.start()
        # The server's processes end without asking atexit; these are asked in every process.
        Finalize(None, runner.stop, exitpriority=0)
    if settings.http_port and not settings.command_line:
        listen(app.wsgi_app, settings)


def configure_server(app: Flask, settings: Settings) -> None:
    """Logs, and trust in the proxies that stand before this node."""
    logs.register(app, settings.log_level, as_json=settings.log_json)
    for chatty in ("alembic", "apscheduler", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    quiet.register(app)
    app.wsgi_app = Patience(app.wsgi_app)  # type: ignore[method-assign]
    if settings.behind_proxy:
        app.wsgi_app = TrustedProxies(  # type: ignore[method-assign]
            app.wsgi_app, settings.proxy_networks, settings.trusted_proxies
        )
