// How the page looks: light and dark by the reader's setting, narrow screens, paper.

export const STYLE = `
:root { color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f6f8; --ink: #1c2330; --faint: #5b6576; --line: #d9dde4; --link: #0b57a4;
  --good: #00704f; --warn: #8a5a00; --bad: #b3341b;
  --blue: #0072b2; --orange: #c26a00; --green: #00855f; --pink: #b0568a; --sky: #2e8bc0; --red: #c04a00; --grey: #6b7280; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14181f; --raised: #1d232d; --ink: #e7eaf0; --faint: #a3adbd; --line: #343c49; --link: #7db7f0;
  --good: #4cc79c; --warn: #e5b04b; --bad: #f08a70;
  --blue: #56a8e0; --orange: #e69f00; --green: #2fc393; --pink: #dd8fbd; --sky: #7fc8f0; --red: #f08040; --grey: #98a2b3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.15rem; margin: 0 0 .75rem; color: var(--faint); font-weight: 600; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .5rem 0; max-width: 62rem; }
a { color: var(--link); } a.term { color: inherit; text-decoration: underline dotted; text-underline-offset: 3px; }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
.verdict { border-left: .4rem solid var(--faint); background: var(--raised); padding: 1rem 1.25rem; border-radius: .4rem; font-size: 1.25rem; line-height: 1.4; }
.verdict p { max-width: none; } .verdict .more { font-size: 1rem; color: var(--faint); }
.verdict.route { border-color: var(--good); } .verdict.inconclusive { border-color: var(--warn); } .verdict.do-not-route { border-color: var(--bad); }
.warning { border-left: .25rem solid var(--warn); padding: .25rem .75rem; margin: .5rem 0; background: var(--raised); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.facts li { background: var(--raised); border-radius: .4rem; padding: .6rem .8rem; } .facts b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.facts span { color: var(--faint); font-size: .85rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: 1rem 0 0; list-style: none; font-size: .9rem; }
.scroll { overflow-x: auto; margin: .75rem 0; } table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); font-size: .85rem; padding-bottom: .25rem; }
caption.silent { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; } tbody th { font-weight: 500; position: sticky; left: 0; background: var(--paper); max-width: 14rem; white-space: normal; overflow-wrap: break-word; } tr.strong > * { font-weight: 700; }
.left { text-align: left; } .right { text-align: right; }
.sort { border: 0; background: none; color: var(--faint); cursor: pointer; padding: 0 .2rem; font: inherit; } th[aria-sort] .sort { color: var(--ink); }
figure { margin: 1rem 0; } figure .plot { overflow-x: auto; } figure svg { width: 100%; min-width: 38rem; height: auto; max-width: 60rem; display: block; } figcaption { color: var(--faint); font-size: .9rem; max-width: 60rem; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--link); }
.filters { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: .75rem 0; } .filters label { font-size: .85rem; color: var(--faint); display: grid; gap: .2rem; }
.filters input, .filters select { font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--paper); color: var(--ink); min-width: 12rem; }
.query bdi, bdi.query { white-space: pre-wrap; overflow-wrap: anywhere; } .query summary { color: inherit; } .filters button { font: inherit; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--raised); color: var(--ink); cursor: pointer; }
td:has(.query) { white-space: normal; min-width: 22rem; max-width: 34rem; }
dl.glossary { display: grid; grid-template-columns: minmax(9rem, auto) 1fr; gap: .35rem 1rem; font-size: .925rem; } dt { font-weight: 600; } dd { margin: 0; } dt:target, dt:target + dd { background: var(--raised); }
footer { margin-top: 3rem; color: var(--faint); font-size: .85rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
@media (max-width: 40rem) { .facts b { font-size: 1.1rem; } .verdict { font-size: 1.05rem; } dl.glossary { grid-template-columns: 1fr; } th, td { padding: .25rem .45rem; } }
@media print { :root { --paper: #fff; --ink: #000; --raised: #f2f2f2; } nav, .filters, .sort, .skip { display: none; } .scroll, figure .plot { overflow: visible; } figure svg { min-width: 0; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } body { font-size: 11px; } }
`;
