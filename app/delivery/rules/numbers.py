"""Phone numbers as gateways want them."""

import re

NUMBER = re.compile(r"84\d{8,10}")


def with_84(address: str) -> str:
    """A phone number as 84 and the rest, whatever form it was kept in."""
    bare = re.sub(r"[\s.()-]", "", address).removeprefix("+")
    return "84" + bare[1:] if bare.startswith("0") else bare
