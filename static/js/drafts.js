/** What was typed into a form and not saved yet, kept in this tab: it outlives a sign-in that ran out. */

const PREFIX = "draft ";

/** `box` is a Storage. A draft belongs to one person, one address and one version of what is edited. */
export function draftsIn(box) {
  const name = ({ owner, at, version }) => PREFIX + JSON.stringify([owner, at, version]);
  const all = () => Array.from({ length: box.length }, (_, i) => box.key(i)).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try {
      return JSON.parse(box.getItem(key));
    } catch {
      return null;
    }
  };
  return {
    keep(of, fields) {
      try {
        box.setItem(name(of), JSON.stringify({ fields, sent: false }));
      } catch {
        // A full box: what is typed still stands in the form.
      }
    },
    kept: (of) => read(name(of))?.fields ?? null,
    drop: (of) => box.removeItem(name(of)),
    /** It is on its way; the next page tells whether it arrived. */
    send(of) {
      const draft = read(name(of));
      if (draft) box.setItem(name(of), JSON.stringify({ ...draft, sent: true }));
    },
    /** The server has said that it arrived. */
    settle() {
      for (const key of all()) if (read(key)?.sent) box.removeItem(key);
    },
  };
}

/** The values of a form by name, without what the server writes itself. */
export function valuesOf(form) {
  const skipped = new Set(["csrf_token", "version", "do"]);
  return [...new FormData(form)].filter(([key, value]) => typeof value === "string" && !skipped.has(key));
}
