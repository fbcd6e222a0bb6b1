/* A slider below each number field that its form names: name:low:high:step. The number stays the field that is sent,
   in the reader's own way of writing it; without this file nothing is missing. */
(() => {
  for (const form of document.querySelectorAll("form[data-sliders]")) {
    for (const part of form.dataset.sliders.split(" ")) {
      const [name, low, high, step] = part.split(":");
      const field = form.elements[name];
      if (!field) continue;
      const slider = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step });
      slider.setAttribute("aria-label", field.labels[0].firstChild.textContent.trim());
      const follow = () => { slider.value = field.value.replace(",", ".") || low; };
      slider.addEventListener("input", () => { field.value = slider.value.replace(".", form.dataset.decimal); });
      field.addEventListener("input", follow);
      field.closest(".field").append(slider);
      follow();
    }
  }
})();
