// Not seen itself: keeps what is typed in the VBox around it from JupyterLab, where the arrow keys of a list would go
// to the next cell, and lets the sliders in it speak.
function render({ el }) {
  el.style.display = "none";
  let box = null, frame = 0;
  const keep = (event) => event.stopPropagation();  // from the notebook's own listener
  const spoken = new MutationObserver(() => speak(box));
  const find = () => {
    box = el.closest(".widget-vbox");
    if (box === null) {
      frame = requestAnimationFrame(find);  // a child is rendered before it is put into its box
      return;
    }
    box.setAttribute("data-lm-suppress-shortcuts", "true");  // the application's shortcuts
    box.addEventListener("keydown", keep);
    spoken.observe(box, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
    speak(box);
  };
  find();
  return () => {
    cancelAnimationFrame(frame);
    spoken.disconnect();
    box?.removeEventListener("keydown", keep);
  };
}

// A slider says its name and the value that is shown, not its place in the list; nobody types over that value. Choices
// that exclude each other say what is asked, and are one group.
let groups = 0;
function speak(box) {
  for (const group of box.querySelectorAll(".widget-radio")) {
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", group.querySelector(".widget-label")?.textContent ?? "");
    group.id ||= `ml-careers-choice-${groups++}`;
    for (const choice of group.querySelectorAll("input")) choice.name = group.id;  // else the arrow keys do nothing
  }
  for (const slider of box.querySelectorAll(".widget-hslider")) {
    const handle = slider.querySelector(".noUi-handle");
    const readout = slider.querySelector(".widget-readout");
    if (!handle || !readout) continue;
    readout.contentEditable = "false";
    readout.removeAttribute("tabindex");
    const says = { "aria-label": slider.querySelector(".widget-label")?.textContent, "aria-valuetext": readout.textContent };
    for (const [name, text] of Object.entries(says)) {
      if (text && handle.getAttribute(name) !== text) handle.setAttribute(name, text);
    }
  }
}
export default { render };
