// Comforts only: every page works without this file.
(() => {
  "use strict";
  const $ = (query, from = document) => from.querySelector(query);
  const typing = (at) => at.isContentEditable || /^(input|textarea|select)$/i.test(at.tagName);

  // "/" goes to the search field, Esc leaves it and closes open menus
  document.addEventListener("keydown", (event) => {
    const search = $("[data-key='/']");
    if (event.key === "/" && search && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") {
      if (event.target === search) search.blur();
      const open = $("details.drop[open]");
      if (open) {
        open.open = false;
        $("summary", open).focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.drop[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // what went wrong is read first; its links go to the field, not only to its place
  const focusSummary = () => $("#error-summary")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#error-summary a[href^='#']");
    const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!place) return;
    event.preventDefault();
    const answer = place.matches("input,select,textarea") ? place : $("input:not([type=hidden]),select,textarea", place) || place;
    (answer.closest(".field") || answer).scrollIntoView({ block: "start" });
    answer.focus({ preventScroll: true });
  });

  // data-confirm asks before a form is sent
  const dialog = $("#confirm");
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const words = button?.dataset.confirm || event.target.dataset.confirm;
    if (!words || event.target.dataset.confirmed || !dialog?.showModal) return;
    event.preventDefault();
    $("#confirm-words").textContent = words;
    dialog.returnValue = "";
    dialog.showModal();
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      event.target.dataset.confirmed = "1";
      event.target.requestSubmit(button);
      delete event.target.dataset.confirmed;
    };
  });

  // a second click does not send a form twice
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // data-copy copies its text and says so
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const words = $("span", button);
      if (words) words.textContent = button.dataset.copied;
    });
  });

  // data-print prints, data-tick-all ticks a page's rows, data-most counts characters
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick-all]")) return;
    event.target.closest("table").querySelectorAll("tbody .tick input").forEach((tick) => (tick.checked = event.target.checked));
  });
  const count = (area) => {
    const most = Number(area.dataset.most), now = [...area.value].length;
    let line = area.nextElementSibling;
    if (!line?.classList.contains("counter")) {
      line = Object.assign(document.createElement("p"), { className: "counter" });
      line.setAttribute("aria-live", "polite");
      area.after(line);
    }
    line.textContent = now > most * 0.8 ? `${now} / ${most}` : "";
    line.classList.toggle("over", now > most);
  };
  document.addEventListener("input", (event) => event.target.matches("[data-most]") && count(event.target));

  // what needs this file is shown by this file
  const wake = (from = document) => {
    from.querySelectorAll("[data-needs-js][hidden]").forEach((part) => (part.hidden = false));
    from.querySelectorAll("textarea[data-most]").forEach(count);
    from.querySelectorAll(".table-wrap:not([tabindex])").forEach((wrap) => {
      if (wrap.scrollWidth <= wrap.clientWidth) return;
      wrap.tabIndex = 0; // what scrolls sideways must be reachable by keyboard
      wrap.setAttribute("role", "group");
      wrap.setAttribute("aria-label", ($("caption", wrap) || $("h1")).textContent.trim());
    });
  };
  wake();
  document.querySelectorAll(".life-wrap").forEach((wrap) => {
    const now = $("[aria-current]", wrap);
    if (now) wrap.scrollLeft = now.offsetLeft - (wrap.clientWidth - now.clientWidth) / 2;
  });
  focusSummary();

  // htmx: an answer from another address (a session that ended) or an error is shown as the page it is
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo, requestConfig } = event.detail;
    const asked = new URL(pathInfo.requestPath, location.href).pathname;
    const elsewhere = xhr.responseURL && new URL(xhr.responseURL).pathname !== asked;
    if (xhr.status < 400 && !elsewhere) return;
    event.detail.shouldSwap = false;
    if (requestConfig.elt.closest("[hx-push-url]")) location.assign(elsewhere ? xhr.responseURL : pathInfo.finalRequestPath);
  });
  document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
})();
