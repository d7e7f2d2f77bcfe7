"""Reading SQLite's write-ahead log by itself (sqlite.org/fileformat2.html#walformat).

After a power cut the end of the log may be torn: that was never acknowledged, and SQLite rightly
stops before it. It stops in silence at a bad place in the middle, too; what had been acknowledged
behind that place would be gone without a word.
"""

import struct
from pathlib import Path

HEADER, FRAME_HEADER = 32, 24
BIG, LITTLE = 0x377F0683, 0x377F0682
# A commit reaches the disk before the next one begins. So behind a torn end lies one at most.
# Read in about a second; the writer folds its log into the file long before it is so long.
MOST_FRAMES = 4096
MOST_BEHIND_A_TORN_END = 1
_WORDS = {BIG: ">", LITTLE: "<"}


def commits_out_of_reach(database: Path) -> int:
    """How many whole commits stand behind a bad place of the log; 0 when its end is merely torn."""
    log = database.with_name(f"{database.name}-wal")
    if not log.exists() or log.stat().st_size < HEADER:
        return 0
    with log.open("rb") as file:
        header = file.read(HEADER)
        magic, _version, page_size, _turn = struct.unpack(">4I", header[:16])
        if magic not in _WORDS:
            return 0
        order, salts = _WORDS[magic], header[16:24]
        sums = _checksum(header[:24], order, (0, 0))
        if sums != struct.unpack(">2I", header[24:32]):
            return 0
        behind, broken, left = 0, False, MOST_FRAMES
        while (
            left and len(frame := file.read(FRAME_HEADER + page_size)) == FRAME_HEADER + page_size
        ):
            left -= 1
            if frame[8:16] != salts:
                break  # of an earlier turn of the log
            if not broken:
                told = struct.unpack(">2I", frame[16:24])
                sums = _checksum(frame[FRAME_HEADER:], order, _checksum(frame[:8], order, sums))
                broken = sums != told
            is_commit = frame[4:8] != b"\x00\x00\x00\x00"
            behind += broken and is_commit
    return behind if behind > MOST_BEHIND_A_TORN_END else 0


def _checksum(content: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for place in range(0, len(words), 2):
        one = (one + words[place] + two) & 0xFFFFFFFF
        two = (two + words[place + 1] + one) & 0xFFFFFFFF
    return one, two
