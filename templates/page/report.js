"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const begins = new RegExp(data.begins, "iu");
  const form = find("report"), open = find("open"), mail = find("mail"), state = find("state");

  // What begins like a question gets a backslash: cocflow takes it off when it reads the mail.
  const escaped = (text) => {
    const lines = text.split("\n");
    const at = (place) => lines.slice(place, place + data.lines).join("\n");
    return lines.map((line, place) => (begins.test(at(place)) ? "\\" + line : line)).join("\n");
  };

  const answer = (field) => {
    if (field.tagName !== "FIELDSET") return field.value.replace(/\r\n?/g, "\n");
    const ticked = field.querySelectorAll("input:checked");
    return Array.from(ticked, (box) => "- " + box.value).join("\n");
  };

  const number = (field) => parseInt(field.dataset.line, 10);

  const written = () => {
    const fields = Array.from(form.querySelectorAll("[data-line]"));
    fields.sort((one, other) => number(one) - number(other));
    const given = fields.filter((field) => answer(field).trim());
    const parts = given.map((field) => field.dataset.line + "\n\n" + escaped(answer(field)));
    return parts.length ? [...parts, data.end].join("\n\n") : "";
  };

  const encoded = (text) => encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"));

  const link = (to, text) => {
    const addresses = to.map((one) => encoded(one).replace(/%40/g, "@")).join(",");
    const body = text ? "&body=" + encoded(text.replace(/\n/g, "\r\n")) : "";
    return "mailto:" + addresses + "?subject=" + encoded(data.subject) + body;
  };

  let long = false;

  const say = (what) => {
    const text = what ? state.dataset[what] : "";
    if (state.textContent !== text) state.textContent = text;
  };

  const update = () => {
    const to = Array.from(form.querySelectorAll("[name=to]:checked"), (box) => box.value);
    const text = written();
    const whole = link(to, text);
    long = whole.length > data.longest;
    open.href = long ? link(to, "") : whole;
    mail.value = text;
    say(!to.length ? "nobody" : !text ? "empty" : long ? "long" : "");
  };

  const byHand = () => {
    find("preview").open = true;
    mail.focus();
    mail.select();
    say(document.execCommand("copy") ? "copied" : "refused");
  };

  const copy = () => {
    if (!mail.value) return update();
    if (!navigator.clipboard) return byHand();
    navigator.clipboard.writeText(mail.value).then(() => say("copied"), byHand);
  };

  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  find("copy").addEventListener("click", copy);
  open.addEventListener("click", () => long && copy());
  window.addEventListener("pageshow", update);
  form.hidden = false;
  update();
})();
