// Three buttons below a form: download one zip file, upload it, start again.
function render({ model, el }) {
  const add = (kind, parent, text = "") => {
    const made = document.createElement(kind);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.style.margin = ".5em 0";
  const say = (text) => { said.textContent = text; };
  const ask = (message, buffers = []) => {
    say("Waiting for the kernel. If nothing happens, run this cell again.");
    model.send(message, undefined, buffers);
  };
  const button = (parent, text, act) => {
    const made = add("button", parent, text);
    made.className = "jupyter-widgets jupyter-button widget-button";
    made.style.width = "auto";
    made.addEventListener("click", act);
    return made;
  };

  const row = add("div", el);
  row.style.cssText = "display:flex; flex-wrap:wrap; gap:.2em";
  button(row, "Download answers and work", () => ask({ do: "pack" }));
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".json,.zip";
  input.addEventListener("change", async () => {
    const file = input.files[0];
    input.value = "";  // else the same file could not be chosen again
    if (!file) return;
    if (file.size > model.get("most")) {
      say(`${file.name} is too large to be a file that was downloaded here. Nothing has changed.`);
    } else {
      ask({ do: "unpack" }, [await file.arrayBuffer()]);
    }
  });
  button(row, "Upload them", () => input.click());
  const again = button(row, "Start again", () => { say(""); sure.style.display = "block"; no.focus(); });

  const sure = add("div", el);
  sure.style.display = "none";
  add("p", sure, "Forget your answers, guesses and what you solved? A copy is kept, and your work folder stays.");
  const close = () => { sure.style.display = "none"; again.focus(); };
  button(sure, "Yes, forget my answers", () => { close(); ask({ do: "forget" }); });
  const no = button(sure, "No, keep them", close);
  el.append(said);

  model.on("msg:custom", (message, buffers) => {
    say(message.said);
    if (!message.name) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(buffers, { type: "application/zip" }));
    link.download = message.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}
export default { render };
