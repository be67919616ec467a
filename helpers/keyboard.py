"""Let the arrow keys reach the controls."""

import anywidget


class OwnKeys(anywidget.AnyWidget):
    """An invisible child of a VBox that keeps what is typed in that VBox from JupyterLab.

    Without it JupyterLab takes the up and down arrows in a drop-down list as "go to the next cell", and the
    list cannot be used by keyboard.
    """

    _esm = """
    function render({ el }) {
      el.style.display = "none";
      let box = null, frame = 0;
      const keep = (event) => event.stopPropagation();  // from the notebook's own listener
      const find = () => {
        box = el.closest(".widget-vbox");
        if (box === null) {
          frame = requestAnimationFrame(find);  // a child is rendered before it is put into its box
          return;
        }
        box.setAttribute("data-lm-suppress-shortcuts", "true");  // the application's shortcuts
        box.addEventListener("keydown", keep);
      };
      find();
      return () => {
        cancelAnimationFrame(frame);
        if (box) box.removeEventListener("keydown", keep);
      };
    }
    export default { render };
    """
