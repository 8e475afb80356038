/* Forms: sent once, cleaned while typed, the first fault focused, passwords shown on request. */

const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069]/g;
const EASTERN = /[\u0660-\u0669\u06f0-\u06f9]/g;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.matches("[hx-post], [data-repeatable]")) return;
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  if (event.submitter?.classList.contains("btn")) event.submitter.classList.add("sk-sending");
});

/* Coming back through the browser's history finds a form that can be sent again. */
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    for (const button of form.querySelectorAll(".sk-sending")) button.classList.remove("sk-sending");
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.detail.elt.matches("button") ? event.detail.elt : event.detail.requestConfig.triggeringEvent?.submitter;
  button?.setAttribute("aria-disabled", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  for (const button of [event.detail.elt, ...event.detail.elt.querySelectorAll("[aria-disabled]")]) button.removeAttribute("aria-disabled");
});

document.addEventListener("paste", (event) => {
  const input = event.target;
  if (input.matches?.("input:not([type=password]), textarea")) setTimeout(() => clean(input));
});
document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-clean], input[inputmode=numeric]")) clean(event.target);
});

function clean(input) {
  let text = input.value.replace(INVISIBLE, "");
  if (input.matches("[data-clean=digits], input[inputmode=numeric]")) {
    text = text.replace(EASTERN, (digit) => String(digit.codePointAt(0) & 15));
  }
  if (text !== input.value) input.value = text;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unmask]");
  if (!button) return;
  const input = document.getElementById(button.dataset.unmask);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  input.focus();
});

document.querySelector("main .is-invalid, main .sk-error ~ * input, main [aria-invalid=true]")?.focus();
