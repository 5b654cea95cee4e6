import { bind } from "/rolegate/script/dom.js";

const gate = JSON.parse(document.getElementById("gate").textContent);

bind(document, gate, {
  resource: (element) => JSON.parse(element.closest("[data-record]").dataset.record),
});
