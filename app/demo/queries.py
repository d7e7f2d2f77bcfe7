"""The data files of the demo, and whether the database holds a park already."""

import functools
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch

DATA = Path(__file__).resolve().parent / "data"


@functools.cache
def demo_data(name: str) -> Any:
    """One of the data files: companies, names or words."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing has been entered yet."""
    found = (
        session.execute(select(Branch.id).limit(1)).first()
        or session.execute(select(Account.id).limit(1)).first()
    )
    return found is None
