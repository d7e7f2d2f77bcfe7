/** What became of a closed sheet: where it is, who closed it, and what was kept against it. Pure. */

const last = (list) => list[list.length - 1] || null;

const isOf = (item, park) =>
  item.body.group === park.group.id && item.body.shift_on === park.shift.on && item.body.shift === park.shift.code;

/** Whether both sides say the same: then there is nothing to show of it. */
function agrees({ said, state, level, reason }) {
  if (reason === "same" || said === "not_asked") return true;
  if (said === "well") return state === "answered" && level === "green";
  if (said === "symptoms") return state === "answered" && level !== "green";
  return state === said;
}

function sidesOf(result, names) {
  const named = (line) => ({ ...line, name: names.get(line.badge) || line.badge });
  const kept = result.kept.map(named);
  const standing = result.recorded.filter(
    ({ said, level }) => said === "well" && (level === "amber" || level === "red"),
  );
  return {
    own: kept.filter(({ reason }) => reason === "own_answer"),
    agreed: kept.filter(agrees).length,
    conflicts: [...kept.filter((line) => !agrees(line)), ...standing.map((line) => named({ ...line, reason: "level_stands" }))],
    newcomers: result.not_on_sheet.map((badge) => names.get(badge) || badge),
  };
}

function fromHere(item, undo, leader) {
  return {
    key: item.key,
    by: leader,
    made_at: item.made_at,
    body: item.body,
    state: item.state,
    received_at: item.answer && item.answer.received_at,
    message: item.answer && item.answer.message,
    result: item.state === "received" && item.answer.result ? item.answer.result : null,
    undo: undo && undo.state !== "refused" ? { state: undo.state, result: undo.answer && undo.answer.result } : null,
    undo_refused: undo && undo.state === "refused" ? undo.answer.message : null,
    undo_key: undo ? undo.key : null,
  };
}

const fromPark = ({ roll_call, called_by, made_at, received_at, undone_at }) => ({
  key: roll_call,
  by: called_by,
  made_at,
  body: null,
  state: "received",
  received_at,
  message: null,
  result: null,
  undo: undone_at ? { state: "received", result: null } : null,
  undo_refused: null,
  undo_key: null,
});

const cameLater = (here, told) => Date.parse(here.answer.received_at) > Date.parse(told.received_at);

/**
 * The last closing of this sheet that is known: one made on this device, or what the park told. Null when
 * nobody has called the roll. `items` are the kept actions of whoever is signed in, oldest first.
 */
export function closingOf(park, items) {
  if (!park.shift) return null;
  const here = last(items.filter((item) => item.kind === "roll_call" && !item.dismissed_at && isOf(item, park)));
  const told = park.last;
  // What is on its way, or just arrived, is newer than what the park told before.
  const isNewer = here && (here.state !== "received" || !told || told.roll_call === here.key || cameLater(here, told));
  if (told && !isNewer) return withUndo(fromPark(told), items);
  if (!here) return null;
  const undo = undoOf(here.key, items);
  const closing = fromHere(here, undo, park.leader);
  const gone = told && told.roll_call === here.key && told.undone_at && !closing.undo;
  return { ...closing, undo: gone ? { state: "received", result: null } : closing.undo, ...sides(closing, park) };
}

const undoOf = (key, items) => last(items.filter((item) => item.kind === "roll_call_undo" && item.body.roll_call === key));

function withUndo(closing, items) {
  const undo = undoOf(closing.key, items);
  if (!undo) return closing;
  return {
    ...closing,
    undo: undo.state === "refused" ? closing.undo : { state: undo.state, result: undo.answer && undo.answer.result },
    undo_refused: undo.state === "refused" ? undo.answer.message : null,
    undo_key: undo.key,
  };
}

function sides(closing, park) {
  if (!closing.result) return {};
  return sidesOf(closing.result, new Map(park.members.map(({ badge, name }) => [badge, name])));
}

/** The body that takes a closing back; group and shift keep it in order with what follows. */
export const undoBody = (park, closing) => ({
  roll_call: closing.key,
  group: park.group.id,
  shift_on: park.shift.on,
  shift: park.shift.code,
});

/** What was closed here and the park does not have yet; null when there is nothing on its way. */
export const onItsWay = (closing) => (closing && closing.state === "saved" && !closing.undo ? closing.body : null);

export const mayUndo = (closing) => Boolean(closing) && closing.state !== "refused" && !closing.undo;
