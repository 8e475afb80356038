/* Short messages: from the server's page, from an htmx answer (HX-Trigger), or from a failed request. */

const SECONDS = { ok: 5, info: 7, warn: 12 };
const place = document.getElementById("toasts");
const words = document.body.dataset;

function toast(text, tone = "info") {
  const item = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  item.classList.add(`sk-${tone}`);
  item.querySelector("p").textContent = text;
  place.append(item);
  expire(item, SECONDS[tone]);
}

/* What went wrong stays until it is dismissed. */
function expire(item, seconds) {
  if (!seconds) return;
  let timer = setTimeout(() => item.remove(), seconds * 1000);
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("pointerleave", () => { timer = setTimeout(() => item.remove(), 2000); });
}

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".sk-toast").remove());
document.addEventListener("souk:toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:sendError", () => toast(words.offline, "warn"));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) toast(words.signedOut, "warn");
  else toast(sentence(xhr) || words.failed, "bad");
});

/* The problem's own sentence (RFC 9457), when the answer carries one. */
function sentence(xhr) {
  if (!(xhr.getResponseHeader("Content-Type") || "").includes("json")) return "";
  try {
    const problem = JSON.parse(xhr.responseText);
    return problem.detail || problem.title || "";
  } catch {
    return "";
  }
}

for (const item of place.children) {
  const tone = Object.keys(SECONDS).find((name) => item.classList.contains(`sk-${name}`));
  expire(item, SECONDS[tone]);
}
