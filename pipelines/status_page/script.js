"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("bang");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows).filter((row) => row.dataset.states);
  const order = new Map(rows.map((row, place) => [row, place]));
  const heads = Array.from(table.tHead.rows[0].cells);
  const search = byId("tim"), state = byId("loc-trang-thai"), group = byId("loc-nhom");
  const by = byId("sap-xep"), turn = byId("chieu"), shown = byId("dang-hien");
  const collator = new Intl.Collator("vi", { numeric: true });

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d")
    .toLowerCase().replace(/\s+/g, " ").trim();
  const names = new Map(rows.map((row) => [row, plain(row.querySelector(".code").textContent + " " +
    row.querySelector(".name").textContent)]));

  const filter = () => {
    const wanted = plain(search.value);
    let count = 0;
    for (const row of rows) {
      const fits = names.get(row).includes(wanted) &&
        (!state.value || row.dataset.states.split(" ").includes(state.value)) &&
        (!group.value || row.dataset.group === group.value);
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    const all = rows.length;
    shown.textContent = count === all ? `Đang hiện tất cả ${all} đơn vị.`
      : count ? `Đang hiện ${count} trong ${all} đơn vị.` : "Không có đơn vị nào khớp; hãy bớt điều kiện lọc.";
  };

  const key = (row, column) => {
    const cell = row.cells[column];
    if (heads[column].dataset.sort === "text") return cell.textContent.trim();
    return cell.dataset.key === "" ? null : Number(cell.dataset.key);
  };
  const sort = (column, down) => {
    heads.forEach((head, place) => {
      if (!head.dataset.sort) return;
      if (place === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const text = heads[column].dataset.sort === "text";
    const sign = down ? -1 : 1;
    const keys = new Map(rows.map((row) => [row, key(row, column)]));
    const compared = [...rows].sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      if (x === y) return order.get(a) - order.get(b);
      if (x === null || x === "") return 1;
      if (y === null || y === "") return -1;
      return sign * (text ? collator.compare(x, y) : x - y) || order.get(a) - order.get(b);
    });
    body.append(...compared);
    by.value = String(column);
    turn.setAttribute("aria-pressed", String(down));
  };

  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const label = head.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending"));
    const onPaper = document.createElement("span");  // browsers do not repeat buttons on every printed page
    onPaper.className = "on-paper";
    onPaper.textContent = label;
    head.replaceChildren(button, onPaper);
    by.append(new Option(column ? label : "Thứ tự trong kế hoạch", String(column)));
  });
  by.addEventListener("change", () => sort(Number(by.value), turn.getAttribute("aria-pressed") === "true"));
  turn.addEventListener("click", () => sort(Number(by.value), turn.getAttribute("aria-pressed") !== "true"));

  const form = byId("loc");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sort(0, false); filter(); }));
  search.addEventListener("input", filter);
  state.addEventListener("change", filter);
  group.addEventListener("change", filter);
  document.querySelectorAll("a[data-choice]").forEach((link) => link.addEventListener("click", () => {
    const choice = link.dataset.choice;
    state.value = choice;
    if (state.value !== choice) state.value = "";
    search.value = "";
    group.value = "";
    filter();
  }));
  form.hidden = rows.length === 0;

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach((part) => { part.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));

  const live = byId("hom-nay");
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit",
    day: "2-digit" }).format(new Date());
  const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86400000);
  const words = (day) => day.split("-").reverse().join("/");
  const age = days(live.dataset.asOf, today);
  if (age > 0) {
    const due = live.dataset.due;
    const left = due ? days(today, due) : 0;
    const far = left > 0 ? `còn ${left} ngày` : left === 0 ? "là ngày cuối cùng"
      : `đã qua hạn ${-left} ngày`;
    live.textContent = (due && age <= 60 ? `Hôm nay, ${words(today)}: ${far}. ` : "") +
      `Số liệu trên trang đến hết ngày ${words(live.dataset.asOf)}, cách đây ${age} ngày.`;
    live.hidden = false;
  }
})();
