/* What a form that is sent says of it: that it is under way, that the line is slow, or that there is none and nothing is
   lost. Without this file forms are sent as ever. */
(() => {
  const words = document.body.dataset;
  const SLOW = 20000;

  function say(form, text) {
    let line = form.querySelector(".sending");
    if (!line) {
      line = document.createElement("p");
      line.className = "note info sending";
      line.setAttribute("role", "status");
      form.append(line);
    }
    line.textContent = text;
  }

  function free(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (!navigator.onLine) {
      event.preventDefault();
      return say(form, words.offline);
    }
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    say(form, words.sending);
    setTimeout(() => {
      free(form);
      say(form, words.slow);
    }, SLOW);
  });

  // A page that comes back from the history is as it was before it was sent.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      free(form);
      form.querySelector(".sending")?.remove();
    });
  });
})();
