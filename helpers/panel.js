// A figure with real alt text and a caption that screen readers announce when it changes.
function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "ml-careers-figure";
  figure.style.cssText = "margin:0; overflow-x:auto";
  const image = document.createElement("img");
  const width = model.get("width");
  image.width = width;
  image.style.cssText = `max-width:100%; min-width:${Math.min(width, 680)}px; background:white; border:1px solid #cccccc`;
  const caption = document.createElement("figcaption");
  caption.setAttribute("aria-live", "polite");
  caption.style.cssText = "color:var(--jp-content-font-color1, #111)";
  const problem = document.createElement("p");
  problem.setAttribute("role", "alert");
  problem.style.cssText =
    "max-width:54em; margin:0 0 .6em; padding:.5em .8em; border-left:4px solid #b00020; background:#fdecee; color:#5c0011";
  figure.append(image, caption);
  el.append(problem, figure);

  let shown = null;
  const drawPicture = () => {
    const address = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    const old = shown;
    image.onload = () => old && URL.revokeObjectURL(old);
    image.src = address;
    shown = address;
  };
  const drawWords = () => {
    image.alt = "Chart: " + model.get("title");
    caption.textContent = model.get("sentence");
  };
  const drawProblem = () => {
    problem.textContent = model.get("problem");
    problem.style.display = model.get("problem") ? "block" : "none";
    figure.style.opacity = model.get("problem") ? "0.35" : "1";
  };
  // Pictures beside the present one are drawn ahead as soon as a hand or the keyboard comes near, and after each change.
  const near = () => model.send("near");
  drawPicture();
  drawWords();
  drawProblem();
  model.on("change:png", drawPicture);
  model.on("change:png", near);
  model.on("change:sentence", drawWords);
  model.on("change:problem", drawProblem);

  let box = null, frame = 0;
  const spoken = new MutationObserver(() => box && speak(box));
  const find = () => {
    box = el.closest(".widget-vbox");
    if (box === null) {
      frame = requestAnimationFrame(find);  // a child is rendered before it is put into its box
      return;
    }
    box.addEventListener("pointerenter", near, { once: true });
    box.addEventListener("focusin", near, { once: true });
    spoken.observe(box, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
    speak(box);
  };
  find();
  return () => {
    cancelAnimationFrame(frame);
    spoken.disconnect();
    box?.removeEventListener("pointerenter", near);
    box?.removeEventListener("focusin", near);
    if (shown) URL.revokeObjectURL(shown);
  };
}

// A slider says its name and the value that is shown, not its place in the list; nobody types over that value.
function speak(box) {
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
