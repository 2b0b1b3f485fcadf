/** Search, list and the case beside it. */
export const WORKSPACE_STYLES = `
.bar-top{display:flex;align-items:baseline;gap:14px}
#shown{color:var(--soft);font-size:13.5px}
.toolbar{display:flex;flex-wrap:wrap;gap:10px;margin-bottom:12px}
.search{position:relative;flex:1 1 280px}
.search input,.selects select{font:inherit;font-size:14px;color:var(--ink);background:var(--surface);border:1px solid var(--line);border-radius:6px;height:34px}
.search input{width:100%;padding:0 40px 0 12px}
.search input::placeholder{color:var(--soft);opacity:1}
.search kbd{position:absolute;right:10px;top:6px;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 6px;font-size:12px}
.search input:focus~kbd{display:none}
.selects{display:flex;flex-wrap:wrap;gap:8px}
.selects select{padding:0 8px;max-width:190px}
.chips{display:flex;flex-wrap:wrap;gap:8px;flex-basis:100%}
.chip{font:inherit;font-size:13px;line-height:1.3;color:var(--ink);background:transparent;border:1px solid var(--line);border-radius:99px;padding:4px 12px;cursor:pointer}
.chip .mark,.row .mark,.status{color:var(--tone)}
.chip .mark{margin-right:6px}
.chip .count{color:var(--soft)}
.chip[aria-pressed=true]{background:var(--tint);border-color:var(--tone)}
.chip[aria-pressed=true] .count{color:inherit}
.panes{display:grid;grid-template-columns:minmax(300px,5fr) minmax(0,8fr);gap:16px;height:calc(100vh - 150px);min-height:460px}
.pane{border:1px solid var(--line);border-radius:var(--radius);background:var(--surface);min-height:0;position:relative}
.list{height:100%;overflow-y:auto;border-radius:var(--radius);overscroll-behavior:contain}
.list:focus-visible{outline:none}
.list-pane:has(:focus-visible){outline:2px solid var(--accent);outline-offset:1px}
.rows{position:relative}
.row{position:absolute;inset:0 0 auto;height:40px;display:flex;align-items:center;gap:10px;padding:0 14px;border-bottom:1px solid var(--line);cursor:pointer;font-size:13.5px}
.row:hover{background:var(--sunken)}
.row[aria-selected=true]{background:var(--accent-tint);box-shadow:inset 3px 0 0 var(--accent)}
.row .mark{flex:none;width:14px;text-align:center;font-weight:600}
.row-id{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.dim{color:var(--soft)}
.lights{display:flex;gap:3px;flex:none}
.lights i{width:7px;height:7px;border-radius:50%;border:1px solid var(--soft)}
.lights .on{background:var(--good);border-color:var(--good)}
.none{color:var(--soft);padding:28px;text-align:center}
.list-pane>.none{position:absolute;inset:0}
.detail{overflow-y:auto;padding:20px 24px 28px;overscroll-behavior:contain}
.status{font-size:13px;font-weight:600;text-transform:capitalize}
.detail h2{font-size:18px;font-weight:650;margin:2px 0 4px;overflow-wrap:anywhere}
.detail h2:focus{outline:none}
.detail .title{color:var(--soft);max-width:80ch}
.reason{margin-top:12px;background:var(--tint);border-radius:6px;padding:9px 14px;overflow-wrap:anywhere}
.repeat{display:flex;gap:10px;align-items:flex-start;margin:18px 0 0;background:var(--sunken);border-radius:6px;padding:9px 9px 9px 14px}
.repeat pre{flex:1;min-width:0;padding:3px 0}
.step{margin-top:26px}
.step h3{font-size:15px;font-weight:650;display:flex;gap:10px;align-items:baseline;padding-bottom:8px;border-bottom:1px solid var(--line)}
.step h3 code{font-weight:400;color:var(--soft)}
.difference{padding:12px 0;overflow-wrap:anywhere}
.difference+.difference{border-top:1px dashed var(--line)}
.difference-head{font-size:13px}
.pointer{color:var(--soft);margin-left:4px}
.difference-head .symbol{background:var(--bad-tint);color:var(--bad);border-radius:4px;padding:1px 7px;font-weight:600;border:0}
.difference-head .symbol+.symbol{background:var(--sunken);color:var(--soft);font-weight:400}
.difference.waived .difference-head .symbol:first-child,.difference.departure .difference-head .symbol:first-child{background:var(--warn-tint);color:var(--warn)}
.sides{display:grid;grid-template-columns:auto 1fr;gap:2px 14px;margin-top:4px;align-items:baseline}
.sides dd{min-width:0;font-size:13.5px}
.was{color:var(--good)}
.is{color:var(--bad)}
.note{background:var(--warn-tint);border-radius:6px;padding:6px 12px;margin-top:8px;font-size:14px}
.symbol{border-bottom:1.5px dotted currentcolor;cursor:help}
.frame{margin:10px 0 14px;border:1px solid var(--line);border-radius:6px;overflow:hidden}
.diff{width:100%;border-collapse:collapse;table-layout:fixed;font-size:12.5px;line-height:1.6}
.diff caption{text-align:left;color:var(--soft);font-size:12.5px;padding:6px 12px;background:var(--sunken);border-bottom:1px solid var(--line)}
.diff th{text-align:left;font-weight:400;color:var(--soft);padding:4px 12px;border-bottom:1px solid var(--line)}
.diff td{vertical-align:top;padding:0 8px 0 0;position:relative}
.diff td+td,.diff th+th{border-left:1px solid var(--line)}
.diff code{display:block;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere;text-indent:-.6em}
.diff .sign{position:absolute;left:7px;font-family:var(--mono)}
.diff .left.changed{background:var(--good-tint)}
.diff .right.changed{background:var(--bad-tint)}
.diff .void{background:var(--sunken)}
.diff ins,.diff del{text-decoration:none;border-radius:3px}
.diff del{background:var(--good-mark)}
.diff ins{background:var(--bad-mark)}
.fold td{padding:0!important;background:var(--sunken)}
.fold button{width:100%;font:inherit;font-size:12px;color:var(--soft);background:none;border:0;padding:3px;cursor:pointer}
.fold button:hover{color:var(--ink)}
.raw{font-size:13px;border-top:1px solid var(--line)}
.raw summary{padding:6px 0;cursor:pointer;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.raw .peek{color:var(--soft);margin-left:8px}
.raw[open] .peek{display:none}
.raw pre,.log{background:var(--sunken);border-radius:6px;padding:10px 14px;font-size:12px;max-height:30em;overflow:auto;margin-bottom:8px}
.log{margin-top:10px}
#tip{position:fixed;z-index:20;max-width:min(340px,calc(100vw - 16px));background:var(--ink);color:var(--ground);border-radius:6px;padding:7px 11px;font-size:13px;line-height:1.45;pointer-events:none}
dialog{border:1px solid var(--line);border-radius:12px;background:var(--surface);color:var(--ink);padding:24px 30px;min-width:300px}
dialog::backdrop{background:rgb(0 0 0/.45)}
.keys{display:grid;grid-template-columns:auto 1fr;gap:8px 22px;margin-bottom:20px}
kbd{border:1px solid var(--line);border-bottom-width:2px;border-radius:4px;padding:0 6px}
@media (max-width:900px){
.panes{grid-template-columns:minmax(0,1fr);height:auto}
.list-pane{min-height:120px}
.list{height:auto;max-height:56vh}
.detail{overflow:visible}
}
@media (max-width:560px){
.selects{width:100%}.selects select{flex:1 1 30%;min-width:0}
.search{flex-basis:100%}
.detail{padding:16px}
.diff,.diff caption,.diff tbody,.diff tr,.diff td{display:block}
.diff thead,.diff tr.same .right,.diff .void{display:none}
.diff td+td{border-left:0}
}
`;
