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
  drawPicture();
  drawWords();
  drawProblem();
  model.on("change:png", drawPicture);
  model.on("change:sentence", drawWords);
  model.on("change:problem", drawProblem);

  // Pictures beside the present one are drawn ahead as soon as somebody can see this one, and after each change.
  const ahead = () => model.send("ahead");
  const seen = new IntersectionObserver(([figure]) => {
    if (!figure.isIntersecting) return;
    seen.disconnect();
    ahead();
  });
  seen.observe(figure);
  model.on("change:png", ahead);
  return () => {
    seen.disconnect();
    if (shown) URL.revokeObjectURL(shown);
  };
}
export default { render };
