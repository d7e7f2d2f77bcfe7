"""Addresses of sending: a person's inbox, phones that ring, and where providers call."""

from app.delivery.views.calls import provider_calls
from app.delivery.views.inbox import delivery_api
from app.delivery.views.push import push_api
from app.delivery.views.zalo import zalo_calls

__all__ = ["delivery_api", "provider_calls", "push_api", "zalo_calls"]
