/* A shown secret leaves the page again: on demand, or after the seconds in data-secret. */

function hide(box) {
  const rest = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const focused = box.contains(document.activeElement);
  box.replaceWith(rest);
  window.htmx?.process(rest);
  if (focused) rest.querySelector("button")?.focus();
}

function arm(root) {
  for (const box of [root, ...root.querySelectorAll("[data-secret]")]) {
    if (!box.matches?.("[data-secret]") || box.dataset.armed) continue;
    box.dataset.armed = "yes";
    setTimeout(() => box.isConnected && hide(box), Number(box.dataset.secret) * 1000);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hide]");
  if (button) hide(button.closest("[data-secret]"));
});
document.addEventListener("htmx:load", (event) => arm(event.detail.elt));
arm(document.body);
