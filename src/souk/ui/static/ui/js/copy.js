/* data-copy="text" on a button copies it and says so. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = document.body.dataset;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("sk-copied");
    setTimeout(() => button.classList.remove("sk-copied"), 1600);
    tell(words.copied, "ok");
  } catch {
    tell(words.notCopied, "warn");
  }
});

function tell(text, tone) {
  document.body.dispatchEvent(new CustomEvent("souk:toast", { detail: { text, tone } }));
}
