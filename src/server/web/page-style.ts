// The look of the chat page: light and dark as the system has it, one column, usable on a phone.

export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: light-dark(#0a58ca, #7ab0ff); --bad: light-dark(#b00020, #ff8a95); }
* { box-sizing: border-box; }
body { margin: 0; height: 100dvh; display: flex; flex-direction: column; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #16181c); color: light-dark(#1b1d21, #e8e9eb); }
header { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.1rem; margin: 0; }
label { font-size: .85rem; }
#total { margin-left: auto; font-size: .85rem; }
input, select, textarea, button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .4rem; padding: .25rem .5rem; }
select option { background: light-dark(#fff, #16181c); }
button { cursor: pointer; }
button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
.thumb svg { width: 1.1em; height: 1.1em; fill: currentColor; vertical-align: -.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
main { flex: 1; overflow-y: auto; padding: 1rem; }
.turn { max-width: 48rem; margin: 0 auto 1.2rem; }
.asked { background: var(--soft); border-radius: .6rem; padding: .5rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.answer { padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.failed { color: var(--bad); }
.about { display: flex; flex-wrap: wrap; gap: .3rem .5rem; align-items: center; font-size: .85rem; padding: 0 .8rem; }
table { border-collapse: collapse; font-size: .85rem; margin: .4rem .8rem; }
th, td { text-align: right; white-space: nowrap; padding: .1rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
form { display: flex; gap: .5rem; padding: .7rem 1rem; border-top: 1px solid var(--line); max-width: 50rem; width: 100%; margin: 0 auto; }
textarea { flex: 1; resize: vertical; }
@media (max-width: 40rem) { table { font-size: .78rem; margin-inline: 0; } th, td { padding: .1rem .2rem; } header { padding: .4rem .6rem; } main { padding: .6rem; } #total { margin-left: 0; } }
`;
