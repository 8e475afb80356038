/* Regions that are asked for again: focus, open details and the log's place survive the exchange. */

let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.detail.target;
  if (!region?.id || !region.closest?.("[data-keep]")) return;
  const active = document.activeElement;
  kept = {
    region: region.id,
    focus: region.contains(active) ? { id: active.id, index: focusable(region).indexOf(active) } : null,
    open: [...region.querySelectorAll("details")].map((item) => item.open),
    logs: [...region.querySelectorAll("[data-log]")].map((log) => atEnd(log) ? null : log.scrollTop),
  };
});

document.addEventListener("htmx:afterSettle", (event) => {
  const region = kept && document.getElementById(kept.region);
  if (region) {
    region.querySelectorAll("details").forEach((item, index) => { if (kept.open[index]) item.open = true; });
    region.querySelectorAll("[data-log]").forEach((log, index) => { log.scrollTop = kept.logs[index] ?? log.scrollHeight; });
    if (kept.focus) (document.getElementById(kept.focus.id) || focusable(region)[kept.focus.index])?.focus({ preventScroll: true });
  }
  kept = null;
  const wanted = event.detail.elt.matches?.("[data-focus]") ? event.detail.elt : event.detail.elt.querySelector?.("[data-focus]");
  wanted?.focus();
});

document.addEventListener("htmx:beforeRequest", (event) => setBusy(event, "true"));
document.addEventListener("htmx:afterRequest", (event) => setBusy(event, "false"));

function setBusy(event, busy) {
  if (event.detail.elt.matches("[data-busy]")) event.detail.elt.setAttribute("aria-busy", busy);
}

function focusable(region) {
  return [...region.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
}

function atEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 24;
}

for (const log of document.querySelectorAll("[data-log]")) log.scrollTop = log.scrollHeight;
