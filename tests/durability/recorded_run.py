"""Workers answer while everything that reaches the disk is noted.

`python -m tests.durability.recorded_run FOLDER FILE` leaves the notes in FILE; exit code 3 where
SQLite lets nobody stand between it and the system.
"""

import pickle
import shutil
import sys
from pathlib import Path

from sqlalchemy import event

from app.web.schema import upgrade
from app.web.transaction import transact
from tests.durability.deeds.answers import make_batches, make_people
from tests.durability.ground import Ground
from tests.durability.recorder import Recorder

PEOPLE, MOST_AT_ONCE = 40, 3


def main(folder: Path, file: Path) -> int:
    """Set a park up, then note what its workers' answers do to the disk."""
    recorder = Recorder()
    if not recorder.put_in():
        return 3
    ground = Ground(folder)
    ground.build()
    with ground.park.app_context():
        upgrade(ground.park.extensions["writer"].engine)
        people = transact(lambda session: make_people(session, PEOPLE))
    ground.close()
    shutil.copy(ground.settings.sqlite_path, file.with_suffix(".db"))
    recorder.noted.clear()
    # So that the log is folded into the file again and again, not once in a thousand pages.
    event.listen(
        ground.park.extensions["writer"].engine,
        "connect",
        lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint=150").close(),
    )
    client = ground.park.test_client()
    for person, batch in zip(people, make_batches(people, MOST_AT_ONCE), strict=True):
        recorder.mark(("sent", [command["key"] for command in batch]))
        answer = client.post("/api/v1/commands", json={"commands": batch}, headers=person.headers)
        assert {each["outcome"] for each in answer.json["results"]} == {"applied"}
        recorder.mark(("saved", [each["key"] for each in answer.json["results"]]))
    file.write_bytes(pickle.dumps(recorder.noted))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
