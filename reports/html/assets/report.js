'use strict';
const figures = JSON.parse(document.getElementById('figures').textContent);
const root = document.documentElement;
const make = (tag, text, parent) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (parent) parent.append(element);
  return element;
};
const numberText = (value) => {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e15) return value.toFixed(0);
  return size >= 1e-4 && size < 1e15 ? String(+value.toPrecision(4)) : value.toExponential(3);
};
const cellText = (value) =>
  value === null || value === undefined ? '–' : typeof value === 'number' ? numberText(value) : String(value);

const units = { ms: 'ms', mj: 'mJ', mb: 'MB', g: 'G', pct: '%' };
const heading = (column) =>
  column.includes('.') ? column : column.replace(/_(ms|mj|mb|g|pct)$/, (all, unit) => ` (${units[unit]})`).replaceAll('_', ' ');

/* Theme: the reader's system, or what the button says; `#dark` and `#light` in the address too. */
const button = document.getElementById('theme');
const isDark = () =>
  root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const setTheme = (name) => {
  if (name) root.dataset.theme = name;
  button.textContent = isDark() ? 'Light' : 'Dark';
};
setTheme({ '#dark': 'dark', '#light': 'light' }[location.hash]);
button.hidden = false;
button.onclick = () => setTheme(isDark() ? 'light' : 'dark');

/* Tooltips: the columns of the point under the mouse, as text. */
const tip = document.getElementById('tip');
const showTip = (columns) => (view, event, item, datum) => {
  tip.hidden = !datum || typeof datum !== 'object';
  if (tip.hidden) return;
  tip.replaceChildren();
  for (const column of columns)
    if (column !== 'index' && datum[column] !== undefined && datum[column] !== null) {
      const line = make('div', '', tip);
      make('span', heading(column), line);
      make('span', cellText(datum[column]), line);
    }
  const room = { x: innerWidth - tip.offsetWidth - 8, y: innerHeight - tip.offsetHeight - 8 };
  tip.style.left = Math.max(4, Math.min(event.clientX + 14, room.x)) + 'px';
  tip.style.top = Math.max(4, Math.min(event.clientY + 14, room.y)) + 'px';
};

