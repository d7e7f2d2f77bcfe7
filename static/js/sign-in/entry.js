/** One try to get in: at the park first, and while it does not answer, with what this machine keeps. */

const only = (roles, role) => roles.length > 0 && roles.every((one) => one === role);

export const isWorkerOnly = (roles) => only(roles || [], "worker");

/** The park said something, be it no; a dead server behind a proxy did not. */
const isAnswered = (reply) => reply.status > 0 && reply.status < 500;

const asksForCode = (reply) => Boolean(reply.json) && reply.json.code === "accounts.second_factor_needed";

/**
 * `credentials`: {login, secret} or {company, badge, pin}; `card` stands for company and badge.
 * `totp` is the second proof of an account that gives one; it is good once and closes nothing here.
 * Gives {state}: "in" {roles, mustChange}, "code" when that is wanted, "refused" {reply}, or, without the park, "in_offline" {roles},
 * "unknown", "wrong", "wait" {wait}.
 */
export async function enter({ credentials, card = "", totp = "", device, personal }, { api, session }) {
  const asked = card ? { card, pin: credentials.pin } : credentials;
  const reply = await api.send("/api/v1/sign-in", { text: JSON.stringify({ ...asked, ...(totp && { totp }), device }) });
  if (reply.ok) {
    const mustChange = Boolean(reply.json.pin_must_change);
    // What an issued secret would close, its issuer could open.
    await session.start(reply.json, mustChange ? null : credentials, { personal });
    return { state: "in", roles: reply.json.roles || [], mustChange, answer: reply.json };
  }
  if (asksForCode(reply)) return { state: "code" };
  if (isAnswered(reply)) return { state: "refused", reply };
  const found = await session.startOffline(credentials);
  return found.state === "open" ? { state: "in_offline", roles: found.roles || [] } : found;
}

/** Where somebody goes who got in without the park. */
export function firstPageOffline(roles) {
  if (isWorkerOnly(roles)) return "/check-in";
  return only(roles, "gate") ? "/gate" : "/today/last-known";
}
