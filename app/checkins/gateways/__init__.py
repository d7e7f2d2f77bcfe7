"""Files of the check-ins: sheets that are filled in without the program."""

from app.checkins.gateways.sheet_workbook import SheetPerson, SheetWords, write_sheet

__all__ = ["SheetPerson", "SheetWords", "write_sheet"]
