/** The part of the page that only the script brings to life. */
export const WORKSPACE = `<section id="workspace" class="workspace" aria-labelledby="cases">
<div class="bar-top">
<h2 id="cases">Cases</h2>
<p id="shown" role="status"></p>
</div>
<div class="toolbar" role="search">
<div class="search"><label class="offscreen" for="search">Search cases</label><input id="search" type="search" placeholder="Search id, title, method, reason" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div>
<div class="selects">
<label class="offscreen" for="kind">Kind of difference</label><select id="kind"></select>
<label class="offscreen" for="level">Level of difference</label><select id="level"></select>
<label class="offscreen" for="area">Method</label><select id="area"></select>
<button type="button" class="button" id="reset" hidden>Clear</button>
</div>
<div id="chips" class="chips" role="group" aria-label="Status"></div>
</div>
<div class="panes">
<div class="pane list-pane"><div id="list" class="list" role="listbox" aria-label="Cases" tabindex="0"><div id="rows" class="rows" role="presentation"></div></div><p id="none" class="none" hidden>No case matches.</p></div>
<div id="detail" class="pane detail" role="region" aria-label="Case" tabindex="0"><p class="none">Choose a case, or press <kbd>j</kbd>.</p></div>
</div>
<dialog id="help" aria-labelledby="help-title"><form method="dialog"><h2 id="help-title">Keys</h2>
<dl class="keys"><dt><kbd>/</kbd></dt><dd>search</dd><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous case</dd><dt><kbd>Enter</kbd></dt><dd>read the case</dd><dt><kbd>Esc</kbd></dt><dd>clear the search, back to the list</dd><dt><kbd>t</kbd></dt><dd>light or dark</dd><dt><kbd>?</kbd></dt><dd>this help</dd></dl>
<button class="button">Close</button></form></dialog>
</section>`;
