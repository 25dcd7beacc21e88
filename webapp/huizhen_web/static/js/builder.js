// The batch builder: tick all, and how much is ticked. Amounts are integer fen; nothing here decides anything.
const form = document.querySelector("form[data-builder]");
const boxes = [...(form?.querySelectorAll("input[name=pick]") ?? [])];
const all = form?.querySelector("[data-all]");
const sum = form?.querySelector("[data-sum]");

function fen(text) {
  const found = /^\s*[¥￥]?(\d[\d,，]*)(?:[.．](\d{1,2}))?\s*元?\s*$/.exec(text);
  return found ? Number(found[1].replace(/[,，]/g, "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
}

function show() {
  const ticked = boxes.filter((box) => box.checked);
  const gross = ticked.reduce((total, box) => total + fen(form.elements[`gross-${box.value}`].value), 0);
  const yuan = new Intl.NumberFormat("zh-CN", { style: "currency", currency: "CNY" }).format(gross / 100);
  sum.hidden = false;
  sum.textContent = sum.dataset.words.replace("{count}", String(ticked.length)).replace("{gross}", yuan);
  all.checked = ticked.length === boxes.length;
  all.indeterminate = ticked.length > 0 && !all.checked;
}

// A changed gross amount makes the tax that the page shows stale: say so instead of a wrong net amount.
function stale(event) {
  const row = event.target.closest("[data-payee]");
  if (!row || !event.target.name?.startsWith("gross-")) return;
  const same = fen(event.target.value) === Number(row.dataset.credit);
  row.querySelector("[data-net]").style.visibility = same ? "" : "hidden";
}

if (form) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener("input", stale);
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}
