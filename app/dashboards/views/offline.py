"""The service worker, the page of a lost network, and the manifest."""

import json

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from app.settings import NodeRole
from app.web.access import public
from app.web.compression import same_for_everybody
from app.web.kept import service_worker, shells_here
from app.web.language import current_language
from app.web.shells import shell

offline_pages = Blueprint("offline", __name__)

ICONS = (
    ("icons/app-192.png", "192x192", "any"),
    ("icons/app-512.png", "512x512", "any"),
    ("icons/app-maskable-512.png", "512x512", "maskable"),
)
PAPER = "#f5f6f8"
BLUE = "#2450b5"


@offline_pages.get("/sw.js")
@public
def show_service_worker() -> Response:
    page = Response(service_worker(), content_type="text/javascript; charset=utf-8")
    page.headers["Cache-Control"] = "no-cache"
    page.add_etag()
    page.make_conditional(request)
    return same_for_everybody(page)


@offline_pages.get("/offline")
@public
def show_offline() -> Response:
    offered = [each for each in shells_here(current_app) if each.title is not None]
    return shell("dashboards/show_offline.html", offered=offered)


@offline_pages.get("/manifest.webmanifest")
@public
def show_manifest() -> Response:
    park = current_app.config["SETTINGS"].role is NodeRole.PARK
    start = "/check-in" if park else "/"
    told = {
        "id": start,
        "name": _("An Ca – khai báo sức khoẻ trước ca") if park else _("An Ca – bảng của tỉnh"),
        "short_name": "An Ca",
        "lang": current_language(),
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BLUE,
        "icons": [
            {
                "src": url_for("static", filename=path),
                "sizes": size,
                "type": "image/png",
                "purpose": purpose,
            }
            for path, size, purpose in ICONS
        ],
    }
    page = Response(
        json.dumps(told, ensure_ascii=False),
        content_type="application/manifest+json; charset=utf-8",
    )
    page.headers["Cache-Control"] = "no-cache"
    page.add_etag()
    page.make_conditional(request)
    return same_for_everybody(page)
