/* Light, dark, or like the device. The server renders the choice from the cookie, so nothing flashes. */

const YEAR = 31536000;

function choose(choice) {
  const root = document.documentElement;
  if (choice === "auto") root.removeAttribute("data-bs-theme");
  else root.setAttribute("data-bs-theme", choice);
  root.dataset.themeChoice = choice;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `souk_theme=${choice}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
  }
}

document.documentElement.dataset.script = "";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (button) choose(button.dataset.themeSet);
});
