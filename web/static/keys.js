/* Shortcuts: listed on /help/shortcuts, switched off there. Without this file every page works as before. */
(() => {
  const body = document.body;
  const LINK = "a[href], button:not([disabled])";
  const ROWS = "main :is(.tasks > li, .list > li, .offer, .cand, .opp > li, tbody > tr)";
  let waiting = 0;

  const rows = () => [...document.querySelectorAll(ROWS)].map((row) => row.querySelector(LINK)).filter((link) => link && link.offsetParent);

  function step(by) {
    const links = rows();
    if (!links.length) return;
    const row = document.activeElement.closest(ROWS);
    const now = row ? links.findIndex((link) => row.contains(link)) : by > 0 ? -1 : links.length;
    const next = links[Math.min(Math.max(now + by, 0), links.length - 1)];
    next.focus({ focusVisible: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function search() {
    const field = document.querySelector("main input[type=search]");
    if (field) field.focus();
    else location.href = body.dataset.search;
  }

  async function help() {
    try {
      const answer = await fetch(body.dataset.keys, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw answer;
      const dialog = document.createElement("dialog");
      const close = document.createElement("button");
      close.className = "btn";
      close.textContent = body.dataset.close;
      close.addEventListener("click", () => dialog.close());
      dialog.className = "panel help";
      dialog.setAttribute("aria-label", body.dataset.title);
      dialog.innerHTML = await answer.text();
      dialog.append(close);
      dialog.addEventListener("close", () => dialog.remove());
      body.append(dialog);
      dialog.showModal();
    } catch {
      location.href = body.dataset.keys;
    }
  }

  const acts = { j: () => step(1), k: () => step(-1), "/": search, "?": help };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === "?") return;
    if (at.closest("input, select, textarea, [contenteditable], dialog") || document.querySelector("dialog[open]")) return;
    const afterG = Date.now() - waiting < 1500;
    waiting = 0;
    if (event.key === "Escape") return at === body || at.blur();
    if (afterG) {
      const entry = document.querySelector(`.nav [data-go="${CSS.escape(event.key)}"]`);
      if (!entry) return;
      event.preventDefault();
      entry.click();
    } else if (event.key === "g") {
      waiting = Date.now();
    } else if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
