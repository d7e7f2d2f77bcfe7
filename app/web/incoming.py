"""Text from outside as every database can hold it: no NUL, no half of a letter pair."""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict

from app.kernel.refusals import NotFound

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_MAY_BE_UNFIT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_REPLACEMENT = "\ufffd"


class Texts(ImmutableMultiDict[str, Any]):
    """Fields of a form or of a query, without what no database holds."""

    def __init__(self, mapping: Any = None) -> None:
        if isinstance(mapping, Iterable) and not isinstance(mapping, dict):
            mapping = [(fit(name), fit(value)) for name, value in mapping]
        super().__init__(mapping)


class Incoming(Request):
    """A request whose fields are fit to be kept."""

    parameter_storage_class = Texts


def register(app: Flask) -> None:
    """Read every request this way; an address that no database could hold leads nowhere."""
    app.request_class = Incoming

    @app.before_request
    def refuse_unfit_address() -> None:
        if _UNFIT.search(request.path):
            raise NotFound


def read_json(text: bytes) -> Any:
    """A JSON document; ValueError when it is none, has a NaN, or is nested without end."""
    try:
        found = json.loads(text, parse_constant=_no_number)
        return fit(found) if _MAY_BE_UNFIT.search(text) else found
    except RecursionError:
        raise ValueError from None


def fit(value: Any) -> Any:
    """The value with a mark in place of each sign that cannot be kept."""
    if isinstance(value, str):
        return _UNFIT.sub(_REPLACEMENT, value)
    if isinstance(value, dict):
        return {fit(name): fit(each) for name, each in value.items()}
    if isinstance(value, list):
        return [fit(each) for each in value]
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
