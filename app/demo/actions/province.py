"""The demo of a province: its root, the accounts to look around with, and what it told."""

from sqlalchemy.orm import Session

from app.demo.actions.bulletins import add_bulletins
from app.demo.actions.park import add_accounts
from app.demo.actions.rows import Rows
from app.demo.actions.sites import add_root
from app.demo.queries import demo_data, is_empty
from app.demo.rules import DemoOrder, NotEmpty


def load_province(session: Session, order: DemoOrder) -> list[dict[str, str]]:
    """Fill an empty province; returns the accounts."""
    if not is_empty(session):
        raise NotEmpty
    data, rows = demo_data("companies"), Rows()
    root = add_root(session, data["province"], order, None, rows)
    accounts = add_accounts(data["accounts"]["province"], root, order, rows)
    rows.write(session)
    add_bulletins(session, order)
    return accounts
