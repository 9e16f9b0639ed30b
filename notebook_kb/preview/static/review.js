// The review: asks one card after the other. An answer is on the disk before its reply; until then it is kept and sent again.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const root = $("review");
  if (!root) return;
  const words = $("r-words").dataset;
  let token = document.querySelector('meta[name="kb-token"]').content;
  let turn = null;
  let shown = false; // the answer is shown
  let asking = false; // "same question?" is asked
  let since = 0;
  let busy = false;
  let changed = false; // the notes changed while something was under way

  const show = (id, yes) => { $(id).hidden = !yes; };
  const note = (text) => { $("r-note").textContent = text || ""; };

  async function fresh() {
    const text = await (await fetch(location.pathname, { cache: "no-store" })).text();
    token = new DOMParser().parseFromString(text, "text/html").querySelector('meta[name="kb-token"]').content;
  }

  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

  // Sends until there is a reply. A server that was started again knows no old token: a new one is asked for.
  async function post(action, body) {
    let lost = false;
    for (let wait = 400; ; wait = Math.min(wait * 1.6, 4000)) {
      try {
        const reply = await fetch(`/_kb/review/${action}`, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-KB-Token": token },
          body: JSON.stringify(body || {}),
        });
        if (reply.status === 403) { await fresh(); await pause(100); continue; }
        if (reply.status >= 500) return { error: `kb serve: ${reply.status}`, lost };
        return { ...(await reply.json()), lost };
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
        lost = true;
        root.dataset.state = "lost";
        if (action === "answer") note(words.notSaved);
      }
      await pause(wait);
    }
  }

  async function act(action, body, say) {
    if (busy) return;
    busy = true;
    root.dataset.state = "busy";
    const said = await post(action, body);
    busy = false;
    root.dataset.state = "";
    $("r-note").replaceChildren();
    if (said.error) note(said.error);
    else if (said.stale) note(said.lost ? words.wasSent : words.elsewhere);
    else if (say) say(said);
    if ("turn" in said) next(said);
    if (changed) { changed = false; look(); }
  }

  const same = (a, b) => a && b && ["card", "seen", "front", "back", "before"].every((key) => a[key] === b[key]);

  function next(said) {
    if (same(turn, said.turn)) { turn = said.turn; return; } // other notes changed: go on
    turn = said.turn;
    shown = false;
    asking = Boolean(turn && turn.before);
    since = performance.now();
    show("r-edit", false);
    if (!turn) { done(said.summary); return; }
    show("r-done", false);
    for (const button of document.querySelectorAll(".ask-more button")) button.hidden = false;
    $("r-bar").hidden = false;
    const about = document.createElement("b");
    about.textContent = turn.title;
    const more = [turn.level, turn.why === "new" ? words.whyNew : turn.why === "repeat" ? words.whyRepeat : ""];
    const small = document.createElement("span");
    small.className = "label";
    small.textContent = more.filter(Boolean).join(" · ");
    $("r-about").replaceChildren(about, " ", small);
    $("r-left").textContent = `${turn.left}, ${turn.minutes}`;
    $("r-front").innerHTML = turn.front;
    $("r-back").replaceChildren();
    $("r-before").innerHTML = turn.before;
    $("r-now").innerHTML = turn.before ? turn.front : "";
    for (const button of document.querySelectorAll("[data-rate]")) {
      button.querySelector("small").textContent = turn.intervals[button.dataset.rate] || "";
    }
    paint();
    scrollTo({ top: 0, behavior: "instant" });
    $(asking ? "r-same-h" : "r-front").focus({ preventScroll: true });
    document.dispatchEvent(new Event("kb:shown"));
  }

  function paint() {
    show("r-same", asking);
    show("r-card", !asking);
    show("r-back", shown);
    show("r-show", !asking && !shown);
    show("r-rate", !asking && shown);
    show("r-yes", asking);
  }

  function reveal() {
    if (!turn || shown || asking) return;
    shown = true;
    show("r-back", true);
    $("r-back").innerHTML = turn.back;
    paint();
    document.dispatchEvent(new Event("kb:shown"));
    $("r-back").scrollIntoView({ block: "nearest" });
  }

  function rate(rating) {
    if (!turn || !shown) return;
    const ms = Math.round(performance.now() - since);
    act("answer", { card: turn.card, rating, ms, seen: turn.seen }, (said) => {
      const from = said.answered;
      const parts = [`${document.querySelector(`[data-rate="${from.rating}"] b`).lastChild.textContent.trim()}, ${from.when}. `];
      parts.push(from.place ? `${words.from} ` : words.fromRoadmap);
      if (from.place) {
        const link = document.createElement(from.url ? "a" : "span");
        if (from.url) link.href = from.url;
        link.textContent = from.where;
        const code = document.createElement("code");
        code.textContent = from.place;
        parts.push(link, " ", code);
      }
      if (said.ids) parts.push(` ${said.ids}`);
      $("r-note").replaceChildren(...parts);
    });
  }

  function done(summary) {
    for (const id of ["r-card", "r-same", "r-show", "r-rate", "r-yes"]) show(id, false);
    show("r-done", true);
    $("r-about").replaceChildren();
    $("r-left").textContent = "";
    $("r-bar").hidden = summary.empty;
    for (const name of ["skip", "edit"]) document.querySelector(`.ask-more [data-do="${name}"]`).hidden = true;
    const title = summary.empty ? words.emptyTitle : summary.lines.length > 1 ? words.doneTitle : words.nothingTitle;
    $("r-done-h").textContent = title;
    const text = $("r-done-text");
    text.replaceChildren();
    const line = (tag, said) => { const part = document.createElement(tag); part.textContent = said; text.append(part); };
    for (const said of summary.lines) line("p", said);
    if (summary.empty) {
      line("p", words.emptyText);
      line("pre", "Q: What does the rank of a matrix count?\nA: The directions that survive.");
    }
    $("r-done").focus({ preventScroll: true });
  }

  function help(yes) {
    const open = yes === undefined ? $("r-keys").hidden : yes;
    show("r-keys", open);
    document.querySelector('.ask-more [data-do="help"]').setAttribute("aria-expanded", String(open));
  }

  function look() { act("look"); }

  const actions = {
    show: reveal,
    undo: () => act("undo", {}, (said) => note(said.undone ? words.takenBack : words.nothingToUndo)),
    skip: () => { if (turn) act("skip", { card: turn.card }); },
    anew: () => { if (turn) act("anew", { card: turn.card }); },
    same: () => { asking = false; paint(); $("r-front").focus({ preventScroll: true }); },
    edit: () => { if (turn && turn.place) { $("r-place").textContent = turn.place; show("r-edit", $("r-edit").hidden); } },
    help: () => help(),
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.rate) rate(Number(button.dataset.rate));
    else if (actions[button.dataset.do]) actions[button.dataset.do]();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key;
    const onControl = event.target.closest("a, button, summary, [tabindex='0']");
    let used = true;
    if (key === " " || key === "Enter") {
      // on a link or button these keys are its own
      if (onControl || !turn || shown || asking) used = false; else reveal();
    } else if ("1234".includes(key)) rate(Number(key));
    else if (key === "Escape") help(false);
    else if (key === "?") help();
    else if (asking && (key === "y" || key === "n")) actions[key === "y" ? "same" : "anew"]();
    else if (key === "u") actions.undo();
    else if (key === "s") actions.skip();
    else if (key === "e") actions.edit();
    else used = false;
    if (used) event.preventDefault();
  });

  // A saved note: the question follows, but not under the eyes of somebody who has seen the answer.
  document.addEventListener("kb:changed", () => {
    if (busy || shown) changed = !shown; else look();
  });

  root.hidden = false;
  look();
})();
