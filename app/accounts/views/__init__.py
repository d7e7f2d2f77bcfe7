"""Pages and calls of sign-in, own account, and administration of accounts."""

from app.accounts.views import own_account, second_factor, second_factor_rule
from app.accounts.views.admin import accounts_admin
from app.accounts.views.api import accounts_api
from app.accounts.views.pages import accounts_pages
from app.accounts.views.visitor import judges, load_visitor

__all__ = [
    "accounts_admin",
    "accounts_api",
    "accounts_pages",
    "judges",
    "load_visitor",
    "own_account",
    "second_factor",
    "second_factor_rule",
]
