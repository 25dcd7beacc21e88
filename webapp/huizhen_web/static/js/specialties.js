// Finds an entry of a long list of checkboxes as one types. Ticked entries stand first and always stay in sight.
for (const catalogue of document.querySelectorAll("[data-catalogue]")) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "search";
  search.placeholder = catalogue.dataset.search;
  search.setAttribute("aria-label", catalogue.dataset.search);
  const options = [...catalogue.querySelectorAll(".options label")];
  const list = catalogue.querySelector(".options");
  list.before(search);
  list.prepend(...options.filter((option) => option.querySelector("input").checked));
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const option of options) {
      option.hidden = !option.textContent.toLowerCase().includes(wanted) && !option.querySelector("input").checked;
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
