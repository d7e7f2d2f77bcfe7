"""What a phone sends without a name."""

from dataclasses import dataclass
from uuid import UUID

from app.feedback.gateways.photos import read_photo
from app.feedback.rules.notes import HASH_SHAPE, Category, read_note
from app.kernel.ids import is_id
from app.kernel.refusals import BadFields
from app.web.photos import Photo

LONGEST_CODE = 40
RANDOM = 4  # the version of a UUID that holds no time


@dataclass(frozen=True, slots=True)
class AnonymousNote:
    """A note of nobody: its random key, what it says, and the hash of its reply code."""

    key: str
    category: Category
    text: str
    photo: Photo | None
    reply_hash: str
    company: str


def read_anonymous(body: dict[str, object]) -> AnonymousNote:
    """{"key", "text", "category", "photo"?, "reply_code_hash", "company"?}."""
    key, hashed, company = body.get("key"), body.get("reply_code_hash"), body.get("company")
    if not is_id(key) or UUID(str(key)).version != RANDOM:
        raise BadFields([("/key", "fields.missing")])
    if not isinstance(hashed, str) or HASH_SHAPE.fullmatch(hashed) is None:
        raise BadFields([("/reply_code_hash", "fields.missing")])
    category, text = read_note(body.get("category"), body.get("text"))
    photo = read_photo(body.get("photo"))
    named = company if isinstance(company, str) else ""
    return AnonymousNote(str(key), category, text, photo, hashed, named[:40])


def read_code(body: dict[str, object]) -> str:
    """{"reply_code"}."""
    code = body.get("reply_code")
    if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
        raise BadFields([("/reply_code", "fields.missing")])
    return code
