// The check page: what was copied back out of the service's editor, compared part by part with what was sent.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("kit-data").textContent);
  const words = data.words;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

  // sha256 (FIPS 180-4); the browser's own is missing on some pages opened from disk
  function sha256(text) {
    const primes = [];
    for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
    const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
    const k = primes.map((p) => part(Math.cbrt(p)));
    const h = primes.slice(0, 8).map((p) => part(Math.sqrt(p)));
    const bytes = new TextEncoder().encode(text);
    const padded = new Uint8Array(((bytes.length + 8 >> 6) + 1) * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    const w = new Int32Array(64);
    for (let at = 0; at < padded.length; at += 64) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) { w[i] = view.getInt32(at + 4 * i); continue; }
        const a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, last] = h;
      for (let i = 0; i < 64; i++) {
        const one = (last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [last, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
      }
      [a, b, c, d, e, f, g, last].forEach((x, i) => { h[i] = (h[i] + x) | 0; });
    }
    return h.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
  }

  // what editors do to signs on their own is taken back
  const straight = (text) => text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[\u00a0\u202f]/g, " ").replace(/[\u200b\ufeff]/g, "");
  const line = (text) => straight(text).replace(/\s+/g, " ").replaceAll("…", "...").trim();
  const code = (text) => straight(text).replaceAll("\r\n", "\n").split("\n").map((l) => l.trimEnd()).join("\n").replace(/^\n+|\n+$/g, "");

  // the parts of the pasted page

  const BLOCKS = new Set("ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TBODY TD TFOOT TH THEAD TR UL".split(" "));
  const SKIPPED = new Set("SCRIPT STYLE TEMPLATE META LINK TITLE".split(" "));
  const kindOf = (name) => (/^H[1-6]$/.test(name) ? "heading" : { LI: "item", BLOCKQUOTE: "quote" }[name] || "");

  function partsOf(html) {
    const parts = [];
    let words = "";
    let links = [];
    const end = (kind) => {
      const text = line(words);
      if (text) parts.push({ kind, text, links });
      words = "";
      links = [];
    };
    const codeOf = (pre) => {
      for (const mark of pre.querySelectorAll("br")) mark.replaceWith("\n");
      const text = code(pre.textContent);
      if (text) parts.push({ kind: "code", text, sha256: sha256(text) });
    };
    const walk = (node, kind) => {
      if (node.nodeType === Node.TEXT_NODE) { words += node.data; return; }
      if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.tagName)) return;
      if (node.tagName === "BR") { words += " "; return; }
      if (node.tagName === "IMG") { parts.push({ kind: "picture", alt: node.alt, src: node.src }); return; }
      if (node.tagName === "PRE") { end(kind); codeOf(node); return; }
      if (node.tagName === "A" && node.getAttribute("href")) links.push(node.getAttribute("href"));
      const isBlock = BLOCKS.has(node.tagName);
      const own = kindOf(node.tagName) || kind;
      if (isBlock) end(kind);
      for (const child of node.childNodes) walk(child, own);
      if (isBlock) end(own);
    };
    walk(new DOMParser().parseFromString(html, "text/html").body, "text");
    return parts;
  }

  // the comparison

  const begins = (text) => (text.length > 60 ? `${text.slice(0, 60).replace(/ \S*$/, "")} …` : text);
  const wordSet = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []);
  const alike = (a, b) => {
    const [one, two] = [wordSet(a), wordSet(b)];
    const shared = [...one].filter((w) => two.has(w)).length;
    return shared / Math.max(one.size, two.size, 1);
  };
  const sameLink = (a, b) => {
    try {
      const [one, two] = [new URL(a), new URL(b)];
      return one.host === two.host && one.pathname.replace(/\/$/, "") === two.pathname.replace(/\/$/, "") && one.hash === two.hash;
    } catch { return a === b; }
  };

  // where two texts part: the words from there on
  function parting(a, b) {
    const [one, two] = [a.split(" "), b.split(" ")];
    const at = one.findIndex((word, i) => word !== two[i]);
    const start = at < 0 ? one.length : at;
    const from = (list) => list.slice(start, start + 8).join(" ") || "–";
    return [from(one), from(two)];
  }

  function compareTexts(wanted, found, problems) {
    const free = [...found];
    const counts = {};
    const take = (test) => {
      const at = free.findIndex(test);
      return at < 0 ? null : free.splice(at, 1)[0];
    };
    const missing = [];
    for (const part of wanted) {
      counts[part.kind] ||= { wanted: 0, found: 0 };
      counts[part.kind].wanted += 1;
      const hit = take((f) => f.text === part.text && f.kind === part.kind) || take((f) => f.text === part.text);
      if (!hit) { missing.push(part); continue; }
      if (hit.kind === part.kind) counts[part.kind].found += 1;
      else problems.push(fill(words.other_kind, { what: words[part.kind], begins: begins(part.text), now: words[hit.kind] }));
    }
    for (const part of missing) {
      const inside = free.find((f) => f.text.includes(part.text));
      if (inside && inside.kind === part.kind && part.kind !== "heading") { counts[part.kind].found += 1; continue; }
      const near = free.map((f) => [alike(f.text, part.text), f]).sort((a, b) => b[0] - a[0])[0];
      const what = words[part.kind];
      if (!near || near[0] <= 0.5) { problems.push(fill(words.missing, { what, begins: begins(part.text) })); continue; }
      const [wanted, now] = parting(part.text, near[1].text);
      problems.push(fill(words.changed, { what, begins: begins(part.text), wanted, now }));
    }
    return counts;
  }

  function compareCode(wanted, found, problems) {
    let good = 0;
    let at = 0;
    wanted.forEach((part, index) => {
      const number = index + 1;
      const same = found.findIndex((f, i) => i >= at && f.sha256 === part.sha256);
      if (same >= 0) { good += 1; at = same + 1; return; }
      const bare = (text) => text.split("\n").filter((l) => l.trim()).join("\n");
      for (let start = at; start < found.length; start++) {
        let text = "";
        for (let end = start; end < found.length; end++) {
          text += (text ? "\n" : "") + found[end].text;
          if (bare(text) !== bare(part.text)) continue;
          const boxes = end - start + 1;
          problems.push(fill(boxes > 1 ? words.code_parted : words.code_empty_lines, { number, boxes }));
          at = end + 1;
          return;
        }
      }
      const near = found.slice(at).map((f) => [alike(f.text, part.text), f]).sort((a, b) => b[0] - a[0])[0];
      if (!near || near[0] < 0.3) { problems.push(fill(words.code_missing, { number, begins: begins(part.text.split("\n")[0]) })); return; }
      const [a, b] = [part.text.split("\n"), near[1].text.split("\n")];
      const lineNumber = a.findIndex((l, i) => l !== b[i]) + 1 || a.length + 1;
      problems.push(fill(words.code_differs, { number, line: lineNumber, wanted: a[lineNumber - 1] ?? "", now: b[lineNumber - 1] ?? "" }));
      at = found.indexOf(near[1]) + 1;
    });
    return good;
  }

  function comparePictures(wanted, texts, images, problems) {
    const marks = wanted.filter((p) => p.mark && texts.some((t) => t.text.includes(line(p.mark))));
    for (const part of marks) problems.push(fill(words.mark_left, { mark: part.mark }));
    const expected = wanted.length - marks.length;
    if (images.length < expected) problems.push(fill(words.pictures_missing, { found: images.length, wanted: expected }));
    if (images.length > expected) problems.push(fill(words.pictures_more, { found: images.length, wanted: expected }));
    if (images.length === wanted.length) {
      images.forEach((image, i) => {
        if (wanted[i].alt && !(image.alt || "").trim()) problems.push(fill(words.no_alt, { number: i + 1 }));
        else if (wanted[i].alt && line(image.alt) !== line(wanted[i].alt) && wanted.some((p) => line(p.alt) === line(image.alt))) {
          problems.push(fill(words.picture_order, { number: i + 1 }));
        }
      });
    }
  }

  function compare(html) {
    const found = partsOf(html);
    const problems = [];
    const is = (kind) => (part) => part.kind === kind;
    const isText = (part) => part.kind !== "code" && part.kind !== "picture";
    const wantedTexts = data.outline.filter(isText);
    const marks = new Set(data.outline.filter((p) => p.mark).map((p) => line(p.mark)));
    const texts = found.filter(isText);
    const counts = compareTexts(wantedTexts, texts.filter((t) => !marks.has(t.text)), problems);
    const wantedCode = data.outline.filter(is("code"));
    const foundCode = found.filter(is("code"));
    const code = compareCode(wantedCode, foundCode, problems);
    if (foundCode.length > wantedCode.length && code === wantedCode.length) problems.push(fill(words.code_more, { found: foundCode.length, wanted: wantedCode.length }));
    const wantedPictures = data.outline.filter(is("picture"));
    const images = found.filter(is("picture"));
    comparePictures(wantedPictures, texts, images, problems);
    const links = texts.flatMap((t) => t.links);
    const wantedLinks = wantedTexts.flatMap((t) => t.links);
    const lost = wantedLinks.filter((l) => !links.some((f) => sameLink(l, f)));
    for (const link of new Set(lost)) problems.push(fill(words.link_lost, { link }));
    const all = wantedTexts.map((t) => t.text).join(" ");
    const tex = texts.flatMap((t) => t.text.match(/\$\$?[^$\s][^$]*\$\$?|\\[A-Za-z]+/g) || []).filter((t) => !all.includes(t));
    if (tex.length) problems.push(fill(words.raw_tex, { tex: tex.slice(0, 3).join("   ") }));
    const rows = Object.entries(counts).map(([kind, c]) => [words[`${kind}s`], c.found, c.wanted]);
    if (wantedCode.length) rows.push([words.codes, code, wantedCode.length]);
    if (wantedPictures.length) rows.push([words.pictures, Math.min(images.length, wantedPictures.length), wantedPictures.length]);
    if (wantedLinks.length) rows.push([words.links, wantedLinks.length - lost.length, wantedLinks.length]);
    return { rows, problems, code: wantedCode.map((c) => c.sha256), found: foundCode.map((c) => c.sha256) };
  }

  // the page

  const make = (name, text, css) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (css) element.className = css;
    return element;
  };

  function show(result) {
    const place = document.getElementById("result");
    place.replaceChildren();
    const isGood = !result.problems.length;
    const title = isGood ? words.good : fill(result.problems.length === 1 ? words.bad_one : words.bad_many, { count: result.problems.length });
    place.append(make("h2", title, isGood ? "state good" : "state bad"));
    if (!isGood) {
      const list = make("ul", undefined, "problems");
      for (const text of result.problems) list.append(make("li", text));
      place.append(list);
    }
    const table = make("table");
    const body = table.createTBody();
    for (const [name, found, wanted] of result.rows) {
      const row = body.insertRow();
      row.append(make("th", name));
      row.cells[0].scope = "row";
      row.append(make("td", fill(words.of, { found, wanted }), "num"));
      row.append(make("td", found === wanted ? words.whole : words.not_whole, found === wanted ? "good" : "bad"));
    }
    place.append(table);
    place.dataset.result = isGood ? "good" : "bad";
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  const box = document.getElementById("box");
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    if (!html) {
      const place = document.getElementById("result");
      place.replaceChildren(make("p", words.no_html, "warn"));
      place.dataset.result = "none";
      return;
    }
    box.textContent = words.pasted;
    show(compare(html));
  });
  // nothing is typed here
  box.addEventListener("beforeinput", (event) => { if (event.inputType !== "insertFromPaste") event.preventDefault(); });
  window.kbCompare = compare;
})();
