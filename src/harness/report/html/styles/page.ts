/** The page as it is read: verdict, diagnoses, tiles, tables. */
export const PAGE = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:12px;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 var(--sans);font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ul,ol,pre,table{margin:0;padding:0}
ul,ol{list-style:none}
h2{font-size:17px;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin-bottom:12px}
code,pre,kbd{font-family:var(--mono);font-size:.87em}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
[hidden]{display:none!important}
.offscreen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px;top:8px;background:var(--surface);padding:8px 14px;z-index:9}
.skip:focus{left:8px}
main,.top,.bottom{max-width:1360px;margin:0 auto;padding:0 28px}
.top{display:flex;justify-content:space-between;align-items:center;padding-top:18px;padding-bottom:6px}
.brand{font-weight:680;letter-spacing:-.01em}
.actions{display:none;gap:8px}
.scripted .actions{display:flex}
.button{font:inherit;font-size:13px;color:var(--ink);background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:4px 12px;cursor:pointer}
.button:hover{border-color:var(--soft)}
main>section{margin:0 0 40px}
.verdict{border-left:4px solid var(--tone);padding:6px 0 6px 22px;margin-top:22px!important}
.eyebrow{font-family:var(--mono);font-size:13px;overflow-wrap:anywhere}
.eyebrow span{color:var(--soft);font-family:var(--sans)}
h1{font-size:40px;line-height:1.15;font-weight:720;letter-spacing:-.025em;margin:6px 0 8px;color:var(--tone)}
.stamp{font-weight:500}
.lede{font-size:16.5px;max-width:78ch;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:10px 32px;margin-top:16px}
.facts dt,.sides dt{color:var(--soft);font-size:12px;line-height:1.4}
.facts dd{font-size:14px;overflow-wrap:anywhere}
.diagnoses li{background:var(--bad-tint);border-radius:var(--radius);padding:14px 18px;margin-bottom:10px}
.diagnoses h3{font-size:16px;font-weight:630}
.diagnoses pre{margin:8px 0;max-height:14em;overflow:auto}
.diagnoses p{color:var(--soft);font-size:13.5px}
.summary{display:grid;grid-template-columns:minmax(0,1fr) minmax(280px,360px);gap:0 48px;align-items:center}
.summary h2{grid-column:1/-1}
.tiles{display:flex;flex-wrap:wrap;gap:10px}
.tile{display:block;min-width:104px;padding:10px 16px 9px;border:1px solid var(--line);border-radius:var(--radius);background:var(--surface);color:var(--soft);text-decoration:none;font-size:13.5px;line-height:1.3}
.tile b{display:block;font-size:25px;line-height:1.2;font-weight:660;letter-spacing:-.02em;color:var(--tone)}
.tile[data-zero=true] b{color:var(--soft);font-weight:500}
.tile:hover{border-color:var(--tone)}
.levels li{display:grid;grid-template-columns:72px 1fr 56px;align-items:center;gap:12px;font-size:13.5px}
.levels .share{text-align:right}
.bar{display:block;width:100%;height:6px;border-radius:3px;background:var(--line);overflow:hidden}
.bar rect{fill:var(--tone)}
.bar .fill{fill:var(--accent)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:var(--radius);background:var(--surface)}
.scores,.plain{width:100%;border-collapse:collapse;font-size:14px}
.scores th,.scores td,.plain th,.plain td{padding:6px 14px;text-align:right;white-space:nowrap;border-top:1px solid var(--line);font-weight:400}
.scores thead th,.plain thead th{border-top:0;color:var(--soft);font-size:12.5px;background:var(--surface);padding-top:9px}
.scores tr>:first-child,.plain tr>*{text-align:left}
.plain td:last-child{white-space:normal;min-width:24ch}
.scores a{color:var(--ink);text-decoration-color:var(--line)}
.scores a:hover{text-decoration-color:currentcolor}
.scores tbody tr:hover{background:var(--sunken)}
.bar-cell{width:22%;min-width:110px}
.zero{color:var(--soft)}
.bad{color:var(--bad);font-weight:640}
.short{color:var(--warn);font-weight:600}
.why{color:var(--soft)}
.state{font-size:12.5px;border:1px solid var(--line);border-radius:99px;padding:1px 9px}
[data-unclean=true] .state{color:var(--warn);border-color:currentcolor}
.static li{border-top:1px solid var(--line);padding:12px 0}
.static pre{font-size:12.5px}
.scripted .static{display:none}
.workspace{display:none}
.scripted .workspace{display:block}
.bottom{color:var(--soft);font-size:13px;padding-top:14px;padding-bottom:28px}
@media (max-width:820px){.summary{grid-template-columns:1fr;gap:18px}}
@media (max-width:560px){main,.top,.bottom{padding-left:16px;padding-right:16px}h1{font-size:32px}.lede{font-size:15.5px}.verdict{padding-left:14px}.facts{gap:8px 24px}.tile{min-width:0;flex:1 1 92px;padding:8px 12px}
.bar-cell,.scores thead th:nth-child(2){display:none}.scores th,.scores td{padding:6px 9px}
.plain,.plain tbody,.plain tr,.plain td,.plain th{display:block}.plain thead{display:none}.plain th,.plain td{border:0;padding:2px 14px;white-space:normal}.plain td:empty{display:none}.plain tr{border-top:1px solid var(--line);padding:10px 0}.plain tr:first-child{border-top:0}}
@media print{
:root{--ground:#fff;--surface:#fff}
.top,.skip,.bottom,.workspace,.scripted .workspace,#tip{display:none!important}
.static,.scripted .static{display:block!important}
body{font-size:10.5pt}main{max-width:none;padding:0}.static li,.scores tr,.diagnoses li{break-inside:avoid}.scroll{overflow:visible;border:0}
.bar,.diagnoses li{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
