"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim();
  };
  // Numbers may be larger than a Number holds exactly.
  const compare = {
    number: (a, b) => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0),
    text: (a, b) => a.localeCompare(b),
  };
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const ascending = heading.getAttribute("aria-sort") !== "ascending";
      const kind = compare[heading.dataset.sort];
      const rows = [...body.rows];
      rows.sort((one, other) => {
        const [a, b] = [keyOf(one, column), keyOf(other, column)];
        // What has nothing to sort by comes last either way.
        if (!a || !b) return Boolean(b) - Boolean(a);
        return ascending ? kind(a, b) : kind(b, a);
      });
      body.append(...rows);
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    });
  });
  table.classList.add("sortable");
}
