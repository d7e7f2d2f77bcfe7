"""The table of everything that writes: a new way of writing gets its line here."""

from collections.abc import Mapping

from tests.durability.deeds.answers import CHECK_IN
from tests.durability.deeds.files import BACKUP, MIGRATION, RESTORE
from tests.durability.deeds.lists import IMPORT
from tests.durability.deeds.logs import BUNDLES, PULL, PUSH
from tests.durability.deeds.messages import DISPATCH, NOTICES, REMINDERS
from tests.durability.deeds.purges import PURGE
from tests.durability.ground import Deed

DEEDS: Mapping[str, Deed] = {
    "check-in": CHECK_IN,
    "import": IMPORT,
    "reminders": REMINDERS,
    "notices": NOTICES,
    "dispatch": DISPATCH,
    "push": PUSH,
    "pull": PULL,
    "bundles": BUNDLES,
    "backup": BACKUP,
    "restore": RESTORE,
    "migration": MIGRATION,
    "purge": PURGE,
}
