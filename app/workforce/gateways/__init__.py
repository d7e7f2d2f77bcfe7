"""The files that staff lists come in and go out as."""

from app.workforce.gateways.problems_workbook import ProblemRow, write_problems_workbook
from app.workforce.gateways.sample_workbook import write_sample_workbook
from app.workforce.gateways.uploads import list_uploads, upload_path
from app.workforce.gateways.workbooks import ReadLimits, Sheet, Workbook, read_workbook

__all__ = [
    "ProblemRow",
    "ReadLimits",
    "Sheet",
    "Workbook",
    "list_uploads",
    "read_workbook",
    "upload_path",
    "write_problems_workbook",
    "write_sample_workbook",
]
