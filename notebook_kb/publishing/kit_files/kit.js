// The paste page: copies text and rich text, keeps the ticks, records where it went.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("kit-data").textContent);
  const token = document.querySelector('meta[name="kb-token"]').content;
  const isServed = location.protocol.startsWith("http") && token !== "";
  const said = document.getElementById("said");

  // a browser that refuses its storage keeps the ticks until the page is closed
  const memory = {
    get() { try { return JSON.parse(localStorage.getItem(data.memory)) || []; } catch { return []; } },
    set(names) { try { localStorage.setItem(data.memory, JSON.stringify(names)); } catch { /* not kept */ } },
  };

  // copy

  // what `copy` events put on the clipboard works on every page, also on one opened from disk
  function copyByEvent(flavours) {
    let done = false;
    const put = (event) => {
      for (const [type, text] of Object.entries(flavours)) event.clipboardData.setData(type, text);
      event.preventDefault();
      done = true;
    };
    document.addEventListener("copy", put);
    const asked = document.execCommand("copy");
    document.removeEventListener("copy", put);
    return asked && done;
  }

  async function copy(flavours) {
    try {
      const blobs = Object.entries(flavours).map(([type, text]) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      return true;
    } catch {
      return copyByEvent(flavours);
    }
  }

  function select(element) {
    if (element) getSelection().selectAllChildren(element);
  }

  function tell(button, isDone) {
    const word = isDone ? data.words.copied : data.words.copy_failed;
    button.dataset.label ||= button.textContent;
    button.textContent = isDone ? word : button.dataset.label;
    said.textContent = "";
    said.textContent = word;
    button.classList.toggle("ok", isDone);
    clearTimeout(Number(button.dataset.timer));
    button.dataset.timer = setTimeout(() => {
      button.textContent = button.dataset.label;
      button.classList.remove("ok");
    }, 2000);
  }

  function tick(element) {
    const box = element.closest(".step")?.querySelector("input[data-step]");
    if (!box || box.checked) return;
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function copyPressed(button) {
    const name = button.dataset.copy;
    const rich = data.rich[name];
    const element = document.getElementById(name);
    const isDone = await copy(rich || { "text/plain": element.textContent });
    if (!isDone) select(element || document.querySelector(".sheet"));
    tell(button, isDone);
    if (isDone && rich) tick(button);
  }

  async function copyPicture(button) {
    try {
      const answer = await fetch(button.dataset.picture);
      const blob = await answer.blob();
      await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
      tell(button, true);
    } catch {
      tell(button, false);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy], button[data-picture]");
    if (!button) return;
    if (button.dataset.copy) copyPressed(button); else copyPicture(button);
  });
  // a page from disk may not read the bytes of its pictures
  if (isServed) for (const button of document.querySelectorAll('[data-picture$=".png"]')) button.hidden = false;

  // ticks

  const boxes = [...document.querySelectorAll("input[data-step]")];
  const ticked = new Set(memory.get());
  for (const box of boxes) {
    box.checked = ticked.has(box.dataset.step);
    box.closest(".step").classList.toggle("done", box.checked);
  }
  document.addEventListener("change", (event) => {
    const box = event.target.closest("input[data-step]");
    if (!box) return;
    box.closest(".step").classList.toggle("done", box.checked);
    memory.set(boxes.filter((b) => b.checked).map((b) => b.dataset.step));
  });

  // where it went

  const form = document.querySelector("form[data-done]");
  if (form) {
    const field = form.elements.url;
    const answer = form.querySelector(".answer");
    const command = document.getElementById("command");
    const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
    const show = () => { command.textContent = `${data.command} ${quoted(field.value.trim() || "URL")}`; };
    const answered = (ok, text) => {
      answer.textContent = text;
      answer.className = ok ? "answer good" : "answer bad";
      if (ok) tick(form);
    };
    show();
    field.addEventListener("input", show);
    if (isServed) {
      form.querySelector("[data-send]").hidden = false;
      form.querySelector("[data-shell]").hidden = true;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!isServed) return;
      try {
        const response = await fetch("done", {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-KB-Token": token },
          body: JSON.stringify({ url: field.value.trim() }),
        });
        const said = await response.json();
        answered(said.ok === true, String(said.message));
      } catch {
        answered(false, data.words.no_server);
        form.querySelector("[data-shell]").hidden = false;
      }
    });
  }
})();
