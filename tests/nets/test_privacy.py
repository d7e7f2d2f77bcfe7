"""Every column is decided: personal or not, how long it stays, what a deletion does with it.

`python -m tests.nets.test_privacy` writes the tables of docs/privacy.md anew.
"""

import importlib
import re
from collections.abc import Iterator

from sqlalchemy import Column, Table

from app.extensions import Base
from app.retention.actions.runs import ASIDE
from app.retention.queries.plan import get_plan, get_register, get_rules
from app.retention.rules.steps import ANY_LEVEL
from app.retention.views.words import KINDS_OF_ROWS
from app.settings import ROOT

DOCUMENT = ROOT / "docs" / "privacy.md"
BETWEEN = re.compile(r"(<!-- fields -->\n).*(<!-- end of fields -->)", re.DOTALL)
KEPT_OTHERWISE = {
    "standing": "khi mục đó còn",
    "standing_level": "tới khi gỡ mức",
    "intake": "90 ngày sau khi đóng",
    "hub": "7 ngày",
}
# Ids of whoever did something, in the records of others: opaque, they go with their rows.
WHO_DID_IT = {
    *("answer_sheet.account_id", "hand_over_note.account_id", "intake_entry.account_id"),
    *("check_in.account_id", "clearance.account_id", "gate_scan.account_id"),
    *("hand_over_reading.account_id", "planned_change.account_id", "risk_version.account_id"),
    *("roll_call.account_id", "two_people.account_id", "worker_merge.account_id"),
    *("case_entry.account_id", "data_request_answer.account_id", "feedback_entry.account_id"),
}


def tables() -> list[Table]:
    for path in (ROOT / "app").rglob("models.py"):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return list(Base.metadata.sorted_tables)


def columns() -> Iterator[Column[object]]:
    for table in tables():
        yield from table.columns


def name_of(column: Column[object]) -> str:
    return f"{column.table.name}.{column.name}"


def test_every_column_is_said_to_be_personal_or_plain() -> None:
    register = get_register()
    told = {f"{field.table}.{field.column}" for field in register.fields}
    told |= {f"{table}.{column}" for table, column in register.plain}
    there = {name_of(each) for each in columns() if each.table.name not in register.plain_tables}
    assert sorted(there - told) == [], "say in app/retention/data/fields.yaml what these hold"
    assert sorted(map(str, told - there)) == [], "these are gone: take them out of fields.yaml"
    assert not {field.table for field in register.fields} & set(register.plain_tables)


def test_every_table_that_a_purge_counts_has_words_for_its_rows() -> None:
    counted = {step.table for step in get_plan().steps}
    counted |= {part.table for step in get_plan().steps for part in step.parts}
    assert sorted({*counted, ASIDE} - set(KINDS_OF_ROWS)) == []


def test_what_is_personal_is_kept_by_a_rule_that_removes_it() -> None:
    rules = get_rules()
    purged = {step.table for step in get_plan().steps}
    purged |= {part.table for step in get_plan().steps for part in step.parts}
    purged |= {each.table for each in get_plan().erasing}
    purged |= {part.table for each in get_plan().erasing for part in each.parts}
    by_keys = {"log_entry", "early_entry", "fork", "this_node"}
    wrong = [
        field.table
        for field in get_register().fields
        if field.keep not in {*rules, *KEPT_OTHERWISE}
        or (field.keep in rules and field.table not in purged | by_keys)
    ]
    assert sorted(set(wrong)) == []


def test_every_column_that_names_a_person_is_decided_for_a_deletion() -> None:
    """As for merges: it goes, it loses its words, or it stays, and why."""
    plan = get_plan()
    named = {
        name_of(each)
        for each in columns()
        if each.name in {"account_id", "person_id", "worker_id"}
        or any(key.target_fullname in {"account.id", "worker.id"} for key in each.foreign_keys)
    }
    named -= {"erasure.worker_id"}
    decided = {f"{each.table}.{each.by}" for each in plan.erasing} | set(plan.left) | WHO_DID_IT
    assert sorted(named - decided) == []


def test_every_step_names_columns_that_there_are() -> None:
    by_name = {table.name: table for table in tables()}
    plan = get_plan()
    for step in (*plan.steps, *plan.history):
        wanted = {step.since, *step.only, *(step.blank or {})}
        wanted |= {each for each in (step.person, step.standing, step.of_erased) if each}
        wanted -= {ANY_LEVEL}
        assert wanted <= set(by_name[step.table].c.keys()), step
    for each in (*plan.steps, *plan.erasing):
        assert all(part.by in by_name[part.table].c for part in each.parts), each
        for name, value in (each.blank or {}).items():
            column = by_name[each.table].c[name]
            assert value is not None or column.nullable, f"{each.table}.{name} cannot be null"


def test_no_row_is_deleted_from_under_another() -> None:
    """Whatever leads to a table whose rows a step deletes goes with them, before them."""
    plan = get_plan()
    wrong = []
    for each in (*plan.steps, *plan.history, *plan.erasing):
        if each.blank is not None:
            continue
        with_it = {(part.table, part.by) for part in each.parts}
        for column in columns():
            leads = any(key.column.table.name == each.table for key in column.foreign_keys)
            if leads and (column.table.name, column.name) not in with_it:
                wrong.append(f"{name_of(column)} leads to {each.table}")
    assert wrong == []


def fields_told() -> str:
    """The tables of the document, out of the register."""
    register, rules, lines = get_register(), get_rules(), []
    words = register.words
    for purpose, row in words["purposes"].items():
        fields = [field for field in register.fields if field.purpose == purpose]
        ground = words["grounds"][row["ground"]]
        lines += [f"### {row['vi']}", "", f"Căn cứ: {ground['vi']} [{ground['evidence']}]", ""]
        lines += ["| Bảng | Cột | Giữ | Ai xem được |", "|---|---|---|---|"]
        for table in dict.fromkeys(field.table for field in fields):
            own = [field for field in fields if field.table == table]
            kinds = "; ".join(
                f"{words['kinds'][kind]['vi']}: "
                + ", ".join(f"`{field.column}`" for field in own if field.kind == kind)
                for kind in dict.fromkeys(field.kind for field in own)
            )
            keep = own[0].keep
            told = KEPT_OTHERWISE.get(keep) or f"{rules[keep].days + rules[keep].extra_days} ngày"
            told += " sau khi nghỉ việc" if keep == "contract" else ""
            seen = ", ".join(words["seen_by"][each]["vi"] for each in own[0].seen_by)
            lines.append(f"| `{table}` | {kinds} | {told} | {seen} |")
        lines.append("")
    return "\n".join(lines)


def test_the_document_tells_what_the_register_tells() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert fields_told() in text, "python -m tests.nets.test_privacy"


if __name__ == "__main__":
    old = DOCUMENT.read_text(encoding="utf-8")
    new = BETWEEN.sub(lambda found: found[1] + fields_told() + found[2], old)
    DOCUMENT.write_text(new, encoding="utf-8")
