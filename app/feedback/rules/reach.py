"""Who sees feedback, who may work on it, and who may read the name."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.feedback.rules.notes import Level
from app.kernel.actors import Actor, Role

AT_PARK = (Level.PARK, Level.PROVINCE)


@dataclass(frozen=True, slots=True)
class Reach:
    """Branch paths on which somebody answers feedback, by what they are there."""

    team: tuple[str, ...] = ()
    officer: tuple[str, ...] = ()
    park: tuple[str, ...] = ()

    @property
    def inside(self) -> tuple[str, ...]:
        """Where everything is seen, names too."""
        return (*self.team, *self.officer)

    def knows_name(self, path: str) -> bool:
        """Whether names of a branch may be read: park managers see none."""
        return _under(path, self.inside)

    def sees(self, path: str, level: Level) -> bool:
        """Whether feedback of a branch may be read."""
        return self.knows_name(path) or (level in AT_PARK and _under(path, self.park))

    def holds(self, path: str, level: Level) -> bool:
        """Whether it lies with them, so that they may work on it."""
        holders = {Level.TEAM: self.inside, Level.COMPANY: self.officer}
        return _under(path, holders.get(level, self.park))


def reach_of(actor: Actor) -> Reach:
    """What an account reaches."""

    def paths(role: Role) -> tuple[str, ...]:
        return tuple(sorted({grant.path for grant in actor.grants if grant.role == role}))

    return Reach(paths(Role.TEAM_MEMBER), paths(Role.SAFETY_OFFICER), paths(Role.PARK_MANAGER))


def _under(path: str, above: Iterable[str]) -> bool:
    return any(path.startswith(each) for each in above)
