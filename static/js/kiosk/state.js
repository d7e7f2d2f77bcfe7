/** What the kiosk shows and what follows what. Pure: no page, no clock, and no secret outlives its screen. */

const SECOND = 1000;

/** How long a screen stands untouched before everything on it goes. Screens that are not named stay. */
export const LASTS = {
  answer: 30 * SECOND,
  form: 30 * SECOND,
  notice: 30 * SECOND,
  typed: 30 * SECOND,
  leave: 30 * SECOND,
  thanks: 0.8 * SECOND,
  aside: 8 * SECOND,
  unread: 4 * SECOND,
  no_camera: 8 * SECOND,
  refused: 8 * SECOND,
  declined: 4 * SECOND,
};

/** Before then somebody is asked whether they are still there: 20 seconds to touch the screen. */
export const ASKS = 10 * SECOND;
const ASKED = new Set(["answer", "form", "notice", "typed", "leave"]);
export const isAsked = (screen) => ASKED.has(screen);

const TAKES_SCANS = new Set(["idle", "answer", "notice", "typed", "thanks", "aside", "unread", "no_camera", "refused", "declined"]);
const OPEN = new Set([...TAKES_SCANS, "form", "not_saved", "no_camera"]);

export const idle = () => ({ screen: "idle", who: null });
const answering = (who, more = {}) => ({ screen: "answer", who, ...more });
const isSame = (one, other) => Boolean(one && other) && one.card !== undefined && one.card === other.card;

const steps = {
  begin: (state) => (OPEN.has(state.screen) ? state : idle()),
  scan: (state, { card }) => {
    if (state.screen === "form" && !isSame(state.who, { card })) return { ...state, busy: true };
    if (!TAKES_SCANS.has(state.screen) || isSame(state.who, { card })) return state;
    return answering({ card });
  },
  unread: (state, { foreign }) =>
    TAKES_SCANS.has(state.screen) && !state.who ? { screen: "unread", who: null, foreign: Boolean(foreign) } : state,
  no_camera: (state) => (TAKES_SCANS.has(state.screen) && !state.who ? { screen: "no_camera", who: null } : state),
  no_card: (state) => (TAKES_SCANS.has(state.screen) ? { screen: "typed", who: null } : state),
  typed: (state, { who }) => (state.screen === "typed" ? answering(who) : state),
  open: (state) => (state.screen === "answer" ? { ...state, screen: "form" } : state),
  fold: (state) => (state.screen === "form" ? { ...state, screen: "answer", busy: false } : state),
  notice: (state) => (state.screen === "answer" ? { ...state, screen: "notice" } : state),
  agree: (state) => (state.screen === "notice" ? answering(state.who, { agreed: true }) : state),
  back: (state) => (state.screen === "notice" ? answering(state.who) : idle()),
  cancel: (state) => (OPEN.has(state.screen) ? idle() : state),
  kept: (state, { key, signs }) =>
    state.screen === "answer" || state.screen === "form" ? { screen: signs ? "aside" : "thanks", who: null, key } : state,
  declined: (state, { key }) => (state.screen === "notice" ? { screen: "declined", who: null, key } : state),
  failed: (state) => (OPEN.has(state.screen) ? { screen: "not_saved", who: null } : state),
  refused: (state, { key, message }) =>
    state.key !== undefined && state.key === key ? { screen: "refused", who: null, message } : state,
  leave: (state) => (["idle", "not_saved", "shut"].includes(state.screen) ? { screen: "leave", who: null } : state),
  left: (state) => (state.screen === "leave" ? { screen: "closed", who: null } : state),
  shut: () => ({ screen: "shut", who: null }),
  time_up: (state) => (LASTS[state.screen] ? idle() : state),
};

/** The state after an event `{type, …}`; one that means nothing here changes nothing. */
export const next = (state, event) => (steps[event.type] ? steps[event.type](state, event) : state);

/** Whether the page must be drawn anew: unfolding the questions happens in the page itself. */
export function mustDraw(before, after) {
  const unfolds = [before, after].every(({ screen }) => screen === "answer" || screen === "form");
  return !(unfolds && before.who === after.who && before.agreed === after.agreed);
}

/** What is sealed for the park: who by which secret, under which notice, and what was said. */
export const sealedContent = ({ who, agreed }, body, notice) => ({
  credential: who,
  notice,
  ...(agreed ? { agreed: true } : {}),
  body,
});
