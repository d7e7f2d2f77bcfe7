"""Uploaded lists on disk, for the moment until they are read; they name people."""

from pathlib import Path

_FOLDER = "uploads"


def upload_path(instance: Path, import_id: str) -> Path:
    """Where the file of an import lies, in a folder that only this program reads."""
    folder = instance / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / import_id


def list_uploads(instance: Path) -> list[str]:
    """The imports whose file still lies there."""
    folder = instance / _FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
