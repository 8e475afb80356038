/* Dialogs: data-dialog opens one, data-close closes it. data-confirm on a form or htmx element asks first. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  event.target.closest("[data-close]")?.closest("dialog").close();
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

const box = document.getElementById("confirm");
const yes = box?.querySelector("[data-confirm-yes]");
const typing = box?.querySelector("[data-confirm-type]");
const word = box?.querySelector("input");

/* Resolves to whether the reader agreed. */
function ask(asker) {
  box.querySelector("[data-confirm-text]").textContent = asker.dataset.confirm;
  const needed = asker.dataset.confirmWord;
  typing.hidden = !needed;
  typing.querySelector("label").textContent = document.body.dataset.typeWord.replace("WORD", () => `\u2068${needed}\u2069`);
  word.value = "";
  yes.disabled = Boolean(needed);
  word.oninput = () => { yes.disabled = Boolean(needed) && word.value.trim() !== needed; };
  box.showModal();
  (needed ? word : box.querySelector("[data-confirm-no]")).focus();
  return new Promise((resolve) => {
    box.returnValue = "";
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
  });
}

yes?.addEventListener("click", () => box.close("yes"));
box?.querySelector("[data-confirm-no]").addEventListener("click", () => box.close(""));
word?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !yes.disabled) box.close("yes");
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asker.dataset.confirm || asker.dataset.agreed || asker.closest("[hx-post], [hx-delete]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(asker))) return;
  asker.dataset.agreed = "yes";
  form.requestSubmit(event.submitter);
  delete asker.dataset.agreed;
}, true);

document.addEventListener("htmx:confirm", (event) => {
  const asker = event.target.closest("[data-confirm]");
  if (!asker) return;
  event.preventDefault();
  ask(asker).then((agreed) => agreed && event.detail.issueRequest(true));
});
