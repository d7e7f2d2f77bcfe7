/** The kept board in values for its page. */
import { phoneText } from "../slots.js";
import { timeText } from "./standing.js";

const callable = (row) => ({ ...row, phone_text: phoneText(row.phone), no_phone: !row.phone });

/** `copy`: {value, at} as kept; the time of the board is the park's, not that of this machine's clock. */
export function boardValues(copy, now, eastMinutes) {
  const { value } = copy;
  const standing = value.standing.map((row) => ({
    ...callable(row),
    [`is_${row.level}`]: true,
    since: timeText(row.at, now, eastMinutes),
  }));
  const missing = value.missing.map((row) => ({ ...callable(row), is_not_asked: row.not_asked }));
  const left = (total, shown) => (total > shown.length ? total - shown.length : null);
  return {
    company: value.company.name,
    part: value.part,
    as_of: timeText(value.as_of, now, eastMinutes),
    ...value.figures,
    absent_unexplained: value.figures.absent_unexplained || null,
    planned: value.figures.planned,
    unplanned: !value.figures.planned,
    units: value.units,
    any_units: value.units.length > 0,
    standing,
    any_standing: standing.length > 0,
    no_standing: standing.length === 0,
    standing_left: left(value.standing_total, standing),
    missing,
    any_missing: missing.length > 0,
    no_missing: missing.length === 0 && value.figures.planned,
    missing_left: left(value.missing_total, missing),
  };
}