/* Saving. */
const save = (name, url) => {
  const link = make('a', '');
  link.href = url;
  link.download = name;
  link.click();
};
const saveText = (name, type, text) => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  save(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};
const csvCell = (cell) => {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
};
const csv = ({ columns, rows }) => [columns, ...rows].map((row) => row.map(csvCell).join(',') + '\n').join('');
const svgOf = async (figure) => {
  const colors = getComputedStyle(root);
  const text = await figure.view.toSVG();
  return text.replace(/var\((--[a-z0-9]+)\)/g, (all, name) => colors.getPropertyValue(name).trim());
};
const savePng = async (figure) => {
  const image = new Image();
  image.onload = () => {
    const canvas = make('canvas', '');
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    const context = canvas.getContext('2d');
    context.scale(2, 2);
    context.fillStyle = getComputedStyle(root).getPropertyValue('--page');
    context.fillRect(0, 0, image.width, image.height);
    context.drawImage(image, 0, 0);
    save(figure.id + '.png', canvas.toDataURL());
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(await svgOf(figure));
};
const savers = {
  csv: (figure) => saveText(figure.id + '.csv', 'text/csv', csv(figure)),
  svg: async (figure) => saveText(figure.id + '.svg', 'image/svg+xml', await svgOf(figure)),
  png: savePng,
};

const tableOf = ({ columns, rows }) => {
  const scroll = make('div', '');
  scroll.className = 'scroll';
  const table = make('table', '', scroll);
  const isNumber = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const head = make('tr', '', make('thead', '', table));
  columns.forEach((name, i) => { make('th', heading(name), head).className = isNumber[i] ? 'n' : ''; });
  const body = make('tbody', '', table);
  for (const row of rows) {
    const line = make('tr', '', body);
    row.forEach((cell, i) => { make('td', cellText(cell), line).className = isNumber[i] ? 'n' : ''; });
  }
  return scroll;
};

/* Figures. Rows that several have are there once. */
for (const figure of figures)
  if (figure.rows_of) figure.rows = figures.find(({ id }) => id === figure.rows_of).rows;
const draw = (figure) => {
  const chart = figure.element.querySelector('.chart');
  const width = Math.max(280, chart.clientWidth - 2);
  if (figure.view && Math.abs(figure.width - width) < 2) return;
  figure.width = width;
  if (figure.view) {
    figure.view.signal('avail', width).runAsync();
    return;
  }
  const spec = structuredClone(figure.spec);
  spec.data[0].values = figure.rows.map((row) => Object.fromEntries(row.map((cell, i) => [figure.columns[i], cell])));
  spec.signals.find((signal) => signal.name === 'avail').value = width;
  figure.view = new vega.View(vega.parse(spec), { renderer: 'svg', container: chart, hover: true });
  figure.view.tooltip(showTip(figure.columns)).runAsync();
};
const nav = document.querySelector('nav');
const several = document.querySelectorAll('section.run').length > 1;
document.querySelectorAll('section.run').forEach((section, i) => {
  if (!several) return;
  section.id = section.id || 'section-' + i;
  make('a', section.querySelector('h2').textContent, nav).href = '#' + section.id;
});
document.querySelectorAll('[data-file]').forEach((each) => {
  const text = each.parentElement.querySelector('pre').textContent;
  each.onclick = () => saveText(each.dataset.file, each.dataset.file.endsWith('.json') ? 'application/json' : 'text/plain', text);
});

/* A click on a column's head sorts by it, another one the other way round; what is absent is last. */
const sortBy = (table, column) => {
  const head = table.tHead.rows[0].cells[column];
  const sign = head.ariaSort === 'ascending' ? -1 : 1;
  for (const each of table.tHead.rows[0].cells) each.ariaSort = null;
  head.ariaSort = sign > 0 ? 'ascending' : 'descending';
  const key = (row) => row.cells[column].textContent;
  const body = table.tBodies[0];
  const isAbsent = (text) => text === '–';
  const compared = (a, b) => {
    if (isAbsent(a) || isAbsent(b)) return isAbsent(a) - isAbsent(b);
    const difference = Number(a.replace(/ %$/, '')) - Number(b.replace(/ %$/, ''));
    return sign * (Number.isNaN(difference) ? a.localeCompare(b) : difference);
  };
  body.append(...[...body.rows].sort((a, b) => compared(key(a), key(b))));
};
document.addEventListener('click', (event) => {
  const head = event.target.closest('th');
  if (head) sortBy(head.closest('table'), head.cellIndex);
});

for (const figure of figures) {
  figure.element = document.getElementById(figure.id);
  figure.element.querySelectorAll('[data-save]').forEach((each) => {
    each.onclick = () => savers[each.dataset.save](figure);
  });
  const data = figure.element.querySelector('.tools details');
  if (data) data.ontoggle = () => data.children.length > 1 || data.append(tableOf(figure));
  figure.element.querySelectorAll('.fold').forEach((fold, i) => {
    const keys = [...new Set(figure.rows.map((row) => row[0]))];
    const rows = () => figure.rows.filter((row) => row[0] === keys[i]).map((row) => row.slice(1));
    fold.ontoggle = () =>
      fold.querySelector('.scroll') || fold.append(tableOf({ columns: figure.columns.slice(1), rows: rows() }));
  });
  if (!several) make('a', figure.title, nav).href = '#' + figure.id;
  if (figure.spec) draw(figure);
}
const drawAll = () => figures.forEach((figure) => figure.spec && draw(figure));
let pending = 0;
addEventListener('resize', () => {
  clearTimeout(pending);
  pending = setTimeout(drawAll, 120);
});
