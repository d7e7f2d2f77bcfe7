"""What a staff list is refused for as a whole, before any row is judged."""

from app.kernel.refusals import Refusal


class NotAWorkbook(Refusal):
    """The file is no Excel workbook and no table in text form."""

    code = "workforce.not_a_workbook"


class WorkbookLocked(Refusal):
    """The workbook opens only with a password."""

    code = "workforce.workbook_locked"


class FileTooLarge(Refusal):
    """The file is larger than allowed; `limit_bytes`."""

    code = "workforce.file_too_large"
    status = 413


class TooManyCells(Refusal):
    """The sheets hold more cells, text or empty space than allowed; `limit`."""

    code = "workforce.too_many_cells"
    status = 413


class ZipBomb(Refusal):
    """The file would unpack to far more than a staff list needs."""

    code = "workforce.zip_bomb"


class EmptySheet(Refusal):
    """No sheet of the file holds anything."""

    code = "workforce.empty_sheet"


class NoHeaderRow(Refusal):
    """None of the first `searched` rows of any sheet looks like a row of headings."""

    code = "workforce.no_header_row"


class ColumnsMissing(Refusal):
    """No column was found for `fields`, without which nobody can be told apart."""

    code = "workforce.columns_missing"


class ReadTimedOut(Refusal):
    """Reading took longer than `seconds`."""

    code = "workforce.read_timed_out"


class ReadFailed(Refusal):
    """The reading program stopped before it had an answer."""

    code = "workforce.read_failed"
