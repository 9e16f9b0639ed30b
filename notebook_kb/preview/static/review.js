// The review: asks one card after the other. An answer is on the disk before its reply; until then it is kept and sent again.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const root = $("review");
  if (!root) return;
  const words = $("r-words").dataset;
  const { book } = root.dataset;
  const meta = document.querySelector('meta[name="kb-token"]');
  const KEPT = `kb-answer:${book}:`;
  const DOUBLE_CLICK = 300;
  let turn = null;
  let last = ""; // the answer that can be taken back
  let shown = false; // the answer is shown
  let asking = false; // "same question?" is asked
  let idsFor = ""; // the card after which it is asked whether ids may be written
  let since = 0;
  let painted = 0;
  let busy = false;
  let acts = 0;
  let changed = false; // the notes changed while something was under way

  const show = (id, yes) => { $(id).hidden = !yes; };
  const note = (...parts) => { $("r-note").replaceChildren(...parts); };
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);

  // The time in ten signs, chance in sixteen: ids sort as the answers were given.
  function newId() {
    const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = "";
    for (let left = Date.now(), n = 0; n < 10; n += 1, left = Math.floor(left / 32)) time = signs[left % 32] + time;
    return time + Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => signs[byte % 32]).join("");
  }

  // Where a browser keeps nothing for pages, an answer waits in this page alone.
  function keep(body) {
    try { localStorage.setItem(KEPT + body.id, JSON.stringify(body)); } catch { /* the page has it */ }
  }

  function forget(body) {
    try { localStorage.removeItem(KEPT + body.id); } catch { /* nothing was kept */ }
  }

  function kept() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(KEPT)).sort()
        .map((key) => JSON.parse(localStorage.getItem(key)));
    } catch {
      return [];
    }
  }

  // Sends until there is a reply. A server that was started again knows no old token: a new one is asked for.
  async function post(action, body) {
    let lost = false;
    for (let wait = 300; ; wait = Math.min(wait * 1.6, 4000)) {
      try {
        const reply = await fetch(`/_kb/review/${action}`, {
          method: "POST",
          keepalive: true,
          headers: { "Content-Type": "application/json", "X-KB-Token": meta.content },
          body: JSON.stringify({ ...body, book }),
        });
        if (reply.status === 403) {
          const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
          meta.content = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="kb-token"]').content;
          if (wait === 300) continue;
        } else if (reply.status < 500) {
          const said = await reply.json();
          if (!said.book) return { ...said, lost };
        }
      } catch {
        // nobody answers, or somebody else does
      }
      lost = true;
      root.dataset.state = "lost";
      note(action === "answer" ? words.notSaved : words.waiting);
      await pause(wait);
    }
  }

  async function act(action, body, say) {
    if (busy) return;
    busy = true;
    acts += 1;
    root.dataset.state = "busy";
    const said = await post(action, body || {});
    busy = false;
    root.dataset.state = "";
    if (said.error) note(said.error);
    else if (said.stale) note(words.elsewhere);
    else if (said.moved) note(words.moved);
    else if (say) say(said);
    else note();
    if ("last" in said) last = said.last;
    if ("turn" in said) next(said);
    if (changed) { changed = false; look(); }
  }

  const same = (one, other) => one && other && one.card === other.card && one.seen === other.seen;
  const alike = (one, other) => ["front", "back", "before"].every((key) => one[key] === other[key]);

  function next(said) {
    const before = turn;
    turn = said.turn;
    if (!turn) { done(said.summary); return; }
    if (same(before, turn)) {
      labels();
      if (alike(before, turn)) return; // other notes changed: go on
      if (shown) { fill(); return; } // the card itself, by the one who has its answer before them
    }
    shown = false;
    asking = Boolean(turn.before);
    since = performance.now();
    painted = since;
    show("r-edit", false);
    show("r-done", false);
    labels();
    fill();
    paint();
    scrollTo({ top: 0, behavior: "instant" });
    $(asking ? "r-same-h" : "r-front").focus({ preventScroll: true });
  }

  function labels() {
    const why = { new: words.whyNew, repeat: words.whyRepeat }[turn.why];
    const about = [make("b", turn.title || words.fromRoadmap)];
    const tags = [turn.level, why].filter(Boolean).join(" · ");
    if (tags) about.push(" ", make("span", tags, { className: "tag" }));
    $("r-about").replaceChildren(...about);
    $("r-left").textContent = `${turn.left} · ${turn.minutes}`;
    for (const button of document.querySelectorAll("[data-rate]")) {
      button.querySelector("small").textContent = turn.intervals[button.dataset.rate] || "";
    }
  }

  // Only what is seen is in the page: nothing is twice in it, and no answer waits there for a search or a screen reader.
  function fill() {
    $("r-before").innerHTML = asking ? turn.before : "";
    $("r-now").innerHTML = asking ? turn.front : "";
    $("r-front").innerHTML = asking ? "" : turn.front;
    $("r-back").innerHTML = shown ? turn.back : "";
    document.dispatchEvent(new Event("kb:shown"));
  }

  function paint() {
    show("r-bar", true);
    $("r-bar").classList.remove("over");
    show("r-same", asking);
    show("r-card", !asking);
    $("r-card").classList.toggle("open", shown);
    show("r-show", !asking && !shown);
    show("r-rate", !asking && shown);
    show("r-yes", asking);
  }

  function reveal() {
    if (!turn || shown || asking) return;
    const inBar = $("r-bar").contains(document.activeElement);
    shown = true;
    painted = performance.now();
    paint();
    fill();
    if (inBar) $("r-back").focus({ preventScroll: true });
    const space = $("r-bar").getBoundingClientRect().top;
    if ($("r-back").getBoundingClientRect().top > space - 80) $("r-back").scrollIntoView({ block: "center", behavior: "instant" });
  }

  function rate(rating) {
    if (!turn || !shown || busy) return;
    const body = { id: newId(), card: turn.card, rating, ms: Math.round(performance.now() - since), seen: turn.seen };
    keep(body);
    act("answer", body, saved).then(() => forget(body));
  }

  function saved(said) {
    const from = said.answered;
    const label = from.rating ? document.querySelector(`[data-rate="${from.rating}"] b span`).textContent : "";
    const parts = [make("b", said.lost ? words.wasSent : words.saved), label ? ` ${label}, ${from.when}. ` : " "];
    if (from.place) {
      const link = from.url ? make("a", from.where, { href: from.url }) : make("span", from.where);
      parts.push(`${words.from} `, link, " ", make("code", from.place));
    } else {
      parts.push(words.fromRoadmap);
    }
    if (said.problem) parts.push(` ${said.problem}`);
    note(...parts);
    if (said.ask) { idsFor = said.ask; show("r-ids", true); }
  }

  function done(summary) {
    for (const id of ["r-card", "r-same", "r-show", "r-rate", "r-yes", "r-edit"]) show(id, false);
    fillNothing();
    show("r-done", true);
    show("r-bar", Boolean(last));
    $("r-bar").classList.add("over");
    const title = summary.empty ? words.emptyTitle : summary.answers ? words.doneTitle : words.nothingTitle;
    $("r-done-h").textContent = title;
    show("r-empty", summary.empty);
    $("r-done-text").replaceChildren(...summary.lines.map((text) => make("p", text)));
    $("r-done").focus({ preventScroll: true });
  }

  function fillNothing() {
    for (const id of ["r-front", "r-back", "r-before", "r-now", "r-about"]) $(id).replaceChildren();
    $("r-left").textContent = "";
    shown = false;
    asking = false;
  }

  function help(yes) {
    const open = yes === undefined ? $("r-keys").hidden : yes;
    if (open === !$("r-keys").hidden) return;
    show("r-keys", open);
    document.querySelector('.ask-more [data-do="help"]').setAttribute("aria-expanded", String(open));
    if (open) $("r-keys").querySelector("button").focus();
    else if (turn) $("r-front").focus({ preventScroll: true });
  }

  function edit(yes) {
    const open = yes === undefined ? $("r-edit").hidden : yes;
    if (open === !$("r-edit").hidden) return;
    if (open && !turn) return;
    if (open && !turn.place) { note(words.fromRoadmap); return; }
    if (open) {
      const path = turn.file.split("/").map(encodeURIComponent).join("/");
      const line = turn.place.slice(turn.place.lastIndexOf(":") + 1);
      $("r-place").textContent = turn.place;
      $("r-vscode").href = `vscode://file${path.startsWith("/") ? "" : "/"}${path}:${line}`;
      $("r-obsidian").href = `obsidian://open?path=${encodeURIComponent(turn.file)}`;
    }
    show("r-edit", open);
    if (open) $("r-edit").querySelector("button").focus();
  }

  function mayWrite(may) {
    if (!idsFor || busy) return;
    const card = idsFor;
    idsFor = "";
    show("r-ids", false);
    act("ids", { card, may }, (said) => note(said.problem || ""));
  }

  function yes() {
    if (!asking) return;
    asking = false;
    painted = performance.now();
    paint();
    fill();
    $("r-front").focus({ preventScroll: true });
  }

  // In the background: no key waits for it, and what was done meanwhile knows better.
  async function look() {
    const at = acts;
    const said = await post("look");
    if (busy || at !== acts) return;
    if (root.dataset.state === "lost") { root.dataset.state = ""; note(); }
    if (said.error) note(said.error);
    if ("last" in said) last = said.last;
    if ("turn" in said && (!shown || !$("r-edit").hidden)) next(said);
  }

  const actions = {
    show: reveal,
    undo: () => act("undo", { last }, (said) => note(said.undone ? words.takenBack : words.nothingToUndo)),
    skip: () => { if (turn) act("skip", { card: turn.card }); },
    anew: () => { if (turn && asking) act("anew", { card: turn.card }); },
    same: yes,
    edit: () => edit(),
    help: () => help(),
    copy: async () => {
      let worked = true;
      try { await navigator.clipboard.writeText(turn.file); } catch { worked = false; }
      $("r-copied").textContent = worked ? words.copied : words.copyFailed;
    },
    "ids-yes": () => mayWrite(true),
    "ids-no": () => mayWrite(false),
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    // the second half of a double click falls on what came in the first one's place
    if (event.detail > 0 && performance.now() - painted < DOUBLE_CLICK) return;
    if (button.dataset.rate) rate(Number(button.dataset.rate));
    else if (actions[button.dataset.do]) actions[button.dataset.do]();
  });

  const keys = { u: "undo", s: "skip", e: "edit" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (key === " " || key === "enter") {
      // on a link or button these keys are its own, and in a long answer the space bar pages
      if (event.target.closest("a, button, summary, [tabindex='0']") || !turn || shown || asking) return;
      reveal();
    } else if (key.length === 1 && "1234".includes(key)) rate(Number(key));
    else if (key === "escape") { help(false); edit(false); } else if (key === "?") help();
    else if (asking && key === "y") yes();
    else if (asking && key === "n") actions.anew();
    else if (idsFor && (key === "y" || key === "n")) mayWrite(key === "y");
    else if (keys[key]) actions[keys[key]]();
    else return;
    event.preventDefault();
  });

  // A saved note: the question follows, but not under the eyes of somebody who gives an answer, unless they edit it.
  document.addEventListener("kb:changed", () => {
    if (busy) changed = true;
    else if (!shown || !$("r-edit").hidden) look();
  });

  async function begin() {
    $("r-none").remove();
    root.hidden = false;
    let sent = null;
    busy = true;
    for (const body of kept()) {
      sent = await post("answer", body);
      forget(body);
    }
    busy = false;
    act("look", { first: true }, (said) => {
      if (said.notices && said.notices.length) note(said.notices.join(" "));
      else if (sent && sent.answered) saved(sent);
      else if (sent) note(sent.error || words.elsewhere);
    });
  }

  begin();
})();
