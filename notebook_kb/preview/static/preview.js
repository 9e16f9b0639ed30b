// The live preview: after a save the page is fetched and changed in place. Scroll, focus and open parts stay.
(() => {
  "use strict";
  const meta = document.querySelector('meta[name="kb-token"]');
  if (!meta || !("WebSocket" in window)) return;
  const token = () => meta.content;
  const review = document.body.dataset.kind === "review";
  let seen = parseInt(token(), 10);
  let words = {};
  let wait = 250;
  let busy = false;
  let again = false;
  let shown = null;
  let socket = null;

  const here = () => decodeURI(location.pathname);

  // idiomorph would close what the reader has opened, and open what was closed
  const keepOpen = (name, element) => !(name === "open" && element.localName === "details");

  function overlay(from) {
    const old = document.getElementById("kb-error");
    const fresh = from.getElementById("kb-error");
    if (old) old.remove();
    if (fresh) document.body.append(document.importNode(fresh, true));
  }

  function morph(text) {
    // what was found stands in no answer: with its query in the address the page finds it again, in the new index
    if (document.body.dataset.kind === "search") { location.reload(); return; }
    // the review fills its page itself
    if (review) { document.dispatchEvent(new Event("kb:changed")); return; }
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const at = [scrollX, scrollY];
    document.title = fresh.title;
    Idiomorph.morph(document.body, fresh.body, {
      morphStyle: "outerHTML",
      callbacks: { beforeAttributeUpdated: keepOpen },
    });
    document.dispatchEvent(new Event("kb:shown"));
    if (scrollX !== at[0] || scrollY !== at[1]) scrollTo({ left: at[0], top: at[1], behavior: "instant" });
  }

  // everything that makes two answers differ without a difference in the page
  const bare = (text) => text.replace(/<meta name="kb-token"[^>]*>/, "");

  async function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    do {
      again = false;
      try {
        const answer = await fetch(location.pathname, { headers: { "X-KB-Token": token() }, cache: "no-store" });
        const text = await answer.text();
        const version = Number(answer.headers.get("X-KB-Version"));
        if (answer.headers.get("X-KB-Shown") === "0") {
          overlay(new DOMParser().parseFromString(text, "text/html"));
          shown = null;
        } else if (review || bare(text) !== shown) {
          morph(text);
          shown = bare(text);
        }
        if (version) seen = version;
        if (socket && socket.readyState === 1) socket.send(JSON.stringify({ shown: seen }));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        break; // the server is gone: the socket says so
      }
    } while (again);
    busy = false;
  }

  function styles() {
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
      const url = new URL(link.href);
      url.searchParams.set("v", String(Date.now()));
      const fresh = link.cloneNode();
      fresh.href = url.href;
      fresh.addEventListener("load", () => link.remove());
      link.after(fresh);
    }
  }

  async function reload() {
    const answer = await fetch(location.pathname, { headers: { "X-KB-Token": token() }, cache: "no-store" });
    if (answer.headers.get("X-KB-Shown") === "0") {
      overlay(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } else {
      location.reload();
    }
  }

  function heard(message) {
    if (message.kind === "hello") {
      words = message.words;
      wait = 250;
    } else if (message.kind === "page") {
      const mine = review || message.urls.includes("*") || message.urls.includes(here());
      if (mine) refresh();
    } else if (message.kind === "css") {
      styles();
    } else if (message.kind === "reload") {
      reload();
    }
  }

  function lost() {
    const line = document.querySelector("#kb-bar [role=status]");
    if (line && words.connection_lost) line.textContent = words.connection_lost;
    shown = null;
  }

  // The server was started again. A review keeps its page: an answer that is shown there stays.
  async function restarted() {
    if (!review) { location.reload(); return; }
    try {
      const text = await (await fetch(location.pathname, { cache: "no-store" })).text();
      meta.content = new DOMParser().parseFromString(text, "text/html").querySelector('meta[name="kb-token"]').content;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    setTimeout(connect, wait);
  }

  let warn = 0;
  function connect() {
    socket = new WebSocket(`ws://${location.host}/_kb/socket`);
    socket.onopen = () => socket.send(JSON.stringify({ token: token(), seen }));
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.kind === "hello" && warn) {
        clearTimeout(warn);
        warn = 0;
        refresh();
      }
      heard(message);
    };
    socket.onclose = (event) => {
      if (event.code === 4401) { restarted(); return; }
      if (!warn) warn = setTimeout(lost, 1500);
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 5000);
    };
  }

  // a page that is left must not think that the server is gone
  addEventListener("pagehide", () => { if (socket) { socket.onclose = null; socket.close(); } });
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  connect();
})();
