// What a site's own search finds: node search.js SITE WORD... prints for each word the pages that it
// finds, the best first, as JSON.
const fs = require("fs"), path = require("path"), vm = require("vm");

const [site, ...words] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(site, name), "utf8");

let found;
const page = vm.createContext({
  console, setTimeout: () => {}, SPHINX_HIGHLIGHT_ENABLED: false,
  document: { getElementById: () => null, addEventListener: () => {}, readyState: "loading" },
  window: { addEventListener: () => {} },
  _ready: () => {}, _: (text) => text,
  show: (results) => { found = results.reverse().map(([name]) => name); },
});
const script = (text) => vm.runInContext(text, page);
script(read("_static/language_data.js"));
script(read("_static/searchtools.js").replace(
  "const _displayNextItem =", "const _displayNextItem = (results) => show(results), _shown ="));
script(read("searchindex.js"));

const pages = {};
for (const word of words) {
  script(`Search.query(${JSON.stringify(word)})`);
  pages[word] = found;
}
console.log(JSON.stringify(pages));
