// A figure with real alt text and a caption that screen readers announce when it changes.
function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "ml-careers-figure";
  figure.style.margin = "0";
  const image = document.createElement("img");
  image.style.maxWidth = "100%";
  const caption = document.createElement("figcaption");
  caption.setAttribute("aria-live", "polite");
  caption.style.cssText =
    "max-width:54em; padding:.3em 0 .6em; line-height:1.5; font-size:var(--jp-content-font-size1, 14px); color:var(--jp-content-font-color1, #111)";
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
    image.width = model.get("width");
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
  return () => shown && URL.revokeObjectURL(shown);
}
export default { render };
