/* notebook_kb: conveniences for readers. Every page reads the same without this file.
   Copy buttons, formulas copied as TeX, links to headings, previews of links, `/` for the search. */
'use strict';
(() => {
  const words = document.currentScript.dataset;

  const make = (tag, attributes, text = '') => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.textContent = text;
    return element;
  };

  // --- copying

  const texOf = (math) => {
    const tex = math.querySelector('annotation')?.textContent ?? math.closest('[data-tex]')?.dataset.tex ?? '';
    return tex.trim();
  };

  // Without a secure context there is no clipboard interface, but there is a selection.
  const toClipboard = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.body.appendChild(make('textarea', { value: text, className: 'hid' }));
    area.select();
    document.execCommand('copy');
    area.remove();
    return undefined;
  };

  const copyButton = (label, text) => {
    const button = make('button', { type: 'button', className: 'copy' }, label);
    button.addEventListener('click', async () => {
      try {
        await toClipboard(text());
        button.textContent = words.copied;
      } catch {
        button.textContent = words.failed;
      }
      setTimeout(() => { button.textContent = label; }, 1600);
    });
    return button;
  };

  const addCopyButtons = () => {
    for (const pre of document.querySelectorAll('figure.code > pre')) {
      if (pre.nextElementSibling?.matches('.copy')) continue;
      pre.after(copyButton(words.copy, () => pre.textContent.replace(/\n$/, '')));
    }
    for (const box of document.querySelectorAll('main .eq')) {
      const math = box.querySelector('math');
      if (!math || !texOf(math) || box.nextElementSibling?.matches('.copy')) continue;
      box.after(copyButton(words.tex, () => texOf(math)));
    }
  };

  // What is copied by hand: formulas as TeX between dollars, as they stand in the note.
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const part = selection.getRangeAt(0).cloneContents();
    for (const own of part.querySelectorAll('.copy, .here')) own.remove();
    const formulas = part.querySelectorAll('math');
    if (!formulas.length) return;
    const holder = make('div', { className: 'hid' });
    holder.append(part.cloneNode(true));
    const rich = holder.innerHTML;
    for (const math of formulas) {
      const tex = texOf(math);
      if (!tex) return;
      const sign = math.getAttribute('display') === 'block' ? '$$' : '$';
      math.replaceWith(sign + tex + sign);
    }
    holder.replaceChildren(part);
    document.body.append(holder); // innerText breaks lines only of what is laid out
    event.clipboardData.setData('text/html', rich);
    event.clipboardData.setData('text/plain', holder.innerText);
    event.preventDefault();
    holder.remove();
  });

  // --- links to headings

  const addAnchors = () => {
    for (const place of document.querySelectorAll('main :is(h2, h3, li.rung, .landing)[id]')) {
      const heading = place.matches('h2, h3') ? place : place.querySelector('h3');
      if (!heading || heading.querySelector('.here')) continue;
      const link = make('a', { href: `#${encodeURIComponent(place.id)}`, className: 'here' }, '#');
      link.setAttribute('aria-label', `${words.here}: ${heading.textContent.trim()}`);
      heading.append(' ', link);
    }
  };

  // --- previews of links

  const pages = new Map();
  let shown = null;
  let timer = 0;

  const pageAt = (address) => {
    if (!pages.has(address)) {
      const asked = fetch(address).then((answer) => (answer.ok ? answer.text() : ''), () => '');
      pages.set(address, asked.then((html) => new DOMParser().parseFromString(html, 'text/html')));
    }
    return pages.get(address);
  };

  // The part that the link leads to: a heading with what follows, else the title and the first words.
  const partOf = (page, hash) => {
    const place = hash ? page.getElementById(decodeURIComponent(hash.slice(1))) : null;
    const heading = place?.matches('h2, h3, h4') ? place : place?.querySelector('h3');
    const parts = place && !heading ? [place] : [heading ?? page.querySelector('main h1')];
    const after = heading ?? page.querySelector('main h1');
    const follows = (node) => after && after.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
    const texts = [...page.querySelectorAll('main :is(p, math[display="block"])')]
      .filter((p) => follows(p) && !p.matches('.crumb, .meta, .label, .path') && p.textContent.trim());
    if (parts[0] === heading || !place) parts.push(texts[0]);
    return parts.filter(Boolean);
  };

  const hide = () => {
    clearTimeout(timer);
    shown?.remove();
    shown = null;
  };

  const show = async (link) => {
    const page = await pageAt(link.href.split('#')[0]);
    if (!link.matches(':hover, :focus-visible')) return;
    const parts = partOf(page, link.hash);
    if (!parts.length) return;
    hide();
    shown = make('div', { className: 'peek' });
    shown.setAttribute('aria-hidden', 'true');
    for (const part of parts) {
      const copy = document.importNode(part, true);
      for (const inner of [copy, ...copy.querySelectorAll('*')]) inner.removeAttribute('id');
      for (const inner of copy.querySelectorAll('a')) inner.replaceWith(...inner.childNodes);
      for (const inner of copy.querySelectorAll('img, .here, .copy, .side')) inner.remove();
      shown.append(copy);
    }
    shown.addEventListener('pointerleave', hide);
    document.body.append(shown);
    const box = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const below = box.bottom + shown.offsetHeight + 8 < innerHeight || box.top < shown.offsetHeight + 8;
    shown.style.top = `${scrollY + (below ? box.bottom + 4 : box.top - shown.offsetHeight - 4)}px`;
    shown.style.left = `${scrollX + Math.max(8, Math.min(box.left, innerWidth - shown.offsetWidth - 24))}px`;
  };

  const isPage = (link) => link.origin === location.origin && /^https?:$/.test(location.protocol)
    && /(\/|\.html)$/.test(link.pathname) && link.pathname !== location.pathname && link.closest('main');

  const begin = (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || !isPage(link)) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(link), event.type === 'focusin' ? 700 : 350);
  };

  if (matchMedia('(hover: hover)').matches) {
    document.addEventListener('pointerover', begin);
    document.addEventListener('focusin', (event) => { if (event.target.matches(':focus-visible')) begin(event); });
    document.addEventListener('pointerout', (event) => {
      clearTimeout(timer);
      if (shown && !shown.contains(event.relatedTarget) && event.target.closest?.('a[href]')) {
        timer = setTimeout(() => { if (!shown?.matches(':hover')) hide(); }, 120);
      }
    });
    document.addEventListener('focusout', hide);
  }

  // --- keys

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector('main #q');
    const link = document.querySelector('a[rel="search"]');
    if (!search && !link) return;
    event.preventDefault();
    if (search) search.focus();
    else location.assign(link.href);
  });

  const enhance = () => {
    addCopyButtons();
    addAnchors();
  };
  enhance();
  // the preview shows a page anew without loading it
  document.addEventListener('kb:shown', enhance);
})();
