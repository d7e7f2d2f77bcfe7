"""`/api/v1/openapi.json`: what programs may call on this node."""

import re

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.upkeep.gateways.machine import program_version
from app.upkeep.queries.api_document import api_document
from app.web.access import public

api_document_pages = Blueprint("api_document", __name__)
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


@api_document_pages.get("/api/v1/openapi.json")
@public
def show_document() -> ResponseReturnValue:
    told = api_document()
    mounted = {
        (_VARIABLE.sub(r"{\1}", rule.rule), method.lower())
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    paths = {
        address: kept
        for address, calls in told["paths"].items()
        if (kept := {how: call for how, call in calls.items() if (address, how) in mounted})
    }
    return jsonify({**told, "info": {**told["info"], "version": program_version()}, "paths": paths})
