// Sorting, searching, the lists behind the boxes, and the origin of numbers. The page is whole without this.
(() => {
  "use strict";
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const once = (make) => { let value, made = false; return () => { if (!made) { value = make(); made = true; } return value; }; };
  const numbers = once(() => data("data-numbers"));
  const lists = once(() => data("data-lists"));
  const tables = once(() => data("data-tables"));
  const put = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const thousands = (n) => n.toLocaleString("en");

  const dialog = (name) => {
    const box = put("dialog", { class: name, "aria-labelledby": `${name}-title` });
    const title = put("h2", { id: `${name}-title` });
    const close = put("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => box.close());
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.append(put("header", {}, title, close));
    document.body.append(box);
    return { box, title };
  };

  // The origin of a number.
  const origin = once(() => { const made = dialog("origin"); made.list = put("dl"); made.box.append(made.list); return made; });
  const showOrigin = (position) => {
    const [id, value, text, format, file, where, ids = "", from = ""] = numbers().numbers[position], [path, sum] = numbers().files[file], made = origin();
    made.title.textContent = text;
    const inside = (f) => (f.startsWith("config/") ? f : `results/${f}`);
    const rows = [["Name", id], ["Raw value", value || "none"], ["Written as", format], ["File", path.split("; ").map(inside).join("; ")],
      ["Where in it", where], ["SHA-256", sum], ["Ids behind it", ids && inside(ids)], ["Taken from", from]];
    made.list.replaceChildren(...rows.filter(([, v]) => v).flatMap(([k, v]) => [put("dt", {}, k), put("dd", {}, v)]));
    made.box.showModal();
  };

  // The list behind a box of the flow diagram, a hundred rows at a time.
  const STEP = 100;
  const sheet = once(() => {
    const made = dialog("sheet");
    made.search = put("input", { type: "search", autocomplete: "off", "aria-label": "Search in this list" });
    made.count = put("span", { class: "count", role: "status" });
    made.pick = put("select", { "aria-label": "Which list" });
    made.body = put("tbody");
    made.head = put("thead");
    made.results = put("div", { class: "results", tabindex: "0", role: "region", "aria-label": "Rows" }, put("table", {}, made.head, made.body));
    made.more = put("button", { type: "button" }, "Show more");
    made.results.append(put("p", { class: "more" }, made.more));
    made.box.append(put("div", { class: "bar" }, made.pick, made.search, made.count), made.results);
    made.search.addEventListener("input", () => filterSheet());
    made.pick.addEventListener("change", () => openList(made.pick.value));
    made.more.addEventListener("click", () => growSheet());
    return made;
  });
  let shown = [], current = null, reach = 0;
  const cells = ([position, note]) => {
    const [id, title = "", authors = "", year = "", journal = "", abstract = ""] = lists().items[position];
    const who = [authors, year && `(${year})`].filter(Boolean).join(" ");
    const main = put("td", { class: "prose" }, title || "no title");
    if (who || journal) main.append(put("span", { class: "source" }, [who, journal].filter(Boolean).join(" · ")));
    if (abstract) main.append(put("details", {}, put("summary", {}, "Abstract"), abstract));
    return [main, put("td", {}, put("code", {}, id)), ...(current.noted ? [put("td", {}, note || "")] : [])];
  };
  const growSheet = () => {
    const made = sheet();
    for (const row of shown.slice(reach, reach + STEP)) {
      made.body.append(put("tr", {}, ...cells(row)));
    }
    reach = Math.min(shown.length, reach + STEP);
    made.more.hidden = reach >= shown.length;
  };
  const filterSheet = () => {
    const made = sheet(), words = fold(made.search.value).split(/\s+/).filter(Boolean);
    if (words.length && !current.folded) current.folded = current.rows.map(([position, note]) => fold([...lists().items[position], note || ""].join(" ")));
    shown = words.length ? current.rows.filter((_, i) => words.every((word) => current.folded[i].includes(word))) : current.rows;
    reach = 0;
    made.body.replaceChildren();
    made.count.textContent = words.length ? `${thousands(shown.length)} of ${thousands(current.rows.length)}` : `${thousands(current.rows.length)} in results/${current.file}`;
    if (current.total) made.count.textContent = `${thousands(shown.length)} of the first ${thousands(current.rows.length)}; all ${thousands(current.total)} stand in results/${current.file}`;
    growSheet();
  };
  const openList = (name) => {
    const made = sheet();
    current = lists().lists[name];
    if (!current.ready) {
      current.rows = current.rows.map((position, i) => [position, current.notes[i]]);
      current.noted = Object.keys(current.notes).length > 0;
      current.ready = true;
    }
    made.title.textContent = current.title;
    made.head.replaceChildren(put("tr", {}, ...["title", current.column, ...(current.noted ? ["note"] : [])].map((column) => put("th", { scope: "col" }, column.replaceAll("_", " ")))));
    made.search.value = "";
    filterSheet();
    made.results.scrollTop = 0;
  };
  const openLists = (names) => {
    const made = sheet();
    made.pick.replaceChildren(...names.map((name) => put("option", { value: name }, `${lists().lists[name].title} (${thousands(lists().lists[name].total || lists().lists[name].rows.length)})`)));
    made.pick.hidden = names.length < 2;
    openList(names[0]);
    if (!made.box.open) made.box.showModal();
    made.search.focus();
  };

  // Tables.
  const whole = (name) => {
    const table = document.querySelector(`table[data-table="${CSS.escape(name)}"]`), rest = tables()[name];
    if (rest) { table.tBodies[0].insertAdjacentHTML("beforeend", rest.join("")); delete tables()[name]; const more = document.querySelector(`[data-more="${CSS.escape(name)}"]`); if (more) more.parentElement.remove(); }
    return table;
  };
  const key = (cell) => { const text = cell.dataset.s ?? cell.textContent.trim(); const n = Number(text); return text !== "" && Number.isFinite(n) ? n : fold(text); };
  const sort = (button) => {
    const head = button.closest("th"), name = button.closest("table").dataset.table, table = whole(name), column = Number(button.dataset.sort);
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row, i) => ({ row, i, k: key(row.cells[column]) }));
    rows.sort((a, b) => {
      if (a.k === "" || b.k === "") return a.k === b.k ? a.i - b.i : a.k === "" ? 1 : -1;
      const order = typeof a.k === typeof b.k ? (a.k < b.k ? -1 : a.k > b.k ? 1 : 0) : typeof a.k === "number" ? -1 : 1;
      return (down ? -order : order) || a.i - b.i;
    });
    table.tBodies[0].append(...rows.map((r) => r.row));
  };
  document.addEventListener("input", (event) => {
    const name = event.target.dataset && event.target.dataset.filter;
    if (!name) return;
    const words = fold(event.target.value).split(/\s+/).filter(Boolean);
    for (const row of whole(name).tBodies[0].rows) { const text = fold(row.textContent); row.hidden = !words.every((word) => text.includes(word)); }
  });
  document.addEventListener("click", (event) => {
    const number = event.target.closest("a.n");
    if (number && !event.ctrlKey && !event.metaKey) { event.preventDefault(); showOrigin(Number(number.dataset.n)); return; }
    const box = event.target.closest("button[data-lists]");
    if (box) { openLists(box.dataset.lists.split(" ")); return; }
    const head = event.target.closest("button[data-sort]");
    if (head) { sort(head); return; }
    const more = event.target.closest("button[data-more]");
    if (more) whole(more.dataset.more);
  });
})();
