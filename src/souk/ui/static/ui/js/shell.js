/* Menus close when left; the navigation is a drawer on a narrow screen. */

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const menu = event.target.closest("details[data-menu]");
  closeMenus(menu);
  if (menu && event.target.closest(".sk-menu-item[type=button]")) menu.open = false;
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details[data-menu][open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest("details[data-menu][open]");
  if (event.key === "Escape") {
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else showNavigation(false);
  }
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const items = [...menu.querySelectorAll(".sk-menu-panel :is(a, button)")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
    if (next) next.focus();
    event.preventDefault();
  }
});

const opener = document.querySelector("[data-nav]");

function showNavigation(open) {
  if (!opener || open === document.documentElement.hasAttribute("data-nav-open")) return;
  document.documentElement.toggleAttribute("data-nav-open", open);
  opener.setAttribute("aria-expanded", String(open));
  for (const part of document.querySelectorAll(".sk-main, .sk-top")) part.inert = open;
  const first = document.querySelector("#navigation a[aria-current], #navigation a");
  if (open) first?.focus();
  else opener.focus();
}

opener?.addEventListener("click", () => showNavigation(true));
for (const closer of document.querySelectorAll("[data-nav-close]")) closer.addEventListener("click", () => showNavigation(false));
matchMedia("(min-width: 60.01rem)").addEventListener("change", () => showNavigation(false));
