// What the page does when clicked: sorts tables, filters decisions. Without it everything is still there to read.

export const SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.querySelector('.sort').addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') !== 'ascending';
    heads.forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const keyOf = (row) => { const cell = row.cells[column]; return cell.dataset.value ?? cell.textContent; };
    const numeric = (text) => text !== '' && !Number.isNaN(Number(text));
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      if (x === '' || y === '') return (x === '') - (y === '');
      const order = numeric(x) && numeric(y) ? Number(x) - Number(y) : x.localeCompare(y);
      return up ? order : -order;
    });
    table.tBodies[0].append(...rows);
    table.dispatchEvent(new Event('sorted'));
  }));
}
const decisions = document.getElementById('decision-table');
if (decisions) {
  const text = document.getElementById('filter-text'), task = document.getElementById('filter-task'), model = document.getElementById('filter-model');
  const shown = document.getElementById('filter-count'), all = document.getElementById('filter-all');
  let limit = 20;
  const apply = () => {
    const wanted = text.value.toLowerCase();
    const rows = [...decisions.tBodies[0].rows];
    let count = 0, seen = 0;
    for (const row of rows) {
      const keep = (!wanted || row.textContent.toLowerCase().includes(wanted)) && (!task.value || row.cells[2].textContent === task.value) && (!model.value || row.cells[3].textContent === model.value);
      count += keep;
      row.hidden = !keep || count > limit;
      seen += !row.hidden;
    }
    shown.textContent = seen + ' of ' + count + ' shown';
    all.hidden = seen === count;
  };
  for (const field of [text, task, model]) field.addEventListener('input', apply);
  all.addEventListener('click', () => { limit = Infinity; apply(); });
  decisions.addEventListener('sorted', apply);
  addEventListener('beforeprint', () => { limit = Infinity; apply(); });
  apply();
}
`;
