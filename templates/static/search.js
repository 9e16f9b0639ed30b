// The search page. The index is a script of its own beside the pages, loaded when the box is first used, so that it works from
// a disk too. Words and ranking are those of notebook_kb/parsing/terms.py and website/search_rank.py, with their tables, which
// come with the index; a test compares both on many queries.
(() => {
  "use strict";

  const MARK = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff";
  const DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff";
  const WORD = new RegExp(`[\\p{L}\\p{N}${MARK}${DENSE}\u0900-\u0963\u0966-\u0dff]+`, "gu");
  const PLAIN = /[a-z0-9]+/g;
  const MARKS = new RegExp(`[${MARK}]+`, "g");
  const RUNS = new RegExp(`([${DENSE}]+)|[α-ω]+|[^${DENSE}α-ω]+`, "g");
  const ASCII = /^[\x00-\x7f]*$/;
  const FIELD = /<(\w+)(?: \w+='([^']*)')?>/;
  const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#x27;": "'", "&quot;": '"' };
  const plain = (text) => text.replace(/&(?:amp|lt|gt|#x27|quot);/g, (entity) => ENTITIES[entity]);

  // --- words

  function wordsBy(rules) {
    const signs = new RegExp(`[${Object.keys(rules.names).filter((c) => !/\p{L}/u.test(c)).join("")}]`, "g");
    const same = (word) => (Object.hasOwn(rules.same, word) ? rules.same[word] : word);

    function ofRun(word) {
      if (ASCII.test(word)) return [same(word)];
      const bare = Array.from(word.replace(MARKS, "").normalize("NFC"), (c) => rules.letters[c] ?? c).join("");
      if (Array.from(bare).length === 1) {
        return [rules.names[bare] ?? bare, ...Array.from(word).filter((c) => c in rules.accents).map((c) => rules.accents[c])];
      }
      const found = [];
      for (const [run, dense] of bare.matchAll(RUNS)) {
        if (dense && run.length > 1) for (let i = 0; i < run.length - 1; i++) found.push(run.slice(i, i + 2));
        else found.push(rules.names[run] ?? same(run));
      }
      return found;
    }

    return (text) => {
      if (ASCII.test(text)) return (text.toLowerCase().match(PLAIN) || []).map(same);
      const flat = text.normalize("NFKD").toLowerCase().replace(signs, (c) => ` ${rules.names[c]} `);
      return (flat.match(WORD) || []).flatMap(ofRun);
    };
  }

  // --- ranking

  function distances(word, other, most) {
    other = other.slice(0, word.length + most + 1);
    let before = [], row = Array.from({ length: other.length + 1 }, (_, j) => j), aboveLeast = 0;
    for (let i = 1; i <= word.length; i++) {
      const above = row, beforeAbove = before;
      row = [i];
      let least = i;
      for (let j = 1; j <= other.length; j++) {
        const differs = word[i - 1] === other[j - 1] ? 0 : 1;
        let cost = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + differs);
        if (i > 1 && j > 1 && word[i - 1] === other[j - 2] && word[i - 2] === other[j - 1]) {
          cost = Math.min(cost, beforeAbove[j - 2] + 1);
        }
        row.push(cost);
        if (cost < least) least = cost;
      }
      before = above;
      if (least > most && aboveLeast > most) return [most + 1, most + 1];
      aboveLeast = least;
    }
    return [row[row.length - 1], aboveLeast];
  }

  function makeIndex(rules, pages) {
    const terms = wordsBy(rules);
    const [ENDING, ENDING_LETTERS, STEM] = rules.ending;
    const [TYPO, ONE_TYPO, TWO_TYPOS] = rules.typo;
    const FIELDS = rules.fields.length;
    const postings = new Map(); // word → page, field, count, page, field, count …
    const names = pages.map(() => new Set());
    const lengths = pages.map(() => new Float64Array(FIELDS));
    pages.forEach((marked, page) => {
      const counts = Array.from({ length: FIELDS }, () => new Map());
      const parts = marked.split(FIELD);
      for (let k = 1; k < parts.length; k += 3) {
        const field = rules.places[parts[k]];
        if (field === undefined) continue;
        const words = terms(plain(parts[k + 2]));
        lengths[page][field] += words.length;
        if (parts[k] === "title" || parts[k] === "li") names[page].add(words.join(" "));
        for (const word of words) counts[field].set(word, (counts[field].get(word) || 0) + 1);
      }
      counts.forEach((words, field) => {
        for (const [word, count] of words) {
          const known = postings.get(word);
          if (known) known.push(page, field, count);
          else postings.set(word, [page, field, count]);
        }
      });
    });
    const means = rules.fields.map((_, f) => lengths.reduce((sum, row) => sum + row[f], 0) / (pages.length || 1));
    const norm = (page, f) => {
      const b = rules.fields[f][2];
      return means[f] ? 1 - b + (b * lengths[page][f]) / means[f] : 1;
    };
    const vocabulary = Array.from(postings.keys());

    function slips(word, last) {
      const most = word.length < ONE_TYPO ? 0 : word.length < TWO_TYPOS ? 1 : 2;
      const found = new Map();
      if (!most) return found;
      const letters = Array.from(new Set(word));
      let nearest = most;
      for (const other of vocabulary) {
        const longer = other.length - word.length;
        if (longer < -most || (longer > most && !last)) continue;
        const head = other.slice(0, 2);
        if (!head.includes(word[0]) && !head.includes(word[1])) continue;
        if (letters.reduce((n, c) => n + (other.includes(c) ? 0 : 1), 0) > most) continue;
        const [whole, beginning] = distances(word, other, most);
        const distance = whole <= most || !last ? whole : beginning;
        if (distance <= nearest) {
          nearest = distance;
          const part = whole <= most ? 1 : rules.prefix * Math.min(1, word.length / other.length);
          found.set(other, [distance, TYPO ** distance * part]);
        }
      }
      return new Map(Array.from(found).filter(([, f]) => f[0] === nearest).map(([other, f]) => [other, f[1]]));
    }

    function meanings(word, last) {
      const found = new Map();
      if (postings.has(word)) found.set(word, 1);
      for (const other of vocabulary) {
        const longer = other.length - word.length;
        if (longer > 0 && other.startsWith(word)) {
          if (longer <= ENDING_LETTERS && word.length >= STEM) found.set(other, ENDING);
          else if (last) found.set(other, (rules.prefix * word.length) / other.length);
        } else if (longer < 0 && longer >= -ENDING_LETTERS && other.length >= STEM && word.startsWith(other)) {
          found.set(other, ENDING);
        }
      }
      return found.size ? found : slips(word, last);
    }

    function weights(group) {
      const found = new Map();
      for (const [word, share] of group) {
        const list = postings.get(word);
        const sums = new Map();
        for (let k = 0; k < list.length; k += 3) {
          const gain = (rules.fields[list[k + 1]][1] * list[k + 2]) / norm(list[k], list[k + 1]);
          sums.set(list[k], (sums.get(list[k]) || 0) + gain);
        }
        for (const [page, sum] of sums) found.set(page, Math.max(found.get(page) || 0, share * sum));
      }
      return found;
    }

    function search(query) {
      const words = Array.from(new Set(terms(query))).slice(0, rules.most);
      const typing = query.slice(-1).trim() !== "";
      const scores = new Float64Array(pages.length), held = new Int32Array(pages.length), worth = [];
      words.forEach((word, i) => {
        const group = meanings(word, typing && i === words.length - 1);
        const found = weights(group), n = found.size;
        const idf = Math.log(1 + (pages.length - n + 0.5) / (n + 0.5));
        worth.push(new Map(Array.from(group, ([other, share]) => [other, idf * share])));
        for (const [page, weight] of found) {
          scores[page] += (idf * weight) / (rules.k1 + weight);
          held[page] += 1;
          if (names[page].has(words.join(" "))) scores[page] += idf;
        }
      });
      const most = held.reduce((a, b) => Math.max(a, b), 0);
      const hits = [];
      held.forEach((count, page) => {
        if (count && count === most) hits.push({ page, score: Math.floor(scores[page] * 1e6 + 0.5) / 1e6, worth });
      });
      return hits.sort((a, b) => b.score - a.score || a.page - b.page);
    }

    return { terms, search, pages };
  }

  // --- what a hit shows

  const value = (words, worth) =>
    worth.reduce((sum, group) => sum + words.reduce((best, w) => Math.max(best, group.get(w) || 0), 0), 0);

  function bestPlace(index, hit) {
    const parts = index.pages[hit.page].split(FIELD);
    const page = { url: plain(parts[2]), kind: parts[3], title: "", anchor: "", heading: "", text: "" };
    let anchor = "", heading = "", headed = 0, best = -1, first = null;
    for (let k = 4; k < parts.length; k += 3) {
      const mark = parts[k];
      let text = plain(parts[k + 2]);
      if (mark === "title") page.title = text;
      else if (mark === "h2") {
        anchor = plain(parts[k + 1]);
        heading = text;
        headed = value(index.terms(text), hit.worth) / 2;
      } else if (mark !== "li") {
        if (mark === "dt" && parts[k + 3] === "dd") {
          k += 3;
          text = `${text}: ${plain(parts[k + 2])}`;
        }
        const here = headed + value(index.terms(text), hit.worth);
        first = first ?? text;
        if (here > best && (here > 0 || best < 0)) {
          best = here;
          Object.assign(page, here > 0 ? { anchor, heading, text } : { text });
        }
      }
    }
    return page;
  }

  const PIECES = new RegExp(`[${DENSE}]{1,2}|[\\p{L}\\p{N}${MARK}\u0900-\u0963\u0966-\u0dff]+|[∑∏∫∇∂√∞∝⊥]`, "gu");
  const LONGEST = 190, BEFORE = 50;

  // [text, is a hit] pieces of the window that is worth most
  function snippet(index, text, worth) {
    const found = [];
    for (const match of text.matchAll(PIECES)) {
      const words = index.terms(match[0]);
      const gain = worth.map((group) => words.reduce((best, w) => Math.max(best, group.get(w) || 0), 0));
      if (gain.some((g) => g > 0)) found.push({ from: match.index, to: match.index + match[0].length, gain });
    }
    let start = 0, most = 0;
    for (const { from } of text.length > LONGEST ? found : []) {
      const near = found.filter((f) => f.from >= from && f.to <= from + LONGEST - BEFORE);
      const sum = worth.reduce((total, _, g) => total + Math.max(0, ...near.map((f) => f.gain[g])), 0);
      if (sum > most) [most, start] = [sum, from];
    }
    const blank = text.indexOf(" ", start - BEFORE) + 1;
    start = start <= BEFORE ? 0 : blank && blank < start ? blank : start;
    let end = text.length;
    if (end - start > LONGEST) end = Math.max(text.lastIndexOf(" ", start + LONGEST), start + LONGEST / 2);
    const pieces = [[start ? "… " : "", false]];
    let at = start;
    for (const { from, to } of found) {
      if (from < at || to > end) continue;
      pieces.push([text.slice(at, from), false], [text.slice(from, to), true]);
      at = to;
    }
    pieces.push([text.slice(at, end), false], [end < text.length ? " …" : "", false]);
    return pieces.filter(([words]) => words);
  }

  if (typeof document === "undefined") {
    globalThis.kbSearch = { makeIndex, bestPlace, snippet }; // for tests
    return;
  }

  // --- the page

  const form = document.getElementById("search");
  if (!form) return;
  const box = form.elements.q, list = document.getElementById("hits"), status = document.getElementById("found");
  const said = form.dataset, root = said.index.replace(/[^/]*$/, "");
  const SHOWN = 20;
  let index = null, asked = false, active = -1;

  window.kbSearchIndex = (rules, pages) => {
    index = makeIndex(rules, pages);
    show();
  };

  function load() {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = said.index;
    script.onerror = () => { asked = false; status.textContent = said.failed; };
    document.head.append(script);
  }

  function element(name, css, ...inside) {
    const made = document.createElement(name);
    if (css) made.className = css;
    made.append(...inside);
    return made;
  }

  function option(hit, number) {
    const place = bestPlace(index, hit);
    const file = location.protocol === "file:" && /(?:^|\/)$/.test(place.url) ? "index.html" : "";
    const made = element("a", "hit");
    made.id = `hit-${number}`;
    made.href = root + place.url + file + (place.anchor ? `#${place.anchor}` : "");
    made.tabIndex = -1;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.append(element("b", "", place.title), " ", element("span", "label", said[place.kind] || ""));
    if (place.heading) made.append(element("span", "where", place.heading));
    const marked = snippet(index, place.text, hit.worth);
    made.append(element("span", "said", ...marked.map(([text, is]) => (is ? element("mark", "", text) : text))));
    return made;
  }

  function show() {
    const query = box.value.trim();
    if (!index) { load(); return; }
    const hits = query ? index.search(box.value) : [];
    list.replaceChildren(...hits.slice(0, SHOWN).map(option));
    list.hidden = !hits.length;
    box.setAttribute("aria-expanded", String(hits.length > 0));
    choose(-1);
    const count = hits.length === 1 ? said.one : said.many.replace("{count}", hits.length);
    status.textContent = !query ? "" : hits.length ? count : said.none.replace("{query}", query);
  }

  function choose(number) {
    const options = list.children;
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = number;
    if (!options[active]) { box.removeAttribute("aria-activedescendant"); return; }
    options[active].setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  function remember() {
    const address = new URL(location.href);
    if (box.value.trim()) address.searchParams.set("q", box.value.trim());
    else address.searchParams.delete("q");
    if (address.href !== location.href) history.replaceState(null, "", address.href);
  }

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  box.setAttribute("aria-controls", "hits");
  box.setAttribute("aria-expanded", "false");
  box.addEventListener("focus", load);
  box.addEventListener("input", () => { remember(); show(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (list.children[active]) list.children[active].click();
  });
  box.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" && count) choose(active + 1 < count ? active + 1 : -1);
    else if (event.key === "ArrowUp" && count) choose(active < 0 ? count - 1 : active - 1);
    else if (event.key === "Escape" && active >= 0) choose(-1);
    else if (event.key === "Escape" && box.value) { box.value = ""; remember(); show(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  const wanted = new URLSearchParams(location.search).get("q");
  if (wanted && !box.value) box.value = wanted;
  if (box.value || document.activeElement === box) show();
})();
