// How the pages look that can be mailed: one style sheet, on paper and in the dark, with no picture, font or
// script from anywhere.

export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2329; --dim: #5c6770; --line: #d7dce0; --soft: #f4f6f7; --paper: #fff;
  --was: #b3261e; --was-soft: #fdecea; --is: #1b6e3c; --is-soft: #e8f5ec; --odd: #7a5b00; --odd-soft: #fdf4d8; --mark: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #dde3e8; --dim: #96a2ac; --line: #363e45; --soft: #20262b;
  --paper: #171b1f; --was: #ff8a80; --was-soft: #3a2322; --is: #7fd49b; --is-soft: #1d3325; --odd: #e3c363; --odd-soft: #352d16; --mark: #86bdf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } h3 { font-size: .95rem; margin: 1.2rem 0 .4rem; }
p { margin: .3rem 0; } .dim { color: var(--dim); } .num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.verdict { display: inline-block; margin: .6rem 0 1.2rem; padding: .35rem .8rem; border-left: 4px solid var(--is); background: var(--is-soft); font-weight: 600; }
.verdict.different { border-color: var(--was); background: var(--was-soft); } .verdict.volatile { border-color: var(--odd); background: var(--odd-soft); }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; } th { text-align: left; font-weight: 600; color: var(--dim); font-size: .85rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr.told td { color: var(--dim); } a { color: var(--mark); text-decoration: none; } a:hover { text-decoration: underline; }
.tag { display: inline-block; padding: 0 .45rem; border-radius: .25rem; background: var(--soft); font-size: .8rem; white-space: nowrap; }
.tag.changed, .tag.removed { background: var(--was-soft); color: var(--was); } .tag.added { background: var(--is-soft); color: var(--is); }
.tag.volatile, .tag.unread { background: var(--odd-soft); color: var(--odd); }
section { border-top: 2px solid var(--line); margin-top: 2rem; } ul { margin: .3rem 0; padding-left: 1.2rem; }
pre, code, .path { font: 13px/1.45 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: .4rem 0 1rem; padding: .5rem 0; border: 1px solid var(--line); border-radius: .25rem; overflow-x: auto; tab-size: 4; }
pre .row { display: block; padding: 0 .8rem; min-height: 1.45em; white-space: pre; } pre .was { background: var(--was-soft); } pre .is { background: var(--is-soft); }
pre .at { color: var(--dim); background: var(--soft); } pre .was b { color: var(--was); } pre .is b { color: var(--is); } pre b.volatile { color: var(--odd); }
td.was { background: var(--was-soft); } td.is { background: var(--is-soft); }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--dim); }
.inner { border-left: 3px solid var(--line); padding-left: .8rem; } footer { margin-top: 3rem; color: var(--dim); font-size: .85rem; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } pre, code, .path { font-size: 9px; } section { break-inside: auto; }
  pre { overflow: visible; } pre .row { white-space: pre-wrap; } details > *:not(summary) { display: block; } a { color: inherit; } }
`;
